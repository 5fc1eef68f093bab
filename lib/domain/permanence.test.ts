import { describe, expect, it } from 'vitest'
import { addCheckpoint, completeCheckpoint, deleteCheckpoint, deleteMilestone, updateCheckpoint, updateMilestone } from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'

describe('a completed checkpoint', () => {
  const completed = () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'], C: [] })
    for (const title of ['A', 'B']) sketch.run(completeCheckpoint, plan.address(title))
    return { sketch, plan }
  }

  it.each([{ title: 'Else' }, { description: 'words' }, { depends_on: [] }, { depends_on: [1, 'cp_none'] }, { depends_on: ['ms_none:1'] }])(
    '[C1] is frozen against %j',
    (change) => {
      const { sketch, plan } = completed()
      const refusal = sketch.refused(updateCheckpoint, { ...plan.address('B'), ...change, note: 'along' })
      expect([refusal.code, refusal.details]).toEqual(['checkpoint_completed', { checkpoint_id: plan.at('B').checkpoint_id }])
    },
  )

  it('[C1] gets no new dependency, neither on pending nor on completed work', () => {
    const { sketch, plan } = completed()
    const other = sketch.plan('web', { Done: [], Open: [] })
    sketch.run(completeCheckpoint, other.address('Done'))
    for (const title of ['Done', 'Open'])
      expect(sketch.refused(updateCheckpoint, { ...plan.address('B'), depends_on: [1, other.ref(title)] }).code).toBe(
        'checkpoint_completed',
      )
  })

  it('[C1][C2] gets its git links and note still, from anyone, and stays as it was done', () => {
    const { sketch, plan } = completed()
    const was = plan.at('B')
    const links = { git_branch_url: 'https://git.test/b', git_pr_url: 'https://git.test/p', git_commit_url: 'https://git.test/c' }
    const { events } = sketch.run(updateCheckpoint, { ...plan.address('B'), ...links, note: 'found later' }, sketch.as('Ada'))
    expect(events).toMatchObject([{ type: 'checkpoint.linked' }])
    expect(plan.at('B')).toEqual({ ...was, ...links, note: 'found later' })
    expect(sketch.run(updateCheckpoint, { ...plan.address('B'), git_pr_url: null }).events[0]?.data).toEqual({ git_pr_url: null })
  })

  it('[C1][E2] accepts what it is already, which changes nothing, and says so', () => {
    const { sketch, plan } = completed()
    const link = 'https://git.test/org/repo/pull/1'
    const { data } = sketch.run(updateCheckpoint, { ...plan.address('B'), git_pr_url: link, note: 'done' })
    const { title, description, depends_on, git_branch_url, git_pr_url, git_commit_url, note } = data.checkpoints[1] ?? expect.fail()
    const read = { title, description, depends_on, git_branch_url, git_pr_url, git_commit_url, note }
    expect(read).toMatchObject({ depends_on: [1], git_pr_url: link, note: 'done' })
    expect(sketch.run(updateCheckpoint, { ...plan.address('B'), ...read })).toMatchObject({ changed: false, events: [] })
    for (const reference of ['1', plan.ref('A'), plan.at('A').checkpoint_id])
      expect(sketch.run(updateCheckpoint, { ...plan.address('B'), depends_on: [reference, 1] })).toMatchObject({
        changed: false,
        events: [],
      })
  })

  it('[E2] accepts the texts of its closed milestone as they are, which changes nothing, and says so', () => {
    const { sketch, plan } = completed()
    sketch.run(completeCheckpoint, plan.address('C'))
    const { milestone_id, title, description, project_id, status } = plan.milestone
    expect(status).toBe('closed')
    const same = sketch.run(updateMilestone, { milestone_id, title, description, project_id })
    expect(same).toMatchObject({ changed: false, events: [] })
  })

  it('[C1] is not deleted, alone or with its milestone', () => {
    const { sketch, plan } = completed()
    expect(sketch.refused(deleteCheckpoint, plan.address('B')).code).toBe('checkpoint_completed')
    const refusal = sketch.refused(deleteMilestone, { milestone_id: plan.milestone_id })
    expect(refusal.code).toBe('checkpoint_completed')
    expect(refusal.details).toEqual({ checkpoint_ids: [plan.at('A').checkpoint_id, plan.at('B').checkpoint_id] })
  })
})

describe('a checkpoint on which another depends', () => {
  it('[C3] is not deleted, and names the others', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'], C: ['A'] })
    const web = sketch.plan('web', { W: ['api/A'] })
    const refusal = sketch.refused(deleteCheckpoint, plan.address('A'))
    expect([refusal.code, refusal.message]).toEqual([
      'has_dependents',
      `Checkpoint 1 cannot be deleted: other checkpoints depend on it (2, 3, ${web.ref('W')}).`,
    ])
    expect(refusal.details).toMatchObject({ dependents: [{ ref: 2 }, { ref: 3 }, { ref: web.ref('W') }], private_count: 0 })
  })

  it('[C3] names five of many, and counts the rest', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], ...Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`B${at}`, ['A']])) })
    expect(sketch.refused(deleteCheckpoint, plan.address('A')).message).toContain('(2, 3, 4, 5, 6, 2 more)')
  })

  it('[C3] names those that the caller may see, and counts the others', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    const plan = sketch.plan('api', { A: [], B: ['A'] })
    sketch.plan('vault', { Dig: ['api/A'] }, { group: 'secret' })
    const refusal = sketch.refused(deleteCheckpoint, plan.address('A'), sketch.as('Ada'))
    expect(refusal.details).toMatchObject({ dependents: [{ ref: 2, title: 'B' }], private_count: 1 })
    expect(refusal.message).toContain('(2, 1 that you may not read)')
    expect(JSON.stringify(refusal.details)).not.toContain(sketch.at('vault/Dig').checkpoint_id)
  })

  it('[C3] goes once nothing depends on it any more', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'] })
    sketch.run(updateCheckpoint, { ...plan.address('B'), depends_on: [] })
    sketch.run(deleteCheckpoint, plan.address('A'))
    expect(plan.titles).toEqual(['B'])
  })

  it('[C3] keeps its milestone, where the other is outside', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'] })
    const web = sketch.plan('web', { W: ['api/B'] })
    const refusal = sketch.refused(deleteMilestone, { milestone_id: plan.milestone_id })
    expect([refusal.code, refusal.details]).toMatchObject(['has_dependents', { dependents: [{ ref: web.ref('W') }] }])
    sketch.run(deleteMilestone, { milestone_id: web.milestone_id })
    sketch.run(deleteMilestone, { milestone_id: plan.milestone_id })
    expect(sketch.world.all('checkpoint')).toEqual([])
  })

  it('[D4] leaves an id that is never used again', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [] })
    const { checkpoint_id } = plan.at('A')
    sketch.run(deleteCheckpoint, plan.address('A'))
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'A' })
    expect(plan.at('A').checkpoint_id).not.toBe(checkpoint_id)
    expect(sketch.refused(completeCheckpoint, { milestone_id: plan.milestone_id, order: checkpoint_id }).code).toBe('not_found')
  })
})
