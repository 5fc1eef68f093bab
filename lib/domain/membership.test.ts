import { beforeEach, describe, expect, it } from 'vitest'
import {
  acceptInvitation,
  claimCheckpoint,
  completeCheckpoint,
  createAgentProfile,
  createInvitation,
  createKey,
  createMilestone,
  deleteAgentProfile,
  leaveGroup,
  removeMember,
  resumeAgentProfile,
  revokeInvitation,
  suspendAgentProfile,
  transferGroup,
  updateAgentProfile,
  updateGroup,
  updateMember,
} from '@/lib/operations'
import { addMember } from '@/lib/operations/members'
import { type Workspace, workspace } from '@/lib/testing/sketch'
import { auditState } from './audit'
import type { Actor } from './context'

const group_id = 'team'
let sketch: Workspace
let ada: Actor
let bob: Actor

beforeEach(() => {
  sketch = workspace()
  ada = sketch.as('Ada')
  bob = sketch.as('Bob')
})

const typesOf = ({ events }: { events: readonly { type: string }[] }) => events.map(({ type }) => type)
const idOf = ({ actor_id }: Actor) => ({ group_id, user_id: actor_id })
const roleOf = (actor: Actor) => sketch.world.all('member').find(({ principal_id }) => principal_id === actor.actor_id)?.role ?? null

const expectSoundGroup = () =>
  expect(auditState(sketch.world).flatMap(({ rule, violations }) => violations.map((violation) => `${rule}: ${violation}`))).toEqual([])

describe('[O1] the owner of a group', () => {
  it('cannot leave, be removed or have another role', () => {
    const { owner } = sketch
    expect(sketch.refused(leaveGroup, { group_id }).code).toBe('group_owner')
    sketch.run(updateMember, { ...idOf(ada), role: 'admin' })
    expect(sketch.refused(removeMember, idOf(owner), ada).code).toBe('group_owner')
    expect(sketch.refused(updateMember, { ...idOf(owner), role: 'member' }, ada).code).toBe('group_owner')
    expect(roleOf(owner)).toBe('owner')
  })

  it('is changed by the owner alone, or by the owner of the instance, and stays as an admin', () => {
    sketch.run(updateMember, { ...idOf(ada), role: 'admin' })
    expect(sketch.refused(transferGroup, idOf(ada), ada).details).toMatchObject({ missing: 'owner' })
    expect(sketch.refused(transferGroup, { group_id, user_id: 'usr_nobody' }).code).toBe('not_found')
    expect(sketch.run(transferGroup, idOf(ada)).data).toMatchObject({ owner_id: ada.actor_id, role: 'admin' })
    expect([roleOf(ada), roleOf(sketch.owner)]).toEqual(['owner', 'admin'])
    expect(sketch.run(transferGroup, idOf(ada)).changed).toBe(false)
    expectSoundGroup()
  })

  it('is changed by the owner of the instance even in a private group that they are no member of', () => {
    sketch.as('Zoe', { groups: [] })
    sketch.run(transferGroup, idOf(ada))
    sketch.run(updateGroup, { group_id, visibility: 'private' }, ada)
    sketch.run(leaveGroup, { group_id })
    expect(roleOf(sketch.owner)).toBe(null)
    sketch.group('Own')
    expect(sketch.refused(transferGroup, idOf(bob), sketch.key(sketch.owner, { group: 'own' })).code).toBe('not_found')
    expect(sketch.run(transferGroup, idOf(bob)).changed).toBe(true)
    expect([roleOf(bob), roleOf(ada)]).toEqual(['owner', 'admin'])
    expect(sketch.refused(transferGroup, idOf(ada), sketch.as('Zoe')).code).toBe('not_found')
    expectSoundGroup()
  })
})

