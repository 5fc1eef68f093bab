import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  archiveProject,
  claimCheckpoint,
  completeCheckpoint,
  completeProject,
  createProject,
  failCheckpoint,
  updateCheckpoint,
  updateMilestone,
  withdrawCheckpoint,
} from '@/lib/operations'
import { type Plan, type Steps, type Workspace, workspace } from '@/lib/testing/sketch'
import type { Actor } from './context'
import { LIMITS } from './limits'

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

const sketched = (steps: Steps, gated: readonly string[] = []) => {
  const sketch = workspace()
  return { sketch, plan: sketch.plan('api', steps, { gated }) }
}

const withdraw = (sketch: Workspace, plan: Plan, title: string, actor?: Actor) =>
  sketch.run(withdrawCheckpoint, { ...plan.address(title), reason: 'Nobody needs it' }, actor)

const refused = (sketch: Workspace, plan: Plan, title: string, actor?: Actor) =>
  sketch.refused(withdrawCheckpoint, { ...plan.address(title), reason: 'Nobody needs it' }, actor)

describe('withdrawing a checkpoint', () => {
  it('[N2] lets each that waited for it wait for what it waited for, and deletes it', () => {
    const { sketch, plan } = sketched({ A: [], B: [], X: ['A', 'B'], C: ['X'], D: ['A', 'X'], E: [] })
    const [a, b, x, c, d] = ['A', 'B', 'X', 'C', 'D'].map((title) => plan.at(title).checkpoint_id)
    const { data, events, changed } = withdraw(sketch, plan, 'X')
    expect(changed).toBe(true)
    expect(events).toMatchObject([
      { type: 'checkpoint.relinked', checkpoint_id: c, data: { withdrawn: x, depends_on: [a, b] } },
      { type: 'checkpoint.relinked', checkpoint_id: d, data: { withdrawn: x, depends_on: [b] } },
      { type: 'checkpoint.withdrawn', checkpoint_id: x, data: { order: 3, reason: 'Nobody needs it', renumbers: [] } },
    ])
    expect(events).toHaveLength(3)
    expect(plan.steps()).toEqual({ A: [], B: [], C: ['A', 'B'], D: ['A', 'B'], E: [] })
    expect(data).toMatchObject({ milestone_id: plan.milestone_id, relinked: [{ ref: 3 }, { ref: 4, title: 'D' }], private_count: 0 })
    expect(data.checkpoints.map(({ order, title }) => [order, title])).toEqual(
      ['A', 'B', 'C', 'D', 'E'].map((title, at) => [at + 1, title]),
    )
  })

  it('[N2] hands on completed dependencies too, so that reopening one still concerns what waited', () => {
    const { sketch, plan } = sketched({ A: [], B: [], X: ['A', 'B'], C: ['X', 'A'] })
    sketch.run(completeCheckpoint, plan.address('A'))
    sketch.run(completeCheckpoint, plan.address('B'))
    withdraw(sketch, plan, 'X')
    expect(plan.steps()).toEqual({ A: [], B: [], C: ['A', 'B'] })
  })

  it('[N2] lets go what waited for nothing else', () => {
    const { sketch, plan } = sketched({ X: [], C: ['X'] })
    const { data } = withdraw(sketch, plan, 'X')
    expect(data.checkpoints).toMatchObject([{ title: 'C', depends_on: [], state: 'ready' }])
    expect(data.relinked).toMatchObject([{ ref: 1, title: 'C', state: 'ready' }])
  })

  it('[N2] begins a new round for a gated dependent, whose content has changed, and ends its own vote [G1]', () => {
    const { sketch, plan } = sketched({ A: [], X: ['A'], Vote: ['X'], C: ['X'] }, ['Vote', 'X'])
    sketch.seal(plan.at('Vote'))
    const { events } = withdraw(sketch, plan, 'X')
    expect(types(events)).toEqual(['checkpoint.relinked', 'proposal.round_started', 'checkpoint.relinked', 'checkpoint.withdrawn'])
    expect(events[1]?.checkpoint_id).toBe(plan.at('Vote').checkpoint_id)
    expect(sketch.world.all('proposal')).toMatchObject([{ checkpoint_id: plan.at('Vote').checkpoint_id, round: 2, status: 'open' }])
  })

  it('[N2] relinks in other milestones by events of their own scope, and moves their version', () => {
    const { sketch, plan } = sketched({ A: [], X: ['A'], Z: [] })
    const { data: project } = sketch.run(createProject, { group_id: 'team', title: 'Elsewhere' })
    const web = sketch.plan('web', { W: ['api/X'] })
    const refers = sketch.plan('refers', { R: ['api/Z'] })
    sketch.run(updateMilestone, { milestone_id: web.milestone_id, project_id: project.project_id })
    const { events, data } = withdraw(sketch, plan, 'X')
    const { group_id } = web.milestone
    const scope = { group_id, project_id: project.project_id, milestone_id: web.milestone_id, checkpoint_id: web.at('W').checkpoint_id }
    expect(events[0]).toMatchObject({ type: 'checkpoint.relinked', ...scope })
    expect(events[1]?.data).toMatchObject({ renumbers: [refers.milestone_id] })
    expect(web.milestone.version).toBe(events[0]?.seq)
    expect(refers.milestone.version).toBe(events[1]?.seq)
    expect(data.relinked).toMatchObject([{ ref: `${web.milestone_id}:1`, title: 'W', milestone_title: 'web' }])
    expect(web.steps()).toEqual({ W: ['api/A'] })
  })

  it('[M2] closes the milestone if all that remain are completed, and not if none remains', () => {
    const { sketch, plan } = sketched({ A: [], X: ['A'] })
    sketch.run(completeCheckpoint, plan.address('A'))
    const { data, events } = withdraw(sketch, plan, 'X')
    expect(types(events)).toEqual(['checkpoint.withdrawn', 'milestone.closed'])
    expect(data).toMatchObject({ status: 'closed', relinked: [], private_count: 0 })
    const only = sketch.plan('only', { X: [] })
    expect(types(withdraw(sketch, only, 'X').events)).toEqual(['checkpoint.withdrawn'])
    expect(only.milestone.status).toBe('active')
  })

  it('[L1] ends the claim of whoever works on it, and writes that it had expired', () => {
    const { sketch, plan } = sketched({ X: [], Y: [], C: ['X', 'Y'] })
    const bot = sketch.as('bot', { agent: true })
    const address = plan.address('X')
    sketch.run(claimCheckpoint, { ...address, ttl_seconds: 60 }, bot)
    sketch.run(claimCheckpoint, { ...plan.address('Y'), ttl_seconds: 900 }, bot)
    expect(types(withdraw(sketch, plan, 'Y').events)).toEqual(['checkpoint.relinked', 'checkpoint.withdrawn'])
    sketch.wait(60)
    expect(types(withdraw(sketch, plan, 'X').events)).toEqual(['claim.expired', 'checkpoint.relinked', 'checkpoint.withdrawn'])
    expect(sketch.refused(completeCheckpoint, { ...address, order: 2 }, bot).code).toBe('not_found')
  })

  it('[N1] is a way past what failed too often', () => {
    const { sketch, plan } = sketched({ A: [], X: ['A'], C: ['X'] })
    sketch.run(completeCheckpoint, plan.address('A'))
    for (const reason of ['one', 'two', 'three']) sketch.run(failCheckpoint, { ...plan.address('X'), reason })
    withdraw(sketch, plan, 'X')
    expect(sketch.run(completeCheckpoint, plan.address('C')).data.status).toBe('closed')
  })

  it.each([completeProject, archiveProject])('[N2] passes in a project that $name has ended', (end) => {
    const { sketch, plan } = sketched({})
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Old' }).data
    sketch.run(updateMilestone, { milestone_id: plan.milestone_id, project_id })
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'X' })
    sketch.run(end, { project_id })
    withdraw(sketch, plan, 'X')
    expect(plan.titles).toEqual([])
  })

  it('[C1] is refused for what is completed', () => {
    const { sketch, plan } = sketched({ A: [], B: [] })
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(refused(sketch, plan, 'A')).toMatchObject({
      code: 'checkpoint_completed',
      details: { checkpoint_id: plan.at('A').checkpoint_id },
    })
  })

  it('[N2] needs a reason, and the present version if one is given', () => {
    const { sketch, plan } = sketched({ X: [] })
    for (const reason of ['', ' ', 'x'.repeat(LIMITS.remark + 1)])
      expect(sketch.refused(withdrawCheckpoint, { ...plan.address('X'), reason }).code).toBe('invalid')
    const stale = { ...plan.address('X'), reason: 'no', expected_version: plan.milestone.version - 1 }
    expect(sketch.refused(withdrawCheckpoint, stale).code).toBe('version_mismatch')
  })

  it('[P1] is refused to agents, for their own work too, and to keys that may not loosen', () => {
    const { sketch } = sketched({})
    const bot = sketch.as('bot', { agent: true })
    const own = sketch.plan('own', { X: [], C: ['X'] }, { actor: bot })
    const careful = sketch.key(sketch.as('Ada'), { permissions: { 'milestones:relax': false } })
    for (const actor of [bot, careful]) expect(refused(sketch, own, 'X', actor).details).toEqual({ missing: 'milestones:relax' })
    withdraw(sketch, own, 'X', sketch.key(sketch.as('Ada')))
    expect(own.titles).toEqual(['C'])
  })
})

