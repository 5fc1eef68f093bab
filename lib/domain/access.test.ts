import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  completeCheckpoint,
  createGroup,
  createMilestone,
  createProject,
  deleteCheckpoint,
  deleteMilestone,
  reopenCheckpoint,
  reopenMilestone,
  updateCheckpoint,
  updateGroup,
  updateMilestone,
  updateProject,
} from '@/lib/operations'
import { createAgentProfile } from '@/lib/operations/agents'
import { addMember } from '@/lib/operations/members'
import { byPerson } from '@/lib/testing/authors'
import { type Plan, type Workspace, workspace } from '@/lib/testing/sketch'
import type { Actor } from './context'
import type { DomainError } from './errors'
import { NOWHERE } from './events'

/** A refusal with what the caller said itself taken out, so that two can be compared. */
const told = ({ code, message, details }: DomainError, ...said: string[]) =>
  said.reduce((text, one) => text.replaceAll(one, '…'), JSON.stringify([code, message, details]))

const NONE = '00000000-0000-4000-8000-000000000000'

const withSecret = () => {
  const sketch = workspace()
  const secret = sketch.group('Secret', 'private')
  const vault = sketch.plan('vault', { Dig: [], Sell: ['Dig'] }, { group: 'secret' })
  const outsider = sketch.as('Ada')
  const insider = sketch.as('Sam', { groups: ['secret', 'team'] })
  return { sketch, secret, vault, outsider, insider }
}

/** Every call that names something, about one group with one plan. */
const calls = (sketch: Workspace, actor: Actor, group_id: string, project_id: string, milestone_id: string, order: string) => {
  const address = { milestone_id, order }
  return [
    sketch.refused(createMilestone, { group_id, title: 'x' }, actor),
    sketch.refused(createProject, { group_id, title: 'x' }, actor),
    sketch.refused(updateGroup, { group_id, name: 'x' }, actor),
    sketch.refused(addMember, { group_id, principal_id: actor.actor_id, role: 'owner' }, actor),
    sketch.refused(createAgentProfile, { group_id, name: 'x' }, actor),
    sketch.refused(updateProject, { project_id, title: 'x' }, actor),
    sketch.refused(updateMilestone, { milestone_id, title: 'x', expected_version: 0 }, actor),
    sketch.refused(deleteMilestone, { milestone_id }, actor),
    sketch.refused(reopenMilestone, { milestone_id }, actor),
    sketch.refused(addCheckpoint, { milestone_id, title: 'x' }, actor),
    sketch.refused(updateCheckpoint, { ...address, depends_on: [] }, actor),
    sketch.refused(deleteCheckpoint, address, actor),
    sketch.refused(completeCheckpoint, address, actor),
    sketch.refused(reopenCheckpoint, { ...address, reason: 'x' }, actor),
  ]
}