describe('a role', () => {
  it('is given by admins, and an agent has none', () => {
    expect(sketch.refused(updateMember, { ...idOf(ada), role: 'admin' }, bob).details).toMatchObject({ missing: 'admin' })
    expect(typesOf(sketch.run(updateMember, { ...idOf(ada), role: 'admin' }))).toEqual(['member.role_changed'])
    expect(sketch.run(updateMember, { ...idOf(ada), role: 'admin' }).changed).toBe(false)
    expect(sketch.run(updateMember, { ...idOf(bob), role: 'admin' }, ada).data).toMatchObject({ role: 'admin', name: 'Bob' })
    const bot = sketch.as('bot', { agent: true })
    expect(sketch.refused(updateMember, { ...idOf(bot), role: 'admin' }).code).toBe('not_found')
  })
})

describe('[R1] whoever leaves a group', () => {
  it('holds nothing there: claims are released, keys of the group end, and agents pass to the owner', () => {
    const plan = sketch.plan('Plan', { A: [], B: [], C: [] })
    sketch.run(updateMember, { ...idOf(ada), role: 'admin' })
    const key = sketch.key(ada, { group: 'team' })
    const everywhere = sketch.key(ada)
    const { agent_profile_id } = sketch.run(createAgentProfile, { group_id, name: 'atlas' }, ada).data
    sketch.run(claimCheckpoint, plan.address('A'), ada)
    sketch.run(claimCheckpoint, plan.address('B'), key)
    sketch.run(claimCheckpoint, plan.address('C'), bob)
    const left = sketch.run(removeMember, idOf(ada))
    expect(typesOf(left)).toEqual(['claim.released', 'claim.released', 'key.revoked', 'agent_profile.assigned', 'member.removed'])
    expect(left.data).toEqual({ group_id: plan.milestone.group_id, user_id: ada.actor_id, name: 'Ada', role: null })
    expect(sketch.world.find('principal', agent_profile_id)?.accountable_id).toBe(sketch.owner.actor_id)
    expect(['A', 'B', 'C'].map((title) => plan.at(title).claimed_by)).toEqual([null, null, bob.actor_id])
    expect(sketch.refused(claimCheckpoint, plan.address('A'), key).code).toBe('unauthenticated')
    expect(sketch.refused(claimCheckpoint, plan.address('A'), everywhere).details).toMatchObject({ missing: 'membership' })
    expectSoundGroup()
  })

  it('is no holder of what had expired, and keeps what they completed', () => {
    const plan = sketch.plan('Plan', { A: [], B: [] })
    sketch.run(completeCheckpoint, plan.address('A'), ada)
    sketch.run(claimCheckpoint, { ...plan.address('B'), ttl_seconds: 30 }, ada)
    sketch.wait(60)
    expect(typesOf(sketch.run(leaveGroup, { group_id }, ada))).toEqual(['claim.expired', 'member.removed'])
    expect(plan.at('A').completed_by).toBe(ada.actor_id)
    expectSoundGroup()
  })

  it('is removed by an admin with the permission, and leaves without one', () => {
    const admin = sketch.key(sketch.owner)
    expect(sketch.refused(removeMember, idOf(ada), admin).details).toMatchObject({ missing: 'members:remove' })
    expect(sketch.refused(removeMember, idOf(ada), bob).details).toMatchObject({ missing: 'admin' })
    expect(sketch.run(removeMember, idOf(ada), sketch.key(sketch.owner, { permissions: { 'members:remove': true } })).changed).toBe(true)
    expect(sketch.refused(removeMember, idOf(ada)).code).toBe('not_found')
    expect(sketch.refused(leaveGroup, { group_id }, sketch.as('bot', { agent: true })).details).toMatchObject({ missing: 'person' })
    expect(sketch.run(leaveGroup, { group_id }, bob).changed).toBe(true)
  })

  it('works there with no old key when they come back', () => {
    const key = sketch.key(ada, { group: 'team' })
    sketch.run(leaveGroup, { group_id }, ada)
    sketch.run(addMember, { group_id, principal_id: ada.actor_id, role: 'member' })
    expect(sketch.refused(createMilestone, { group_id, title: 'x' }, key).code).toBe('unauthenticated')
  })
})