describe('a withdrawal that a dependent does not allow', () => {
  /** D waits through X in another milestone for a later checkpoint of its own milestone, which inside a milestone it may not. */
  const crossing = (group = 'team') => {
    const sketch = workspace()
    if (group !== 'team') sketch.group(group)
    const own = sketch.plan('own', { D: [], Late: [] }, { group })
    const far = sketch.plan('far', { X: ['own/Late'] })
    sketch.run(updateCheckpoint, { ...own.address('D'), depends_on: [far.ref('X')] })
    return { sketch, own, far }
  }

  it('[N2] [D3] is refused, and says which would depend on a later one', () => {
    const { sketch, own, far } = crossing()
    const refusal = refused(sketch, far, 'X')
    expect(refusal.code).toBe('invalid_dependency')
    expect(refusal.message).toContain(`because ${own.ref('D')} waits for it and cannot wait for the same instead`)
    expect(refusal.message).not.toMatch(/complete it/i)
    expect(refusal.message).toContain(`it would depend on ${own.ref('Late')}, which is not a lower number of its milestone`)
    expect(refusal.details).toMatchObject({
      checkpoint_id: far.at('X').checkpoint_id,
      dependent: { ref: own.ref('D'), title: 'D', state: 'blocked', private: false },
      depends_on: own.ref('Late'),
    })
  })

  it('[N2] tells of a dependent in a group that the caller may not read only its id and state', () => {
    const { sketch, own, far } = crossing('secret')
    sketch.hide(own.milestone.group_id)
    const refusal = refused(sketch, far, 'X', sketch.as('Ada'))
    const { checkpoint_id } = own.at('D')
    expect(refusal).toMatchObject({ code: 'invalid_dependency', details: { depends_on: null } })
    expect(refusal.details.dependent).toMatchObject({ ref: checkpoint_id, title: '', group_slug: '', state: 'blocked', private: true })
    expect(refusal.message).toContain('it belongs to a group whose work you may not see')
    expect(JSON.stringify(refusal) + refusal.message).not.toContain(own.milestone_id)
  })

  it('[N2] is refused if one would depend on more than 50, and passes at 50', () => {
    const sketch = workspace()
    const many = sketch.plan('many', Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`s${at}`, []])))
    const all = many.titles.map((title) => many.ref(title))
    const plan = sketch.plan('api', { X: [], D: ['X'] })
    const depend = (title: string, depends_on: (string | number)[]) => sketch.run(updateCheckpoint, { ...plan.address(title), depends_on })
    depend('X', all.slice(0, 2))
    depend('D', [1, ...all.slice(2)])
    const refusal = refused(sketch, plan, 'X')
    expect(refusal).toMatchObject({ code: 'invalid_dependency', details: { dependent: { ref: 2, title: 'D' }, depends_on: null } })
    expect(refusal.message).toContain('it would depend on 51 checkpoints, and 50 is the most')
    depend('X', all.slice(1, 3))
    withdraw(sketch, plan, 'X')
    expect(plan.at('D').depends_on).toHaveLength(50)
  })
})

