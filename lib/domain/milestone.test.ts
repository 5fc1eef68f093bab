import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  archiveProject,
  closeMilestone,
  completeCheckpoint,
  completeProject,
  createMilestone,
  createProject,
  deleteCheckpoint,
  deleteMilestone,
  reopenCheckpoint,
  reopenMilestone,
  updateMilestone,
} from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

describe('a milestone closes', () => {
  it('[M2] by itself, with its last completion, in the same call', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    expect(types(sketch.run(completeCheckpoint, plan.address('B')).events)).toEqual(['checkpoint.completed'])
    const { events } = sketch.run(completeCheckpoint, plan.address('A'))
    expect(types(events)).toEqual(['checkpoint.completed', 'milestone.closed'])
    expect(plan.milestone).toMatchObject({ status: 'closed', closed_at: events[0]?.at })
  })

  it('[M2] when the last pending checkpoint is deleted', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    sketch.run(completeCheckpoint, plan.address('A'))
    const { events } = sketch.run(deleteCheckpoint, plan.address('B'))
    expect(types(events)).toEqual(['checkpoint.deleted', 'milestone.closed'])
    expect(plan.milestone.status).toBe('closed')
  })

  it('[M2] not when a deletion leaves nothing, or something pending', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [], C: [] })
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(types(sketch.run(deleteCheckpoint, plan.address('B')).events)).toEqual(['checkpoint.deleted'])
    const empty = sketch.plan('web', { Only: [] })
    sketch.run(deleteCheckpoint, empty.address('Only'))
    expect([empty.milestone.status, empty.titles]).toEqual(['active', []])
  })

  it('[M2] not when it is planned without checkpoints', () => {
    expect(workspace().plan('api', {}).milestone.status).toBe('active')
  })

  it('[M2] not by hand while a checkpoint is pending, or there is none', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: [] })
    const empty = sketch.plan('web', {})
    sketch.run(completeCheckpoint, plan.address('A'))
    const refusal = sketch.refused(closeMilestone, { milestone_id: plan.milestone_id })
    expect(refusal.code).toBe('incomplete')
    expect(refusal.details).toEqual({ pending: [{ order: 2, checkpoint_id: plan.at('B').checkpoint_id, title: 'B' }] })
    expect(sketch.refused(closeMilestone, { milestone_id: empty.milestone_id }).code).toBe('incomplete')
  })
})

describe('a closed milestone', () => {
  const closed = () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { A: [], B: ['A'] })
    for (const title of ['A', 'B']) sketch.run(completeCheckpoint, plan.address(title))
    const { milestone_id } = plan
    return { sketch, plan, milestone_id }
  }

  it('[M2] becomes active when a checkpoint is added, which is the cause, and closes again with it', () => {
    const { sketch, plan, milestone_id } = closed()
    const { events } = sketch.run(addCheckpoint, { milestone_id, title: 'C' })
    expect(events.map(({ type, data }) => [type, 'cause' in data && data.cause])).toEqual([
      ['milestone.reopened', plan.at('C').checkpoint_id],
      ['checkpoint.added', false],
    ])
    expect(plan.milestone).toMatchObject({ status: 'active', closed_at: null })
    sketch.run(completeCheckpoint, plan.address('C'))
    expect(plan.milestone.status).toBe('closed')
  })

  it('[M2] becomes active by reopen_milestone, with nothing else changed, and can be closed by hand', () => {
    const { sketch, plan, milestone_id } = closed()
    const were = [plan.at('A'), plan.at('B')]
    const { events } = sketch.run(reopenMilestone, { milestone_id })
    expect(events).toMatchObject([{ type: 'milestone.reopened', data: { cause: null } }])
    expect([plan.at('A'), plan.at('B')]).toEqual(were)
    expect(types(sketch.run(closeMilestone, { milestone_id }).events)).toEqual(['milestone.closed'])
  })

  it('[M2] that was reopened closes again at the next deletion that leaves all completed', () => {
    const { sketch, plan, milestone_id } = closed()
    sketch.run(reopenMilestone, { milestone_id })
    sketch.run(addCheckpoint, { milestone_id, title: 'C' })
    expect(types(sketch.run(deleteCheckpoint, plan.address('C')).events)).toEqual(['checkpoint.deleted', 'milestone.closed'])
  })

  it('[M2] that was reopened stays active when a completed checkpoint is completed again', () => {
    const { sketch, plan, milestone_id } = closed()
    sketch.run(reopenMilestone, { milestone_id })
    expect(sketch.run(completeCheckpoint, plan.address('B')).events).toEqual([])
    expect(plan.milestone.status).toBe('active')
  })

  it('[M2] becomes active when a checkpoint of it is reopened, which is the cause', () => {
    const { sketch, plan } = closed()
    const { events } = sketch.run(reopenCheckpoint, { ...plan.address('B'), reason: 'late' })
    expect(events.at(-1)).toMatchObject({ type: 'milestone.reopened', data: { cause: plan.at('B').checkpoint_id } })
  })

  it('is not closed again, and an active one is not reopened', () => {
    const { sketch, milestone_id } = closed()
    expect(sketch.refused(closeMilestone, { milestone_id }).code).toBe('milestone_closed')
    sketch.run(reopenMilestone, { milestone_id })
    expect(sketch.refused(reopenMilestone, { milestone_id }).code).toBe('milestone_active')
  })

  it('keeps its title and description, and may move to another project', () => {
    const { sketch, plan, milestone_id } = closed()
    expect(sketch.refused(updateMilestone, { milestone_id, title: 'API' }).code).toBe('milestone_closed')
    expect(sketch.refused(updateMilestone, { milestone_id, description: 'words' }).code).toBe('milestone_closed')
    expect(sketch.run(updateMilestone, { milestone_id, title: 'api', description: '' }).events).toEqual([])
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Next' }).data
    sketch.run(updateMilestone, { milestone_id, project_id })
    expect(plan.milestone.project_id).toBe(project_id)
  })
})