describe('a private group', () => {
  it('does not exist for who is not a member: every refusal is that for what does not exist', () => {
    const { sketch, secret, vault, outsider } = withSecret()
    const guest = sketch.as('Guest', { groups: [] })
    const bot = sketch.as('bot', { agent: true })
    const { project_id } = vault.milestone
    const { checkpoint_id } = vault.at('Dig')
    for (const actor of [outsider, guest, bot]) {
      const hidden = calls(sketch, actor, secret, project_id, vault.milestone_id, checkpoint_id).map((refusal) => told(refusal))
      expect(hidden).toEqual(calls(sketch, actor, NONE, 'proj_none', 'ms_none', 'cp_none').map((refusal) => told(refusal)))
      expect(calls(sketch, actor, 'secret', project_id, vault.milestone_id, '1').map(({ code }) => code)).toEqual(
        hidden.map(() => 'not_found'),
      )
    }
  })

  it('is worked in by its members', () => {
    const { sketch, vault, insider } = withSecret()
    expect(sketch.run(completeCheckpoint, vault.address('Dig'), insider).changed).toBe(true)
  })

  it('cannot be depended on by others: as if it did not exist, however it is named', () => {
    const { sketch, vault, outsider, insider } = withSecret()
    const web = sketch.plan('web', { A: [], B: [] })
    const refuse = (reference: string) => [
      sketch.refused(updateCheckpoint, { ...web.address('B'), depends_on: [reference] }, outsider),
      sketch.refused(addCheckpoint, { milestone_id: web.milestone_id, title: 'C', depends_on: [reference] }, outsider),
      sketch.refused(createMilestone, { group_id: 'team', title: 'x', checkpoints: [{ title: 'C', depends_on: [reference] }] }, outsider),
    ]
    const missing = refuse('ms_none:1').map((refusal) => told(refusal, 'ms_none:1'))
    for (const reference of [vault.ref('Dig'), vault.at('Dig').checkpoint_id, `${vault.milestone_id}:99`])
      expect(refuse(reference).map((refusal) => told(refusal, reference))).toEqual(missing)
    sketch.run(updateCheckpoint, { ...web.address('B'), depends_on: [vault.ref('Dig')] }, insider)
    expect(web.steps()).toEqual({ A: [], B: ['vault/Dig'] })
  })

  it('shows others of its checkpoint no more than id and state, in answers and in refusals', () => {
    const { sketch, secret, vault, outsider } = withSecret()
    const web = sketch.plan('web', { Ship: ['vault/Sell'] })
    const { checkpoint_id } = vault.at('Sell')
    const { data } = sketch.run(updateCheckpoint, { ...web.address('Ship'), note: 'x' }, outsider)
    expect(data.checkpoints[0]).toMatchObject({
      depends_on: [checkpoint_id],
      blocked_by: [{ ref: checkpoint_id, state: 'blocked', private: true }],
    })
    const refusal = sketch.refused(completeCheckpoint, web.address('Ship'), outsider)
    for (const text of [JSON.stringify(data), told(refusal)])
      for (const name of [secret, vault.milestone_id, 'vault', 'Sell', 'secret']) expect(text).not.toContain(name)
  })

  it('keeps the reason of a withdrawal to itself, where work of others reopens with it', () => {
    const { sketch, vault, insider } = withSecret()
    const web = sketch.plan('web', { Ship: ['vault/Dig'] })
    for (const address of [vault.address('Dig'), web.address('Ship')]) sketch.run(completeCheckpoint, address)
    const input = { ...vault.address('Dig'), reason: 'the map was forged', cascade: true }
    const theirs = sketch.run(reopenCheckpoint, input, insider).events.filter(({ milestone_id }) => milestone_id === web.milestone_id)
    expect(theirs).not.toEqual([])
    expect(JSON.stringify(theirs)).not.toContain('forged')
  })

  it('keeps its projects to itself: one given to a milestone of another group is none', () => {
    const { sketch, vault, outsider } = withSecret()
    const { project_id } = vault.milestone
    const web = sketch.plan('web', {})
    const refuse = (project_id: string) => [
      sketch.refused(createMilestone, { group_id: 'team', title: 'x', project_id }, outsider),
      sketch.refused(updateMilestone, { milestone_id: web.milestone_id, project_id }, outsider),
    ]
    expect(refuse(project_id).map((refusal) => told(refusal))).toEqual(refuse('proj_none').map((refusal) => told(refusal)))
  })
})

describe('a group of the workspace', () => {
  const others = () => {
    const sketch = workspace()
    sketch.group('Ops')
    return { sketch, api: sketch.plan('api', { A: [] }, { group: 'ops' }), ada: sketch.as('Ada') }
  }

  it('is read by all and changed by its members: the refusal names what is missing', () => {
    const { sketch, api, ada } = others()
    const refusals = calls(sketch, ada, 'ops', api.milestone.project_id, api.milestone_id, '1')
    expect(refusals.map(({ code }) => code)).toEqual(refusals.map(() => 'forbidden'))
    expect(refusals.map(({ details }) => details)).toEqual(refusals.map(() => ({ missing: 'membership', group: 'ops' })))
  })

  it('may be depended on by all', () => {
    const { sketch, ada } = others()
    sketch.plan('web', { B: ['api/A'] }, { actor: ada })
    expect(sketch.at('web/B').depends_on).toEqual([sketch.at('api/A').checkpoint_id])
  })

  it('is administered by its admins only', () => {
    const { sketch, ada } = others()
    const bot = sketch.as('bot', { agent: true })
    const missing = [ada, bot].map((actor) => sketch.refused(updateGroup, { group_id: 'team', name: 'x' }, actor).details.missing)
    expect(missing).toEqual(['admin', 'person'])
    const boss = sketch.as('Boss', { groups: [] })
    sketch.run(addMember, { group_id: 'team', principal_id: boss.actor_id, role: 'admin' })
    sketch.run(updateGroup, { group_id: 'team', name: 'x' }, boss)
  })

  it('is found by id in any case, and by slug', () => {
    const { sketch } = others()
    const id = sketch.groupId('team')
    for (const group_id of [id, id.toUpperCase(), 'team']) sketch.run(createMilestone, { group_id, title: 'x' })
    expect(sketch.refused(createMilestone, { group_id: 'TEAM', title: 'x' }).code).toBe('not_found')
  })
})

