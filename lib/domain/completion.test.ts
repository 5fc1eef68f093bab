import { describe, expect, it } from 'vitest'
import { completeCheckpoint, deleteCheckpoint, reopenCheckpoint, updateCheckpoint } from '@/lib/operations'
import { updateMilestone } from '@/lib/operations/milestones'
import { archiveProject, createProject } from '@/lib/operations/projects'
import { workspace } from '@/lib/testing/sketch'
import { blockedSentence } from './blocking'

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

describe('completing a checkpoint', () => {
  it('[D1] refuses while a dependency is pending, and names it', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: ['Design'], Ship: ['Build'] })
    const refusal = sketch.refused(completeCheckpoint, plan.address('Ship'))
    expect(refusal.code).toBe('blocked')
    expect(refusal.message).toBe('Checkpoint 3 depends on checkpoint 2 which is pending')
    expect(refusal.details).toEqual({
      checkpoint_id: plan.at('Ship').checkpoint_id,
      blockers: [
        {
          ref: 2,
          checkpoint_id: plan.at('Build').checkpoint_id,
          title: 'Build',
          milestone_title: 'api',
          group_slug: 'team',
          state: 'blocked',
          held_by_name: null,
          last_failure: null,
          private: false,
        },
      ],
    })
  })

  it('[D1] passes once every dependency is completed, whatever the numbers between say', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Draw: [], Build: ['Design'] })
    sketch.run(completeCheckpoint, plan.address('Design'))
    const { data, events, changed } = sketch.run(completeCheckpoint, plan.address('Build'))
    expect(types(events)).toEqual(['checkpoint.completed'])
    expect(changed).toBe(true)
    expect(data.checkpoints.map(({ state }) => state)).toEqual(['completed', 'ready', 'completed'])
  })

  it('[D1] waits for another milestone, and names its checkpoint by milestone and number', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { Plan: [], Stage: [] })
    const web = sketch.plan('web', { Ship: ['api/Stage'] })
    const refusal = sketch.refused(completeCheckpoint, web.address('Ship'))
    expect(refusal.message).toBe(`Checkpoint 1 depends on ${api.milestone_id}:2 which is pending`)
    sketch.run(completeCheckpoint, api.address('Stage'))
    expect(sketch.run(completeCheckpoint, web.address('Ship')).changed).toBe(true)
  })

  it('[D1] names several blockers in one sentence, the numbers of the milestone first', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { Stage: [] })
    const web = sketch.plan('web', { Done: [], Design: [], Build: [], Ship: ['api/Stage', 'Build', 'Done', 'Design'] })
    sketch.run(completeCheckpoint, web.address('Done'))
    const refusal = sketch.refused(completeCheckpoint, web.address('Ship'))
    expect(refusal.message).toBe(`Checkpoint 4 depends on checkpoint 2, checkpoint 3 and ${api.ref('Stage')} which are pending`)
    expect(refusal.details.blockers).toMatchObject([{ ref: 2 }, { ref: 3 }, { ref: api.ref('Stage') }])
  })

  it('[D1] makes its sentence in one place, in the forms that the rules give', () => {
    expect(blockedSentence(3, [2])).toBe('Checkpoint 3 depends on checkpoint 2 which is pending')
    expect(blockedSentence(3, ['ms_x:3'])).toBe('Checkpoint 3 depends on ms_x:3 which is pending')
    expect(blockedSentence(3, [2, 'ms_x:3'])).toBe('Checkpoint 3 depends on checkpoint 2 and ms_x:3 which are pending')
    expect(blockedSentence(4, [1, 2, 'cp_y'])).toBe('Checkpoint 4 depends on checkpoint 1, checkpoint 2 and cp_y which are pending')
  })

  it('[D1] tells of a blocker in a private group its id and state, and nothing else', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    sketch.plan('vault', { Locate: [], Dig: ['Locate'] }, { group: 'secret' })
    const web = sketch.plan('web', { Ship: ['vault/Dig'] })
    const { checkpoint_id } = sketch.at('vault/Dig')
    const refusal = sketch.refused(completeCheckpoint, web.address('Ship'), sketch.as('Ada'))
    expect(refusal.message).toBe(`Checkpoint 1 depends on ${checkpoint_id} which is pending`)
    expect(refusal.details.blockers).toEqual([
      {
        ref: checkpoint_id,
        checkpoint_id,
        title: '',
        milestone_title: '',
        group_slug: '',
        state: 'blocked',
        held_by_name: null,
        last_failure: null,
        private: true,
      },
    ])
  })

  it('[D1] lets a new pending step stand before completed ones: only edges gate', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Later: [], Build: [] })
    sketch.run(completeCheckpoint, plan.address('Build'))
    expect(plan.at('Later').completed_at).toBeNull()
    expect(plan.milestone.status).toBe('active')
  })

  it('[C2] takes the first completion, and answers a second by anyone without an event', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: [] })
    const ada = sketch.as('Ada')
    const bot = sketch.as('bot', { agent: true })
    const first = sketch.run(completeCheckpoint, plan.address('Design'), ada)
    const done = plan.at('Design')
    expect(done).toMatchObject({
      completed_by: ada.actor_id,
      completed_seq: first.seq,
      completed_at: first.events[0]?.at,
      completed_session: 'session of Ada',
    })
    const again = sketch.run(completeCheckpoint, { ...plan.address('Design'), note: 'mine', claim_id: 'clm_x' }, bot)
    expect(again).toMatchObject({ changed: false, events: [], seq: first.seq })
    expect(plan.at('Design')).toBe(done)
  })

  it('[M2] answers the last completion, repeated in the closed milestone, without an event', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [] })
    sketch.run(completeCheckpoint, plan.address('Design'))
    expect(plan.milestone.status).toBe('closed')
    expect(sketch.run(completeCheckpoint, plan.address('Design')).events).toEqual([])
  })

  it('[E2] takes links and a note along in an event of their own, before the completion, and only what differs', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: [] })
    const git_pr_url = 'https://git.test/1'
    sketch.run(updateCheckpoint, { ...plan.address('Design'), git_pr_url })
    const { events } = sketch.run(completeCheckpoint, { ...plan.address('Design'), git_pr_url, note: 'done' })
    expect(events).toMatchObject([{ type: 'checkpoint.linked', data: { note: 'done' } }, { type: 'checkpoint.completed' }])
    expect(events[0]?.data).toEqual({ note: 'done' })
  })

  it('[H2] leaves no link behind when it is refused', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: ['Design'] })
    sketch.refused(completeCheckpoint, { ...plan.address('Build'), note: 'done' })
    expect(plan.at('Build').note).toBe('')
  })

  it('[L1] refuses a claim that is not the live one', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [] })
    expect(sketch.refused(completeCheckpoint, { ...plan.address('Design'), claim_id: 'clm_x' }).code).toBe('claim_lost')
  })

  it('completes in an archived project: others may wait for it', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Old' }).data
    const plan = sketch.plan('api', { Design: [] })
    sketch.run(updateMilestone, { milestone_id: plan.milestone_id, project_id })
    sketch.run(archiveProject, { project_id })
    sketch.run(completeCheckpoint, plan.address('Design'))
    expect(plan.milestone.status).toBe('closed')
  })
})

