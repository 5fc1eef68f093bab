import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  archiveProject,
  completeCheckpoint,
  createMilestone,
  createProject,
  deleteCheckpoint,
  reopenCheckpoint,
  updateCheckpoint,
  updateMilestone,
} from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'

const inOldProject = () => {
  const sketch = workspace()
  const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Old' }).data
  const plan = sketch.plan('api', { A: [], B: ['A'] })
  sketch.run(updateMilestone, { milestone_id: plan.milestone_id, project_id })
  return { sketch, plan, project_id }
}

describe('of several reasons to refuse a call, the first is told', () => {
  it('shape, not found, permission, idempotency, version, state', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'] }, { gated: ['B'] })
    const ada = sketch.as('Ada')
    const powerless = sketch.key(ada, { permissions: { 'milestones:complete': false } })
    const used = 'k'
    sketch.run(createProject, { group_id: 'team', title: 'x' }, ada, used)
    const good = { ...plan.address('B'), expected_version: plan.milestone.version, claim_id: 'clm_x' }
    const stale = { ...good, expected_version: 0 }
    const nowhere = { ...stale, milestone_id: 'ms_none' }
    const codes = [
      sketch.refused(completeCheckpoint, { ...nowhere, note: 'x'.repeat(2_001) }, powerless, used),
      sketch.refused(completeCheckpoint, nowhere, powerless, used),
      sketch.refused(completeCheckpoint, stale, powerless, used),
      sketch.refused(completeCheckpoint, stale, ada, used),
      sketch.refused(completeCheckpoint, stale, ada),
      sketch.refused(completeCheckpoint, good, ada),
    ].map(({ code }) => code)
    expect(codes).toEqual(['invalid', 'not_found', 'forbidden', 'idempotency_mismatch', 'version_mismatch', 'blocked'])
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.refused(completeCheckpoint, good, ada).code).toBe('claim_lost')
    expect(sketch.refused(completeCheckpoint, plan.address('B'), ada).code).toBe('consensus_required')
  })

  it('of a new plan: its shape before its group, and before the project', () => {
    const { sketch, project_id } = inOldProject()
    sketch.run(archiveProject, { project_id })
    const checkpoints = [
      { title: 'A', order: 1 },
      { title: 'B', order: 3, depends_on: ['ms_none:1'] },
    ]
    const plan = { group_id: 'team', title: 'x', project_id }
    expect(sketch.refused(createMilestone, { ...plan, checkpoints: [{ title: 'A', depends_on: ['ms_none:1'] }] }).code).toBe(
      'project_not_active',
    )
    expect(sketch.refused(createMilestone, { ...plan, checkpoints }).code).toBe('invalid')
    expect(sketch.refused(createMilestone, { group_id: 'none', title: 'x', checkpoints }).code).toBe('invalid')
  })

  it('[P1] the permission to loosen, before the version and before the state', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'], C: ['B'] })
    const bot = sketch.as('bot', { agent: true })
    const stale = { ...plan.address('B'), expected_version: 0 }
    expect(sketch.refused(updateCheckpoint, { ...stale, depends_on: ['cp_none'] }, bot).code).toBe('forbidden')
    expect(sketch.refused(deleteCheckpoint, stale, bot).code).toBe('forbidden')
    expect(sketch.refused(deleteCheckpoint, stale).code).toBe('version_mismatch')
    expect(sketch.refused(deleteCheckpoint, plan.address('B')).code).toBe('has_dependents')
  })

  it('of a change: completed, then what it depends on, then the cycle', () => {
    const sketch = workspace()
    const a = sketch.plan('a', { One: [], Done: [] })
    const b = sketch.plan('b', { Two: ['a/One'] })
    sketch.run(completeCheckpoint, a.address('Done'))
    const both = [b.ref('Two'), 'cp_none']
    expect(sketch.refused(updateCheckpoint, { ...a.address('Done'), depends_on: both }).code).toBe('checkpoint_completed')
    expect(sketch.refused(updateCheckpoint, { ...a.address('One'), depends_on: both }).code).toBe('invalid_dependency')
    expect(sketch.refused(updateCheckpoint, { ...a.address('One'), depends_on: [b.ref('Two')] }).code).toBe('cycle')
  })

  it('of an addition: the project, then what it depends on', () => {
    const { sketch, plan, project_id } = inOldProject()
    const input = { milestone_id: plan.milestone_id, title: 'C', depends_on: ['cp_none'] }
    expect(sketch.refused(addCheckpoint, input).code).toBe('invalid_dependency')
    sketch.run(archiveProject, { project_id })
    expect(sketch.refused(addCheckpoint, input).code).toBe('project_not_active')
  })

  it('of a deletion: completed, then those who depend', () => {
    const { sketch, plan } = inOldProject()
    expect(sketch.refused(deleteCheckpoint, plan.address('A')).code).toBe('has_dependents')
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.refused(deleteCheckpoint, plan.address('A')).code).toBe('checkpoint_completed')
  })

  it('of a reopening: the project, then completed or not, then those who depend', () => {
    const { sketch, plan, project_id } = inOldProject()
    const reopen = () => sketch.refused(reopenCheckpoint, { ...plan.address('A'), reason: 'late' }).code
    expect(reopen()).toBe('not_completed')
    for (const title of ['A', 'B']) sketch.run(completeCheckpoint, plan.address(title))
    expect(reopen()).toBe('dependents_completed')
    sketch.run(archiveProject, { project_id })
    expect(reopen()).toBe('project_not_active')
  })

  it('of a closed milestone: the project, then the milestone', () => {
    const { sketch, plan, project_id } = inOldProject()
    for (const title of ['A', 'B']) sketch.run(completeCheckpoint, plan.address(title))
    const { milestone_id } = plan
    const next = sketch.run(createProject, { group_id: 'team', title: 'Next' }).data.project_id
    sketch.run(archiveProject, { project_id: next })
    expect(sketch.refused(updateMilestone, { milestone_id, title: 'x', project_id: next }).code).toBe('project_not_active')
    expect(sketch.refused(updateMilestone, { milestone_id, title: 'x', project_id }).code).toBe('milestone_closed')
  })
})