describe('a key', () => {
  const keyed = () => {
    const { sketch, vault, insider } = withSecret()
    sketch.group('Ops')
    sketch.run(addMember, { group_id: 'ops', principal_id: insider.actor_id, role: 'member' })
    const ops = sketch.plan('ops plan', { A: [] }, { group: 'ops' })
    const team = sketch.plan('team plan', { B: [], C: [] })
    return { sketch, vault, ops, team, insider, key: sketch.key(insider, { group: 'team' }) }
  }
  const complete = (sketch: Workspace, plan: Plan, title: string, actor: Actor) =>
    sketch.refused(completeCheckpoint, plan.address(title), actor)

  it('of group scope calls nothing outside its group, also where its person is a member', () => {
    const { sketch, vault, ops, team, insider, key } = keyed()
    expect([complete(sketch, ops, 'A', key).code, complete(sketch, vault, 'Dig', key).code]).toEqual(['not_found', 'not_found'])
    sketch.run(completeCheckpoint, team.address('B'), key)
    sketch.run(completeCheckpoint, ops.address('A'), insider)
  })

  it('of group scope lets its work depend on other groups that are not private, and shows their faces', () => {
    const { sketch, vault, ops, team, key } = keyed()
    const { data } = sketch.run(updateCheckpoint, { ...team.address('C'), depends_on: [ops.ref('A')] }, key)
    expect(data.checkpoints[1]?.blocked_by).toMatchObject([{ ref: ops.ref('A'), title: 'A', group_slug: 'ops', private: false }])
    const refusal = sketch.refused(updateCheckpoint, { ...team.address('C'), depends_on: [ops.ref('A'), vault.ref('Dig')] }, key)
    expect(refusal.code).toBe('invalid_dependency')
  })

  it('of group scope makes no group', () => {
    const { sketch, key } = keyed()
    expect(sketch.refused(createGroup, { name: 'x' }, key).details).toEqual({ missing: 'person' })
    expect(sketch.refused(createGroup, { name: 'x' }, sketch.as('bot', { agent: true })).details).toEqual({ missing: 'person' })
  })

  it('without the permission is refused, and the refusal names it', () => {
    const { sketch, team, insider } = keyed()
    const key = sketch.key(insider, { permissions: { 'milestones:complete': false, 'milestones:write': false, 'projects:write': false } })
    expect(complete(sketch, team, 'B', key).details).toEqual({ missing: 'milestones:complete' })
    expect(sketch.refused(updateCheckpoint, { ...team.address('B'), note: 'x' }, key).details).toEqual({ missing: 'milestones:write' })
    expect(sketch.refused(createProject, { group_id: 'team', title: 'x' }, key).details).toEqual({ missing: 'projects:write' })
  })

  it('that is unknown, of another, expired or revoked is no key', () => {
    const { sketch, team, insider, key } = keyed()
    const expired = sketch.key(insider, { expires_at: sketch.now })
    const revoked = sketch.key(insider)
    const { key_id } = revoked
    const data = { key_id: key_id ?? '', principal_id: insider.actor_id }
    sketch.record([{ ...NOWHERE, type: 'key.revoked', data }], byPerson(insider))
    const stolen = { ...sketch.as('Ada'), key_id: key.key_id }
    const dead = [expired, revoked, stolen, { ...insider, key_id: 'key_none' }, { ...insider, actor_id: 'usr_none' }]
    expect(dead.map((actor) => complete(sketch, team, 'B', actor).code)).toEqual(dead.map(() => 'unauthenticated'))
    sketch.run(completeCheckpoint, team.address('B'), sketch.key(insider, { expires_at: '2099-01-01T00:00:00.000Z' }))
  })
})