describe('reopening a checkpoint', () => {
  const chain = () => {
    const sketch = workspace()
    const api = sketch.plan('api', { Stage: [], Spare: [] })
    const web = sketch.plan('web', { Build: ['api/Stage'], Test: ['Build'], Ship: ['Test', 'Build'] })
    for (const address of [api.address('Stage'), web.address('Build'), web.address('Test'), web.address('Ship')])
      sketch.run(completeCheckpoint, address)
    return { sketch, api, web }
  }

  it('[C1][C2] is the only way out of completed, and says why', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: [] })
    sketch.run(completeCheckpoint, plan.address('Design'))
    const { events } = sketch.run(reopenCheckpoint, { ...plan.address('Design'), reason: 'wrong colour' })
    expect(events).toMatchObject([{ type: 'checkpoint.reopened', data: { reason: 'wrong colour', cause: null } }])
    expect(plan.at('Design')).toMatchObject({ completed_at: null, completed_by: null, completed_seq: null, completed_session: null })
  })

  it('[D1] is refused while completed work rests on it, directly or through others, and lists it', () => {
    const { sketch, api, web } = chain()
    const refusal = sketch.refused(reopenCheckpoint, { ...api.address('Stage'), reason: 'late' })
    expect(refusal.code).toBe('dependents_completed')
    expect(refusal.details).toMatchObject({
      private_count: 0,
      dependents: [{ ref: web.ref('Build') }, { ref: web.ref('Test') }, { ref: web.ref('Ship') }],
    })
  })

  it('[D1] is allowed while only pending work waits for it', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: ['Design'] })
    sketch.run(completeCheckpoint, plan.address('Design'))
    sketch.run(reopenCheckpoint, { ...plan.address('Design'), reason: 'late' })
    expect(sketch.refused(completeCheckpoint, plan.address('Build')).code).toBe('blocked')
  })

  it('[D1] with cascade reopens all that rests on it, the furthest first, each event naming the cause', () => {
    const { sketch, api, web } = chain()
    const root = api.at('Stage').checkpoint_id
    const order: unknown[] = []
    sketch.onEvent = ({ checkpoint_id }) => {
      const done = sketch.world.all('checkpoint').filter(({ completed_at }) => completed_at !== null)
      const early = done.filter(({ depends_on }) => depends_on.some((id) => sketch.world.find('checkpoint', id)?.completed_at === null))
      expect(early).toEqual([])
      if (checkpoint_id) order.push(sketch.world.find('checkpoint', checkpoint_id)?.title)
    }
    const { events } = sketch.run(reopenCheckpoint, { ...api.address('Stage'), reason: 'late', cascade: true })
    expect(order).toEqual(['Ship', 'Test', 'Build', 'Stage'])
    expect(events.map(({ type, data }) => [type, 'cause' in data ? data.cause : null])).toEqual([
      ['checkpoint.reopened', root],
      ['checkpoint.reopened', root],
      ['checkpoint.reopened', root],
      ['checkpoint.reopened', null],
      ['milestone.reopened', root],
    ])
    expect(events.at(-1)?.milestone_id).toBe(web.milestone_id)
  })

  it('[M2] makes the closed milestones of all that it reopens active again, and no others', () => {
    const { sketch, api, web } = chain()
    const other = sketch.plan('other', { Only: [] })
    sketch.run(completeCheckpoint, other.address('Only'))
    sketch.run(completeCheckpoint, api.address('Spare'))
    expect([api, web, other].map(({ milestone }) => milestone.status)).toEqual(['closed', 'closed', 'closed'])
    sketch.run(reopenCheckpoint, { ...api.address('Stage'), reason: 'late', cascade: true })
    expect([api, web, other].map(({ milestone }) => milestone.status)).toEqual(['active', 'active', 'closed'])
    expect(api.at('Spare').completed_at).not.toBeNull()
  })

  it('needs no permission in the groups of what rests on it, and no active project there', () => {
    const sketch = workspace()
    sketch.group('Other')
    const { project_id } = sketch.run(createProject, { group_id: 'other', title: 'Old' }).data
    const api = sketch.plan('api', { Stage: [] })
    const web = sketch.plan('web', { Ship: ['api/Stage'] }, { group: 'other' })
    sketch.run(updateMilestone, { milestone_id: web.milestone_id, project_id })
    for (const address of [api.address('Stage'), web.address('Ship')]) sketch.run(completeCheckpoint, address)
    sketch.run(archiveProject, { project_id })
    const ada = sketch.as('Ada')
    expect(sketch.refused(reopenCheckpoint, { ...web.address('Ship'), reason: 'mine?' }, ada).code).toBe('forbidden')
    sketch.run(reopenCheckpoint, { ...api.address('Stage'), reason: 'late', cascade: true }, ada)
    expect(web.at('Ship').completed_at).toBeNull()
    expect(web.milestone.status).toBe('active')
  })

  it('counts completed work in private groups instead of naming it', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    const api = sketch.plan('api', { Stage: [] })
    const vault = sketch.plan('vault', { Dig: ['api/Stage'] }, { group: 'secret' })
    for (const address of [api.address('Stage'), vault.address('Dig')]) sketch.run(completeCheckpoint, address)
    const refusal = sketch.refused(reopenCheckpoint, { ...api.address('Stage'), reason: 'late' }, sketch.as('Ada'))
    expect(refusal.details).toEqual({ checkpoint_id: api.at('Stage').checkpoint_id, dependents: [], private_count: 1 })
    expect(refusal.message).not.toContain('Dig')
  })

  it('is refused for a pending checkpoint, and in a project that is not active', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Old' }).data
    const plan = sketch.plan('api', { Design: [] })
    sketch.run(updateMilestone, { milestone_id: plan.milestone_id, project_id })
    expect(sketch.refused(reopenCheckpoint, { ...plan.address('Design'), reason: 'late' }).code).toBe('not_completed')
    sketch.run(completeCheckpoint, plan.address('Design'))
    sketch.run(archiveProject, { project_id })
    expect(sketch.refused(reopenCheckpoint, { ...plan.address('Design'), reason: 'late' }).code).toBe('project_not_active')
  })

  it.each([undefined, '', '  '])('is refused without a reason, such as %j', (reason) => {
    const { sketch, api } = chain()
    const input: { milestone_id: string; order: number; reason: string } = Object.assign(
      { ...api.address('Stage'), reason: '' },
      { reason },
    )
    expect(sketch.refused(reopenCheckpoint, input).code).toBe('invalid')
  })

  it('withdraws a chain of ten thousand completions', () => {
    const sketch = workspace()
    const first = sketch.plan('0', { Start: [] })
    sketch.run(completeCheckpoint, first.address('Start'))
    let last = sketch.at('0/Start').checkpoint_id
    // Put there by hand: so many calls would take minutes, and the chain is all that matters.
    for (let at = 1; at <= 10_000; at++) {
      const checkpoint = {
        ...sketch.at('0/Start'),
        checkpoint_id: `cp_${at}`,
        milestone_id: `ms_${at}`,
        depends_on: [last],
        completed_seq: sketch.log.length + at,
      }
      sketch.world.create('milestone', { ...first.milestone, milestone_id: checkpoint.milestone_id })
      sketch.world.create('checkpoint', checkpoint)
      last = checkpoint.checkpoint_id
    }
    const { events } = sketch.run(reopenCheckpoint, { ...first.address('Start'), reason: 'all of it', cascade: true })
    expect(events.filter(({ type }) => type === 'checkpoint.reopened')).toHaveLength(10_001)
  })
})

it('[C1] a completed checkpoint is not deleted', () => {
  const sketch = workspace()
  const plan = sketch.plan('api', { Design: [] })
  sketch.run(completeCheckpoint, plan.address('Design'))
  expect(sketch.refused(deleteCheckpoint, plan.address('Design')).code).toBe('checkpoint_completed')
})