describe('a call under an idempotency key', () => {
  it('[H4] has one effect, and answers the repeat with the first number and the object as it is now', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    const key = 'k'
    const first = sketch.run(completeCheckpoint, plan.address('A'), sketch.owner, key)
    sketch.run(completeCheckpoint, plan.address('B'))
    const again = sketch.run(completeCheckpoint, plan.address('A'), sketch.owner, key)
    expect(again).toMatchObject({ replayed: true, changed: true, seq: first.seq, events: [] })
    expect(again.data.status).toBe('closed')
  })

  it('[H4] is authorised again', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [] })
    const ada = sketch.as('Ada')
    const key = 'k'
    sketch.run(completeCheckpoint, plan.address('A'), ada, key)
    const powerless = sketch.key(ada, { permissions: { 'milestones:complete': false } })
    expect(sketch.refused(completeCheckpoint, plan.address('A'), powerless, key).code).toBe('forbidden')
  })

  it('[H4][P1] is authorised again to loosen, where it did', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    const ada = sketch.as('Ada')
    const address = { milestone_id: plan.milestone_id, order: plan.at('B').checkpoint_id }
    const key = 'k'
    sketch.run(deleteCheckpoint, address, ada, key)
    const held = sketch.key(ada, { permissions: { 'milestones:relax': false } })
    expect(sketch.refused(deleteCheckpoint, address, held, key).details).toEqual({ missing: 'milestones:relax' })
    expect(sketch.run(deleteCheckpoint, address, ada, key)).toMatchObject({ replayed: true, events: [] })
  })

  it('[H4] is not remembered when it was refused', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'] })
    const key = 'k'
    sketch.refused(completeCheckpoint, plan.address('B'), sketch.owner, key)
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.run(completeCheckpoint, plan.address('B'), sketch.owner, key)).toMatchObject({ replayed: false, changed: true })
  })
})