describe('[A1] the person who answers for an agent', () => {
  it('is who made it, until an admin names another person of the group', () => {
    sketch.run(updateMember, { ...idOf(ada), role: 'admin' })
    const { agent_profile_id, accountable_name } = sketch.run(createAgentProfile, { group_id, name: 'atlas' }, ada).data
    expect(accountable_name).toBe('Ada')
    const address = { group_id, agent_profile_id }
    const bot = sketch.as('bot', { agent: true })
    for (const accountable_id of [bot.actor_id, 'usr_nobody', sketch.as('Zoe', { groups: [] }).actor_id])
      expect(sketch.refused(updateAgentProfile, { ...address, accountable_id }).code).toBe('invalid')
    const assigned = sketch.run(updateAgentProfile, { ...address, accountable_id: bob.actor_id })
    expect([typesOf(assigned), assigned.data.accountable_name]).toEqual([['agent_profile.assigned'], 'Bob'])
    expect(sketch.run(updateAgentProfile, { ...address, accountable_id: bob.actor_id }).changed).toBe(false)
    // Bob is no admin, and may edit what he answers for, but not hand it on.
    expect(typesOf(sketch.run(updateAgentProfile, { ...address, name: 'Atlas 2', description: 'Builds' }, bob))).toEqual([
      'agent_profile.updated',
    ])
    expect(sketch.refused(updateAgentProfile, { ...address, accountable_id: ada.actor_id }, bob).details).toMatchObject({
      missing: 'admin',
    })
    expect(sketch.refused(updateAgentProfile, { ...address, name: 'x' }, sketch.as('Eve')).details).toMatchObject({ missing: 'admin' })
  })

  it('is named by each event of the agent, its claims and its completions, as it was then', () => {
    const plan = sketch.plan('Plan', { A: [], B: [] })
    const bot = sketch.as('bot', { agent: true })
    const claimed = sketch.run(claimCheckpoint, plan.address('A'), bot)
    expect(claimed.events.map(({ on_behalf_of }) => on_behalf_of)).toEqual([sketch.owner.actor_id])
    expect(claimed.data.claim).toMatchObject({ held_by_name: 'bot', held_for_name: 'Owner' })
    sketch.run(completeCheckpoint, plan.address('A'), bot)
    sketch.run(updateAgentProfile, { group_id, agent_profile_id: bot.actor_id, accountable_id: bob.actor_id })
    const { data } = sketch.run(completeCheckpoint, plan.address('B'), bot)
    expect(data.checkpoints.map(({ completed_for_name }) => completed_for_name)).toEqual(['Owner', 'Bob'])
    expect(sketch.run(completeCheckpoint, sketch.plan('Own', { A: [] }).address('A'), ada).data.checkpoints[0]?.completed_for_name).toBe(
      null,
    )
    expect(sketch.log.at(-1)?.on_behalf_of).toBe(null)
  })
})