describe('the project of a milestone', () => {
  it('is the default one of its group, made with the first milestone that names none', () => {
    const sketch = workspace()
    const { events } = sketch.run(createMilestone, { group_id: 'team', title: 'api' })
    expect(events).toMatchObject([
      { type: 'project.created', data: { title: 'General', slug: 'general', is_default: true } },
      { type: 'milestone.created', project_id: events[0]?.project_id },
    ])
    expect(types(sketch.run(createMilestone, { group_id: 'team', title: 'web' }).events)).toEqual(['milestone.created'])
    expect(sketch.world.list('group', sketch.groupId('team'), 'project')).toMatchObject([{ milestone_count: 2 }])
  })

  it('counts its milestones, through moves and deletions', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Next' }).data
    const plan = sketch.plan('api', {})
    const first = plan.milestone.project_id
    const counts = () => [first, project_id].map((id) => sketch.world.find('project', id)?.milestone_count)
    expect(counts()).toEqual([1, 0])
    sketch.run(updateMilestone, { milestone_id: plan.milestone_id, project_id })
    expect(counts()).toEqual([0, 1])
    sketch.run(deleteMilestone, { milestone_id: plan.milestone_id })
    expect(counts()).toEqual([0, 0])
  })

  it.each([completeProject, archiveProject])('that is not active takes no new work and reopens none: $name', (end) => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Old' }).data
    const [open, closed, outside] = [sketch.plan('open', { A: [] }), sketch.plan('closed', { A: [] }), sketch.plan('outside', {})]
    for (const { milestone_id } of [open, closed]) sketch.run(updateMilestone, { milestone_id, project_id })
    sketch.run(completeCheckpoint, closed.address('A'))
    sketch.run(end, { project_id })
    const refusals = [
      sketch.refused(createMilestone, { group_id: 'team', title: 'new', project_id }),
      sketch.refused(updateMilestone, { milestone_id: outside.milestone_id, project_id }),
      sketch.refused(addCheckpoint, { milestone_id: open.milestone_id, title: 'B' }),
      sketch.refused(addCheckpoint, { milestone_id: closed.milestone_id, title: 'B' }),
      sketch.refused(reopenMilestone, { milestone_id: closed.milestone_id }),
      sketch.refused(reopenCheckpoint, { ...closed.address('A'), reason: 'late' }),
    ]
    expect(refusals.map(({ code }) => code)).toEqual(refusals.map(() => 'project_not_active'))
    sketch.run(completeCheckpoint, open.address('A'))
    expect(open.milestone.status).toBe('closed')
  })

  it('is one of its own group', () => {
    const sketch = workspace()
    sketch.group('Other')
    const { project_id } = sketch.run(createProject, { group_id: 'other', title: 'Theirs' }).data
    const { milestone_id } = sketch.plan('api', {})
    expect(sketch.refused(createMilestone, { group_id: 'team', title: 'web', project_id }).code).toBe('invalid')
    expect(sketch.refused(updateMilestone, { milestone_id, project_id }).code).toBe('invalid')
  })

  it('cannot be archived where it is the default one', () => {
    const sketch = workspace()
    const { project_id } = sketch.plan('api', {}).milestone
    expect(sketch.refused(archiveProject, { project_id }).code).toBe('default_project')
  })
})
