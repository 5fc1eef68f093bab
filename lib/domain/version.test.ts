import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  completeCheckpoint,
  deleteCheckpoint,
  reopenCheckpoint,
  reopenMilestone,
  updateCheckpoint,
  updateMilestone,
} from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'

describe("a milestone's version", () => {
  it('is the number of the last event of its plan', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    expect(plan.milestone.version).toBe(sketch.log.length)
  })

  it('moves with its texts, its structure and the texts of its checkpoints', () => {
    const sketch = workspace()
    const { milestone_id } = sketch.plan('api', { A: [], B: [], C: ['B'] })
    const at = (order: number) => ({ milestone_id, order })
    const moved = (seq: number) => expect(sketch.world.find('milestone', milestone_id)?.version).toBe(seq)
    moved(sketch.run(updateMilestone, { milestone_id, title: 'API' }).seq)
    moved(sketch.run(updateMilestone, { milestone_id, description: 'words' }).seq)
    moved(sketch.run(addCheckpoint, { milestone_id, title: 'D' }).seq)
    moved(sketch.run(updateCheckpoint, { ...at(1), title: 'AA' }).seq)
    moved(sketch.run(updateCheckpoint, { ...at(1), description: 'words' }).seq)
    moved(sketch.run(updateCheckpoint, { ...at(3), depends_on: [1, 2] }).seq)
    moved(sketch.run(updateCheckpoint, { ...at(3), depends_on: [1] }).seq)
    moved(sketch.run(deleteCheckpoint, at(4)).seq)
  })

  it('stays with links, notes, completions, reopenings and closings', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [] })
    const { version } = plan.milestone
    sketch.run(updateCheckpoint, { ...plan.address('A'), note: 'x', git_pr_url: 'https://git.test/1' })
    sketch.run(completeCheckpoint, plan.address('A'))
    sketch.run(reopenMilestone, { milestone_id: plan.milestone_id })
    sketch.run(reopenCheckpoint, { ...plan.address('A'), reason: 'late' })
    expect(plan.milestone.version).toBe(version)
  })

  it('moves with the number of a checkpoint that it depends on, by an insertion or a deletion elsewhere', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { A: [], B: [], C: [] })
    const web = sketch.plan('web', { Wait: ['api/C'] })
    const other = sketch.plan('other', { Wait: ['api/A'] })
    const { version } = other.milestone
    const { seq, events } = sketch.run(addCheckpoint, { milestone_id: api.milestone_id, title: 'New', position: 2 })
    expect(events).toMatchObject([{ data: { renumbers: [web.milestone_id] } }])
    expect(web.milestone.version).toBe(seq)
    expect(web.milestone.updated_at).not.toBe(sketch.log.at(-1)?.at)
    expect(sketch.run(deleteCheckpoint, api.address('New')).seq).toBe(web.milestone.version)
    expect(other.milestone.version).toBe(version)
  })

  it('stays where something behind all that it depends on is added or deleted', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { A: [], B: [] })
    const web = sketch.plan('web', { Wait: ['api/A'] })
    const { version } = web.milestone
    sketch.run(addCheckpoint, { milestone_id: api.milestone_id, title: 'C' })
    sketch.run(deleteCheckpoint, api.address('B'))
    expect(web.milestone.version).toBe(version)
  })

  it('that is stale refuses a call, with the present numbering', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    const { version } = plan.milestone
    const stale = { ...plan.address('A'), expected_version: version }
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 1, expected_version: version })
    const refusal = sketch.refused(completeCheckpoint, stale)
    expect(refusal.code).toBe('version_mismatch')
    expect(refusal.details).toEqual({
      version: plan.milestone.version,
      checkpoints: plan.titles.map((title) => ({ title, order: plan.at(title).order, checkpoint_id: plan.at(title).checkpoint_id })),
    })
    sketch.run(completeCheckpoint, { ...plan.address('A'), expected_version: plan.milestone.version })
  })

  it('may come with every call that addresses a checkpoint by its number', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    const expected_version = plan.milestone.version - 1
    const address = { ...plan.address('A'), expected_version }
    expect(sketch.refused(updateCheckpoint, address).code).toBe('version_mismatch')
    expect(sketch.refused(deleteCheckpoint, address).code).toBe('version_mismatch')
    expect(sketch.refused(completeCheckpoint, address).code).toBe('version_mismatch')
    sketch.run(completeCheckpoint, plan.address('A'))
    const reopening: { milestone_id: string; order: number; reason: string } = { ...address, ...{ reason: 'late' } }
    expect(sketch.refused(reopenCheckpoint, reopening).code).toBe('version_mismatch')
  })
})
