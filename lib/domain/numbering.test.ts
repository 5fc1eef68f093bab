import { describe, expect, it } from 'vitest'
import { addCheckpoint, completeCheckpoint, createMilestone, deleteCheckpoint } from '@/lib/operations'
import { type Plan, workspace } from '@/lib/testing/sketch'

const numbered = (plan: Plan) => plan.titles.map((title) => [plan.at(title).order, title])

describe('the numbers of a milestone', () => {
  it('[M1] are 1..n in the order of the list', () => {
    expect(numbered(workspace().plan('api', { A: [], B: [], C: [] }))).toEqual([
      [1, 'A'],
      [2, 'B'],
      [3, 'C'],
    ])
  })

  it('[M1] may be given, all of them, and then say the order and what the references mean', () => {
    const sketch = workspace()
    const checkpoints = [
      { title: 'Last', order: 3, depends_on: [2] },
      { title: 'First', order: 1 },
      { title: 'Middle', order: 2, depends_on: [1] },
    ]
    const { data } = sketch.run(createMilestone, { group_id: 'team', title: 'api', checkpoints })
    expect(data.checkpoints.map(({ title, order, depends_on }) => [order, title, depends_on])).toEqual([
      [1, 'First', []],
      [2, 'Middle', [1]],
      [3, 'Last', [2]],
    ])
  })

  it.each([[[1, 1]], [[1, 3]], [[0, 1]], [[-1, 1]], [[2, 3]], [[1, undefined]]])('[M1] are refused as %j', (orders) => {
    const checkpoints = orders.map((order, at) => ({ title: `s${at}`, order }))
    expect(workspace().refused(createMilestone, { group_id: 'team', title: 'api', checkpoints }).code).toBe('invalid')
  })

  it('[M1] shift up behind an insertion, and every edge keeps its target [D4]', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'], C: ['B', 'A'] })
    const { events } = sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 2 })
    expect(events).toHaveLength(1)
    expect(numbered(plan)).toEqual([
      [1, 'A'],
      [2, 'New'],
      [3, 'B'],
      [4, 'C'],
    ])
    expect(plan.steps()).toEqual({ A: [], New: [], B: ['A'], C: ['B', 'A'] })
  })

  it.each([
    [1, ['New', 'A', 'B']],
    [3, ['A', 'B', 'New']],
    [undefined, ['A', 'B', 'New']],
  ])('[M1] make room at position %j', (position, titles) => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', ...(position ? { position } : {}) })
    expect(plan.titles).toEqual(titles)
  })

  it.each([4, 0, -1, 1.5, Number.NaN])('[M1] refuse the position %j', (position) => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    expect(sketch.refused(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position }).code).toBe('invalid')
  })

  it('[M1] close the gap of a deletion, and every edge keeps its target [D4]', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [], C: ['A'], D: ['C'] })
    sketch.run(deleteCheckpoint, plan.address('B'))
    expect(plan.titles).toEqual(['A', 'C', 'D'])
    expect(plan.steps()).toEqual({ A: [], C: ['A'], D: ['C'] })
    expect(numbered(plan).map(([order]) => order)).toEqual([1, 2, 3])
  })

  it('[M1] shift completed checkpoints too, which keep all else', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    sketch.run(completeCheckpoint, plan.address('B'))
    const was = plan.at('B')
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 1 })
    expect(plan.at('B')).toEqual({ ...was, order: 3 })
  })

  it('[M1] go to 500 and no further', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`s${at}`, []])))
    const refusal = sketch.refused(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New' })
    expect([refusal.code, refusal.message]).toEqual(['invalid', 'checkpoints must not exceed 500 in one milestone.'])
  })

  it('mean the checkpoint that has them now', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 1 })
    sketch.run(completeCheckpoint, { milestone_id: plan.milestone_id, order: 1 })
    expect(plan.at('New').completed_at).not.toBeNull()
  })

  it.each([0, -1, 4, 1e9, '01', '1.0', '', 'cp_none', 'A'])('name nothing as %j, which is not found', (order) => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [], C: [] })
    expect(sketch.refused(completeCheckpoint, { milestone_id: plan.milestone_id, order }).code).toBe('not_found')
  })

  it('are found as text too, and a checkpoint by its id within its own milestone only', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    const other = sketch.plan('web', { C: [] })
    sketch.run(completeCheckpoint, { milestone_id: plan.milestone_id, order: '2' })
    expect(plan.at('B').completed_at).not.toBeNull()
    const order = plan.at('A').checkpoint_id
    expect(sketch.refused(completeCheckpoint, { milestone_id: other.milestone_id, order }).code).toBe('not_found')
    sketch.run(completeCheckpoint, { milestone_id: plan.milestone_id, order })
    expect(plan.at('A').completed_at).not.toBeNull()
  })
})