describe('[A2] an agent that is stopped', () => {
  it('may do nothing while it is suspended, with whatever key, and goes on when it is resumed', () => {
    const plan = sketch.plan('Plan', { A: [] })
    const bot = sketch.as('bot', { agent: true })
    const key = sketch.key(bot, { group: 'team' })
    const address = { group_id, agent_profile_id: bot.actor_id }
    sketch.run(claimCheckpoint, plan.address('A'), key)
    const suspended = sketch.run(suspendAgentProfile, address)
    expect([typesOf(suspended), suspended.data.status]).toEqual([['claim.released', 'agent_profile.suspended'], 'suspended'])
    expect(plan.at('A').claimed_by).toBe(null)
    expect(sketch.refused(claimCheckpoint, plan.address('A'), key)).toMatchObject({ code: 'unauthenticated', message: /bot is suspended/ })
    expect(sketch.run(suspendAgentProfile, address).changed).toBe(false)
    expect(sketch.run(resumeAgentProfile, address).data.status).toBe('active')
    expect(sketch.run(resumeAgentProfile, address).changed).toBe(false)
    expect(sketch.run(claimCheckpoint, plan.address('A'), key).changed).toBe(true)
  })

  it('is stopped by whoever answers for it or by an admin, and by nobody else', () => {
    const bot = sketch.as('bot', { agent: true })
    const address = { group_id, agent_profile_id: bot.actor_id }
    sketch.run(updateAgentProfile, { ...address, accountable_id: bob.actor_id })
    expect(sketch.refused(suspendAgentProfile, address, ada).details).toMatchObject({ missing: 'admin' })
    expect(sketch.refused(suspendAgentProfile, address, bot).details).toMatchObject({ missing: 'person' })
    expect(sketch.run(suspendAgentProfile, address, bob).changed).toBe(true)
    expect(sketch.refused(deleteAgentProfile, address, bob).details).toMatchObject({ missing: 'admin' })
    expect(sketch.run(resumeAgentProfile, address).changed).toBe(true)
  })

  it('never does anything again once it is deleted, and the history keeps its name', () => {
    const plan = sketch.plan('Plan', { A: [], B: [] })
    const bot = sketch.as('bot', { agent: true })
    const key = sketch.key(bot, { group: 'team' })
    sketch.run(completeCheckpoint, plan.address('A'), key)
    sketch.run(claimCheckpoint, plan.address('B'), key)
    const address = { group_id, agent_profile_id: bot.actor_id }
    const deleted = sketch.run(deleteAgentProfile, address)
    expect(typesOf(deleted)).toEqual(['claim.released', 'key.revoked', 'member.removed', 'agent_profile.deleted'])
    expect(deleted.data).toMatchObject({ name: 'bot', status: 'deleted' })
    for (const again of [key, bot]) expect(sketch.refused(claimCheckpoint, plan.address('B'), again).code).toBe('unauthenticated')
    for (const operation of [deleteAgentProfile, suspendAgentProfile, resumeAgentProfile, updateAgentProfile])
      expect(sketch.refused(operation, address).code).toBe('not_found')
    expect(sketch.refused(createKey, { group_id, name: 'x', agent_profile_id: bot.actor_id }).code).toBe('not_found')
    const { data } = sketch.run(completeCheckpoint, plan.address('B'))
    expect(data.checkpoints.map(({ completed_by_name }) => completed_by_name)).toEqual(['bot', 'Owner'])
    expectSoundGroup()
  })
})

