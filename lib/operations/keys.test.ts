import { describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import { PERMISSION_NAMES } from '@/lib/domain/permission'
import { agentKey, expiredKey, groupKey, join, keyWith, makePerson, readOnlyKey, revokedKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { refusal, watch } from '@/lib/testing/watch'
import { getMyPermissions, listGroups } from '.'
import { createKey } from './keys'
import { addMember, createAgentProfile, findAgent } from './members'

describe('keys', () => {
  const test = useInstance()
  const print = (scope: 'user' | 'group') => {
    const { hash, hint } = makeKey(scope)
    return { name: 'k', hash, hint }
  }

  it('are made by a person for themselves, and stored as a print', async () => {
    const { events, types } = await watch(test, createKey, { group_id: null, ...print('user') })
    expect(types).toEqual(['key.created'])
    expect(events[0].data).toMatchObject({ principal_id: test.owner.actor_id, group_id: null, expires_at: null })
    expect(JSON.stringify(events)).not.toContain('sk_live')
  })

  it('of a group are made by its members, for its agents by its admins', async () => {
    const group_id = await makeGroup(test)
    const [member, stranger] = [await makePerson(test, 'Member'), await makePerson(test, 'Stranger')]
    await join(test, group_id, member)
    const agent = await test.agent(group_id, 'agent')
    const forAgent = { group_id, agent_profile_id: agent.actor_id }
    expect((await watch(test, createKey, { group_id, ...print('group') }, member)).changed).toBe(true)
    expect(await refusal(test, createKey, { ...forAgent, ...print('group') }, member)).toMatchObject({
      code: 'forbidden',
      details: { missing: 'admin' },
    })
    expect(await refusal(test, createKey, { group_id, ...print('group') }, stranger)).toMatchObject({ details: { missing: 'membership' } })
    expect((await watch(test, createKey, { ...forAgent, ...print('group') })).events[0].data).toMatchObject({
      principal_id: agent.actor_id,
      group_id,
    })
    expect((await refusal(test, createKey, { group_id, ...print('group') }, agent)).details).toEqual({ missing: 'person' })
    const other = await makeGroup(test)
    expect((await refusal(test, createKey, { ...forAgent, group_id: other, ...print('group') })).code).toBe('not_found')
    expect((await refusal(test, createKey, { agent_profile_id: agent.actor_id, group_id: null, ...print('user') })).code).toBe('not_found')
  })

  it('do not give more than the key that made them has', async () => {
    const { actor } = await readOnlyKey(test, test.owner)
    const secret = print('user')
    await test.run(createKey, { group_id: null, ...secret }, actor)
    const { rows } = await test.instance.pool.query('select permissions from api_keys where hash = $1', [secret.hash])
    expect(rows[0].permissions).toMatchObject({ 'milestones:read': true, 'milestones:write': false })
  })

  it('revoked or past their expiry are unauthenticated for reads and changes, and a key that expires later is not', async () => {
    for (const { actor } of [await revokedKey(test), await expiredKey(test)]) {
      expect((await refusal(test, listGroups, {}, actor)).code).toBe('unauthenticated')
      expect((await refusal(test, createKey, { group_id: null, ...print('user') }, actor)).code).toBe('unauthenticated')
    }
    const expires_at = new Date(Date.now() + 60_000).toISOString()
    expect((await watch(test, createKey, { group_id: null, ...print('user'), expires_at })).events[0].data).toMatchObject({ expires_at })
  })

  it('[E2] keep the time of their expiry as it will be read back', async () => {
    const { events } = await watch(test, createKey, { group_id: null, ...print('user'), expires_at: '2099-01-01T00:00:00Z' })
    expect(events[0].data.expires_at).toBe('2099-01-01T00:00:00.000Z')
  })

  it('are refused with a time that is none', async () => {
    for (const expires_at of ['tomorrow', '2099-01-01', '2099-13-01T00:00:00Z'])
      expect((await refusal(test, createKey, { group_id: null, ...print('user'), expires_at })).code).toBe('invalid')
  })

  it('say what they may', async () => {
    const group_id = await makeGroup(test)
    const of = async (actor = test.owner) => (await test.run(getMyPermissions, {}, actor)).data
    const owner = await of()
    expect(Object.keys(owner.permissions)).toEqual([...PERMISSION_NAMES])
    expect(owner).toMatchObject({ scope_type: 'user', scope_id: test.owner.actor_id, owner_type: 'user' })
    expect(owner.permissions).toMatchObject({ 'milestones:relax': true, 'members:remove': true, 'clinks:read': false })
    for (const name of PERMISSION_NAMES)
      expect(owner.permissions_info[name]).toEqual({ granted: owner.permissions[name], description: expect.stringMatching(/\w/) })
    const { actor } = await agentKey(test, group_id)
    const agent = await of(actor)
    expect(agent).toMatchObject({ scope_type: 'group', scope_id: group_id, owner_type: 'agent_profile' })
    expect(agent.permissions).toMatchObject({
      'milestones:write': true,
      'milestones:relax': false,
      'members:invite': false,
      'clinks:write': false,
    })
    expect((await of((await groupKey(test, group_id)).actor)).scope_id).toBe(group_id)
    expect((await of((await userKey(test)).actor)).permissions['members:invite']).toBe(true)
    const some = await of((await keyWith(test, test.owner, { 'milestones:read': false, feedback: true })).actor)
    expect(some.permissions).toMatchObject({ 'milestones:read': false, feedback: true, 'milestones:write': true, 'members:invite': false })
  })

  it('[P1] of an agent never loosen a plan, whatever they were given', async () => {
    const agent = await test.agent(await makeGroup(test), 'bold')
    const { actor } = await keyWith(test, agent, { 'milestones:relax': true })
    expect((await test.run(getMyPermissions, {}, actor)).data.permissions['milestones:relax']).toBe(false)
  })
})

describe('agents and members', () => {
  const test = useInstance()

  it('an agent profile becomes a member, is made by admins, and is found by its name', async () => {
    const group_id = await makeGroup(test)
    const member = await makePerson(test, 'Plain')
    await join(test, group_id, member)
    const { types, data } = await watch(test, createAgentProfile, { group_id, name: 'bot' })
    expect(types).toEqual(['agent_profile.created', 'member.added'])
    expect((await test.run(findAgent, { group_id, name: 'bot' })).data).toEqual({ id: data.id })
    expect((await test.run(findAgent, { group_id, name: 'nobody' })).data).toEqual({ id: null })
    expect(await refusal(test, createAgentProfile, { group_id, name: 'x' }, member)).toMatchObject({ details: { missing: 'admin' } })
  })

  it('a second agent profile of a name is told by its own id', async () => {
    const group_id = await makeGroup(test)
    const ids = []
    for (let at = 0; at < 4; at++) {
      const { data, events } = await watch(test, createAgentProfile, { group_id, name: 'twin' })
      expect(data.id).toBe(events[0].data.principal_id)
      ids.push(data.id)
    }
    expect(new Set(ids).size).toBe(4)
  })

  it('a person is added once, and nobody who is no person', async () => {
    const group_id = await makeGroup(test)
    const person = await makePerson(test, 'Once')
    const input = { group_id, principal_id: person.actor_id, role: 'member' }
    expect((await watch(test, addMember, input)).types).toEqual(['member.added'])
    expect((await refusal(test, addMember, input)).code).toBe('already_member')
    const agent = await test.agent(group_id, 'robot')
    for (const principal_id of ['usr_nobody', agent.actor_id, ''])
      expect((await refusal(test, addMember, { ...input, principal_id })).code).toBe('not_found')
  })
})