describe('a withdrawal across groups', () => {
  const crossing = () => {
    const sketch = workspace()
    const [sam, ada] = [sketch.as('Sam', { groups: [] }), sketch.as('Ada')]
    const plan = sketch.plan('api', { A: [], X: ['A'], C: ['X'] })
    sketch.group('Secret', 'private')
    const vault = sketch.plan('vault', { V: ['api/X'] }, { group: 'secret' })
    sketch.group('Ops')
    const ops = sketch.plan('ops', { O: ['api/X'] }, { group: 'ops' })
    return { sketch, plan, vault, ops, sam, ada }
  }

  it('[N2] relinks in groups that the caller may not change or read, and counts those that the caller may not see', () => {
    const { sketch, plan, vault, ops, ada } = crossing()
    const { data, events } = withdraw(sketch, plan, 'X', ada)
    expect(data).toMatchObject({
      relinked: [
        { ref: 2, title: 'C' },
        { ref: ops.ref('O'), group_slug: 'ops' },
      ],
      private_count: 1,
    })
    expect(JSON.stringify(data)).not.toContain(vault.milestone_id)
    const told = events.find(({ group_id }) => group_id === sketch.groupId('secret'))
    expect(told).toMatchObject({ type: 'checkpoint.relinked', milestone_id: vault.milestone_id })
    expect([vault.steps(), ops.steps()]).toEqual([{ V: ['api/A'] }, { O: ['api/A'] }])
  })

  it('[N2] does not tell the reason in other groups', () => {
    const { sketch, plan, ada } = crossing()
    const { events } = withdraw(sketch, plan, 'X', ada)
    for (const event of events) if (event.type !== 'checkpoint.withdrawn') expect(JSON.stringify(event)).not.toContain('Nobody needs it')
  })

  it('[N2] needs membership in the group of the withdrawn checkpoint only', () => {
    const { sketch, plan, ops, sam, ada } = crossing()
    expect(refused(sketch, plan, 'X', sam).details).toMatchObject({ missing: 'membership' })
    expect(refused(sketch, ops, 'O', ada).details).toMatchObject({ missing: 'membership' })
  })

  it('[N2] [H4] answers the same call again with those that it relinked, as they are now', () => {
    const { sketch, plan, ops, ada } = crossing()
    const call = { ...plan.address('X'), reason: 'Nobody needs it' }
    const first = sketch.run(withdrawCheckpoint, call, ada, 'once')
    sketch.run(updateCheckpoint, { ...ops.address('O'), title: 'Since renamed' })
    const again = sketch.run(withdrawCheckpoint, call, ada, 'once')
    expect(again).toMatchObject({ replayed: true, seq: first.seq, events: [] })
    expect(again.data).toMatchObject({ relinked: [{ ref: 2, title: 'C' }, { title: 'Since renamed' }], private_count: 1 })
    withdraw(sketch, plan, 'C')
    expect(sketch.run(withdrawCheckpoint, call, ada, 'once').data.relinked).toMatchObject([{ title: 'Since renamed' }])
  })
})