describe('[O2] an invitation', () => {
  const invite = (more: { role?: 'admin' | 'member'; expires_at?: string } = {}) => {
    const { data } = sketch.run(createInvitation, { group_id, ...more })
    return { invitation_id: data.invitation_id, token: data.link ?? expect.fail('no link') }
  }

  it('makes whoever accepts it a member once, and says so again to the same person', () => {
    const zoe = sketch.as('Zoe', { groups: [] })
    const { token } = invite({ role: 'admin' })
    const accepted = sketch.run(acceptInvitation, { token }, zoe)
    expect([typesOf(accepted), accepted.data.role]).toEqual([['invitation.accepted', 'member.added'], 'admin'])
    expect(sketch.run(acceptInvitation, { token }, zoe)).toMatchObject({ changed: false, data: { role: 'admin' } })
    expect(sketch.refused(acceptInvitation, { token }, sketch.as('Yan', { groups: [] })).code).toBe('not_found')
    expect(sketch.refused(acceptInvitation, { token: invite().token }, zoe).code).toBe('already_member')
  })

  it('leads into a private group, which does not exist for whoever has no invitation', () => {
    sketch.hide(group_id)
    const zoe = sketch.as('Zoe', { groups: [] })
    const { token } = invite()
    expect(sketch.refused(createMilestone, { group_id, title: 'x' }, zoe).code).toBe('not_found')
    sketch.run(acceptInvitation, { token: token.slice(token.lastIndexOf('/') + 1) }, zoe)
    expect(sketch.run(createMilestone, { group_id, title: 'x' }, zoe).changed).toBe(true)
  })

  it('is refused like one that never was when it was revoked or has expired', () => {
    const zoe = sketch.as('Zoe', { groups: [] })
    const revoked = invite()
    expect(typesOf(sketch.run(revokeInvitation, { invitation_id: revoked.invitation_id }))).toEqual(['invitation.revoked'])
    const short = invite({ expires_at: new Date(Date.parse(sketch.now) + 60_000).toISOString() })
    sketch.wait(120)
    const refusals = [revoked.token, short.token, 'a'.repeat(32), ''].map((token) => sketch.refused(acceptInvitation, { token }, zoe))
    expect(new Set(refusals.map(({ code, message }) => `${code} ${message}`)).size).toBe(1)
    for (const { invitation_id } of [revoked, short]) expect(sketch.refused(revokeInvitation, { invitation_id }).code).toBe('not_found')
  })

  it('ends when whoever made it is an admin no more, so that nobody comes back by a link that they kept', () => {
    sketch.run(updateMember, { ...idOf(ada), role: 'admin' })
    sketch.run(updateMember, { ...idOf(bob), role: 'admin' })
    const links = [ada, bob, sketch.owner].map(
      (by) => sketch.run(createInvitation, { group_id, role: 'admin' }, by).data.link ?? expect.fail(),
    )
    expect(typesOf(sketch.run(updateMember, { ...idOf(ada), role: 'member' }))).toEqual(['invitation.revoked', 'member.role_changed'])
    expect(typesOf(sketch.run(removeMember, idOf(bob)))).toEqual(['invitation.revoked', 'member.removed'])
    sketch.run(leaveGroup, { group_id }, ada)
    const [adas = '', bobs = '', owners = ''] = links
    for (const token of [adas, bobs])
      for (const by of [ada, bob]) expect(sketch.refused(acceptInvitation, { token }, by).code).toBe('not_found')
    expect(sketch.run(acceptInvitation, { token: owners }, bob).data.role).toBe('admin')
  })

  it('does not exist any more for whoever accepted it and then left', () => {
    const zoe = sketch.as('Zoe', { groups: [] })
    const { token } = invite()
    sketch.run(acceptInvitation, { token }, zoe)
    sketch.hide(group_id)
    sketch.run(leaveGroup, { group_id }, zoe)
    expect(sketch.refused(acceptInvitation, { token }, zoe).code).toBe('not_found')
  })

  it('is made by admins with the permission, is never for an owner, and ends within 30 days', () => {
    expect(sketch.refused(createInvitation, { group_id }, bob).details).toMatchObject({ missing: 'admin' })
    expect(sketch.refused(createInvitation, { group_id }, sketch.key(sketch.owner)).details).toMatchObject({ missing: 'members:invite' })
    for (const days of [-1, 31]) {
      const expires_at = new Date(Date.parse(sketch.now) + days * 86_400_000).toISOString()
      expect(sketch.refused(createInvitation, { group_id, expires_at }).code).toBe('invalid')
    }
    expect(createInvitation.input.safeParse({ group_id, role: 'owner' }).success).toBe(false)
  })

  it('leaves no token in the log, the state or the answer to a repeated call', () => {
    const first = sketch.run(createInvitation, { group_id }, sketch.owner, 'once')
    const again = sketch.run(createInvitation, { group_id }, sketch.owner, 'once')
    expect([again.data.link, again.data.invitation_id]).toEqual([null, first.data.invitation_id])
    const token = first.data.link?.split('/').at(-1) ?? expect.fail('no link')
    expect(JSON.stringify([sketch.log, sketch.world.all('invitation')])).not.toContain(token)
  })
})
