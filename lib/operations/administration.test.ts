import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { agentKey, groupKey, join, keyWith, makePerson, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { refusal, watch } from '@/lib/testing/watch'
import {
  acceptInvitation,
  createGroup,
  createInvitation,
  createKey,
  createUserKey,
  getMyPermissions,
  leaveGroup,
  listKeys,
  removeMember,
  revokeKey,
  transferGroup,
  updateAgentProfile,
  updateGroup,
  updateMember,
  updatePerson,
} from '.'
import type { Operation } from './define'
import { changeEmail } from './people'

const once = (idempotency_key: string) => ({ idempotency_key })

describe('[P2] who administers', () => {
  const test = useInstance()
  let group_id: string
  let admin: Actor
  let member: Actor

  beforeAll(async () => {
    group_id = await makeGroup(test, { visibility: 'private' })
    admin = await makePerson(test, 'Ada')
    member = await makePerson(test, 'Mina')
    await join(test, group_id, admin, 'admin')
    await join(test, group_id, member)
  })

  const missing = async (operation: Operation, input: object, actor: Actor) =>
    (await refusal(test, operation, input, actor)).details.missing

  it('is a person: a key of the group lets nobody rise, and opens no private group, although it is that of an admin', async () => {
    const { actor } = await groupKey(test, group_id, admin)
    const user_id = member.actor_id
    expect(await missing(updateMember, { group_id, user_id, role: 'admin' }, actor)).toBe('person')
    expect(await missing(updateGroup, { group_id, visibility: 'workspace' }, actor)).toBe('person')
    expect(await missing(createInvitation, { group_id, role: 'admin' }, actor)).toBe('person')
    expect((await watch(test, createInvitation, { group_id }, actor)).changed).toBe(true)
  })

  it('is a person by a key, unless that was made without it', async () => {
    const { actor: narrow } = await keyWith(test, admin, { 'groups:admin': false })
    expect((await test.run(getMyPermissions, {}, narrow)).data.permissions['groups:admin']).toBe(false)
    expect(await missing(updateMember, { group_id, user_id: member.actor_id, role: 'admin' }, narrow)).toBe('groups:admin')
    expect(await missing(createUserKey, { name: 'Another' }, narrow)).toBe('groups:admin')
    expect(await missing(leaveGroup, { group_id }, narrow)).toBe('groups:admin')
    const { data } = await test.run(createUserKey, { name: 'Usual' }, admin)
    const actor: Actor = { ...admin, key_id: data.key_id, via: 'rest' }
    expect((await test.run(getMyPermissions, {}, actor)).data.permissions['groups:admin']).toBe(true)
    expect((await test.run(updateMember, { group_id, user_id: member.actor_id, role: 'admin' }, actor)).data.role).toBe('admin')
    expect((await test.run(updateMember, { group_id, user_id: member.actor_id, role: 'member' }, actor)).data.role).toBe('member')
  })

  it('is never an agent, nor a key of a group, whatever it was given', async () => {
    const permissions = { 'groups:admin': true }
    const { actor } = await agentKey(test, group_id)
    const forAgent = { group_id, agent_profile_id: actor.actor_id, name: 'Bold', permissions }
    for (const input of [{ group_id, name: 'Bold', permissions }, forAgent])
      expect((await refusal(test, createKey, input, admin)).details).toMatchObject({
        fields: [{ path: 'permissions.groups:admin' }],
      })
    for (const owner of [{}, { agent_profile_id: actor.actor_id }]) {
      const { data, events } = await watch(test, createKey, { group_id, name: 'Usual', ...owner }, admin)
      expect(data.permissions['groups:admin']).toBe(false)
      expect(events[0]?.data).toMatchObject({ permissions: { 'groups:admin': false } })
    }
  })

  it('removes admins: a key that may remove members, and no more, removes these only', async () => {
    const { actor } = await keyWith(test, admin, { 'members:remove': true, 'groups:admin': false })
    const other = await makePerson(test, 'Other admin')
    await join(test, group_id, other, 'admin')
    expect(await missing(removeMember, { group_id, user_id: other.actor_id }, actor)).toBe('groups:admin')
    await test.run(updateMember, { group_id, user_id: other.actor_id, role: 'member' })
    expect((await test.run(removeMember, { group_id, user_id: other.actor_id }, actor)).data.role).toBeNull()
  })

  it('changes the address by which one signs in only in a browser', async () => {
    const { actor } = await userKey(test, member)
    expect(await missing(changeEmail, { email: 'taken.over@cairn.test' }, actor)).toBe('session')
    expect((await test.run(updatePerson, { name: 'Mina M.' }, actor)).data.name).toBe('Mina M.')
    expect((await test.run(changeEmail, { email: 'mina.m@cairn.test' }, member)).data.email).toBe('mina.m@cairn.test')
  })

  it('ends other keys; any key of a person may end itself', async () => {
    const weak = await keyWith(test, member, { 'groups:admin': false })
    const other = await userKey(test, member)
    expect(await missing(revokeKey, { key_id: other.actor.key_id }, weak.actor)).toBe('groups:admin')
    expect((await test.run(revokeKey, { key_id: weak.actor.key_id }, weak.actor)).changed).toBe(true)
    expect((await test.run(revokeKey, { key_id: other.actor.key_id }, other.actor)).changed).toBe(true)
  })
})

describe('[K1] a key that was found by somebody else', () => {
  const test = useInstance()

  it('ends with all that were made with it, those of agents too, and with nothing else', async () => {
    const group_id = await makeGroup(test)
    const lost = await userKey(test)
    const { actor: kept } = await userKey(test)
    const all = { 'groups:admin': true }
    const made = async (operation: Operation, input: object, actor: Actor): Promise<Actor> => {
      const { data } = await test.run(operation, { name: 'Made', ...input }, actor)
      return { ...actor, actor_id: data.owner_id, key_id: data.key_id }
    }
    const child = await made(createUserKey, { permissions: all }, lost.actor)
    const { actor_id } = await test.agent(group_id, 'Atlas')
    const others = [
      child,
      await made(createKey, { group_id }, lost.actor),
      await made(createKey, { group_id, agent_profile_id: actor_id }, lost.actor),
      await made(createUserKey, {}, child),
    ]
    const free = [kept, await made(createUserKey, {}, kept), await made(createKey, { group_id, agent_profile_id: actor_id }, test.owner)]
    // One of those in between has ended already.
    await test.run(revokeKey, { key_id: others[1]?.key_id })
    const { types } = await watch(test, revokeKey, { key_id: lost.actor.key_id })
    expect(types).toEqual(Array.from({ length: 4 }, () => 'key.revoked'))
    for (const actor of [lost.actor, ...others]) expect((await refusal(test, getMyPermissions, {}, actor)).code).toBe('unauthenticated')
    for (const actor of free) expect((await test.run(getMyPermissions, {}, actor)).data.scope_id).not.toBe('')
  })
})

describe('[H4] a call that took from its caller what it needs', () => {
  const test = useInstance()
  let group_id: string

  beforeAll(async () => {
    group_id = await makeGroup(test, { visibility: 'private' })
  })

  const joined = async (name: string, role: 'admin' | 'member' = 'member') => {
    const person = await makePerson(test, name)
    await join(test, group_id, person, role)
    return person
  }

  const twice = async (operation: Operation, input: object, actor: Actor) => {
    const first = await test.run(operation, input, actor, once(`${operation.name} ${actor.actor_id}`))
    expect(first).toMatchObject({ changed: true, replayed: false })
    const again = await watch(test, operation, input, actor, once(`${operation.name} ${actor.actor_id}`))
    expect(again).toMatchObject({ seq: first.seq, changed: true, replayed: true, events: [] })
    return again.data
  }

  it('is answered again: leaving, removing oneself, lowering oneself and accepting', async () => {
    const leaver = await joined('Leaver')
    expect(await twice(leaveGroup, { group_id }, leaver)).toMatchObject({ user_id: leaver.actor_id, role: null })
    const gone = await joined('Gone', 'admin')
    expect(await twice(removeMember, { group_id, user_id: gone.actor_id }, gone)).toMatchObject({ role: null })
    const lowered = await joined('Lowered', 'admin')
    expect(await twice(updateMember, { group_id, user_id: lowered.actor_id, role: 'member' }, lowered)).toMatchObject({ role: 'member' })
    const invited = await makePerson(test, 'Invited')
    const { data } = await test.run(createInvitation, { group_id })
    expect(await twice(acceptInvitation, { token: data.link }, invited)).toMatchObject({ user_id: invited.actor_id, role: 'member' })
  })

  it('is answered again: giving a group away, as its owner and as the owner of the instance', async () => {
    const [owner, heir] = [await makePerson(test, 'Olga'), await makePerson(test, 'Hera')]
    const beside = (await test.run(createGroup, { name: 'Beside', visibility: 'private' }, owner)).data.group_id
    await join(test, beside, heir, 'member', owner)
    expect(await twice(transferGroup, { group_id: beside, user_id: heir.actor_id }, owner)).toMatchObject({ owner_id: heir.actor_id })
    expect(await twice(transferGroup, { group_id: beside, user_id: owner.actor_id }, test.owner)).toMatchObject({
      owner_id: owner.actor_id,
    })
  })

  it('is answered by nothing of the group to whoever was removed since', async () => {
    const admin = await joined('Former', 'admin')
    const { actor } = await agentKey(test, group_id, 'Atlas')
    const keys: [Operation, object][] = [
      [revokeKey, { key_id: actor.key_id }],
      [createKey, { group_id, agent_profile_id: actor.actor_id, name: 'Late' }],
      [createInvitation, { group_id }],
      [updateAgentProfile, { group_id, agent_profile_id: actor.actor_id, name: 'Before' }],
      [updateMember, { group_id, user_id: (await joined('Colleague')).actor_id, role: 'admin' }],
    ]
    for (const [operation, input] of keys) await test.run(operation, input, admin, once(operation.name))
    await test.run(removeMember, { group_id, user_id: admin.actor_id })
    await test.run(updateAgentProfile, { group_id, agent_profile_id: actor.actor_id, name: 'Renamed since' })
    for (const [operation, input] of keys) {
      const { code, message } = await refusal(test, operation, input, admin, once(operation.name))
      expect([operation.name, code]).toEqual([operation.name, 'not_found'])
      expect(message).not.toMatch(/Renamed/)
    }
    expect((await refusal(test, listKeys, { group_id }, admin)).code).toBe('not_found')
  })
})
