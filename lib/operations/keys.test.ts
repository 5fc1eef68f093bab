import { describe, expect, it } from 'vitest'
import { isWellFormedKey, makeKey, sha256 } from '@/lib/auth/key'
import type { Actor } from '@/lib/domain/context'
import type { DomainError } from '@/lib/domain/errors'
import { PERMISSION_NAMES } from '@/lib/domain/permission'
import { agentKey, expiredKey, groupKey, join, keyWith, makePerson, READ_ONLY, restAs, revokedKey, userKey } from '@/lib/testing/client'
import { openTestInstance, type TestInstance, useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { eventsAfter, positionOf, refusal, watch } from '@/lib/testing/watch'
import { createGroup, createKey, createUserKey, getMyPermissions, listGroups, listKeys, listUserKeys, revokeKey } from '.'
import { createAgentProfile, findAgent } from './agents'
import { connectAgent } from './keys'
import { addMember } from './members'

const k = { name: 'k' }
const soon = (ms: number) => new Date(Date.now() + ms).toISOString()

describe('a new key', () => {
  const test = useInstance()

  it('[K1] is of the person who makes it, works at once, and is stored as a print', async () => {
    const { data, events, types } = await watch(test, createUserKey, k)
    expect(types).toEqual(['key.created'])
    expect(data).toMatchObject({
      name: 'k',
      scope_type: 'user',
      group_id: null,
      owner_id: test.owner.actor_id,
      expires_at: null,
      revoked_at: null,
    })
    expect(isWellFormedKey(data.secret)).toBe(true)
    expect(data.secret).toMatch(new RegExp(`^sk_live_u_.*${data.hint}$`))
    expect(events[0].data).toMatchObject({ key_id: data.key_id, hash: sha256(data.secret), group_id: null })
    expect((await restAs(test, data.secret)('GET', '/groups')).status).toBe(200)
    const group_id = await makeGroup(test)
    const { data: ofGroup } = await test.run(createKey, { group_id, ...k })
    expect(ofGroup).toMatchObject({ scope_type: 'group', group_id })
    expect(ofGroup.secret).toMatch(/^sk_live_g_/)
    expect((await restAs(test, ofGroup.secret)('GET', `/groups/${group_id}`)).status).toBe(200)
  })

  it('[K1] has its secret in the first answer and in no table', async () => {
    const { data } = await test.run(createUserKey, k, test.owner, { idempotency_key: 'secret' })
    const { rows: tables } = await test.instance.pool.query(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    )
    expect(tables.length).toBeGreaterThan(10)
    for (const { table_name } of tables) {
      const { rows } = await test.instance.pool.query(`select count(*)::int as found from "${table_name}" t where t::text like $1`, [
        `%${data.secret.slice(10, 30)}%`,
      ])
      expect(rows, table_name).toEqual([{ found: 0 }])
    }
  })

  it('[H4] is made once by a repeated call, which shows no secret again', async () => {
    const group_id = await makeGroup(test)
    for (const [operation, input] of [
      [createUserKey, k],
      [createKey, { group_id, ...k }],
    ] as const) {
      const once = { idempotency_key: `once ${operation.name}` }
      const first = await watch(test, operation, input, test.owner, once)
      const again = await watch(test, operation, input, test.owner, once)
      expect(again).toMatchObject({ replayed: true, types: [], seq: first.seq })
      expect(again.data).toEqual({ ...first.data, secret: null })
      const text = await test.instance.pool.query('select 1 from api_keys where hash = $1', [sha256(first.data.secret)])
      expect(text.rows).toHaveLength(1)
    }
  })

  it('[K1] of a group is made by its members, and for its agents by its admins', async () => {
    const group_id = await makeGroup(test)
    const [member, stranger] = [await makePerson(test, 'Member'), await makePerson(test, 'Stranger')]
    await join(test, group_id, member)
    const agent = await test.agent(group_id, 'agent')
    const forAgent = { group_id, agent_profile_id: agent.actor_id, ...k }
    expect((await watch(test, createKey, { group_id, ...k }, member)).data.owner_id).toBe(member.actor_id)
    expect(await refusal(test, createKey, forAgent, member)).toMatchObject({ code: 'forbidden', details: { missing: 'admin' } })
    expect(await refusal(test, createKey, { group_id, ...k }, stranger)).toMatchObject({ details: { missing: 'membership' } })
    expect((await watch(test, createKey, forAgent)).data).toMatchObject({ owner_id: agent.actor_id, owner_type: 'agent_profile', group_id })
    const other = await makeGroup(test)
    for (const agent_profile_id of [agent.actor_id, member.actor_id, 'ap_nobody', 'new'])
      expect((await refusal(test, createKey, { ...forAgent, group_id: other, agent_profile_id })).code).toBe('not_found')
    expect((await refusal(test, createUserKey, { ...k, agent_profile_id: agent.actor_id })).code).toBe('invalid')
  })

  it('[K1] is never made by an agent or by a key of one group', async () => {
    const group_id = await makeGroup(test)
    for (const { actor } of [await agentKey(test, group_id), await groupKey(test, group_id)]) {
      for (const [operation, input] of [
        [createKey, { group_id, ...k }],
        [createUserKey, k],
        [listKeys, { group_id }],
        [listUserKeys, {}],
      ] as const)
        expect((await refusal(test, operation, input, actor)).details, operation.name).toEqual({ missing: 'person' })
    }
  })

  it('has the defaults, of which loosening a plan is none, and what else is asked for', async () => {
    const { data } = await test.run(createUserKey, k)
    const off = Object.keys(data.permissions).filter((name) => !data.permissions[name])
    expect(off.sort()).toEqual(['clinks:read', 'clinks:write', 'feedback', 'members:invite', 'members:remove', 'milestones:relax'])
    const permissions = { 'milestones:relax': true, feedback: true, 'milestones:write': false, 'clinks:write': true }
    const asked = await watch(test, createUserKey, { ...k, permissions })
    expect(asked.data.permissions).toMatchObject({
      'milestones:relax': true,
      feedback: true,
      'milestones:write': false,
      'projects:write': true,
    })
    expect(asked.events[0].data.permissions).toMatchObject({ 'clinks:read': true, 'clinks:write': true })
    const mine = { key_id: asked.data.key_id, actor_id: test.owner.actor_id, session_id: null, via: 'rest' } as const
    expect((await test.run(getMyPermissions, {}, mine)).data.permissions).toEqual(asked.data.permissions)
  })

  it('[P1] of an agent is never asked to loosen a plan', async () => {
    const group_id = await makeGroup(test)
    const { actor_id } = await test.agent(group_id, 'bold')
    const input = { group_id, agent_profile_id: actor_id, ...k, permissions: { 'milestones:relax': true } }
    for (const operation of [createKey, connectAgent])
      expect(await refusal(test, operation, input)).toMatchObject({
        code: 'invalid',
        details: { fields: [{ path: 'permissions.milestones:relax' }] },
      })
    expect((await refusal(test, connectAgent, { ...input, agent_profile_id: 'new' })).code).toBe('invalid')
    expect((await test.run(createKey, { ...input, permissions: { 'milestones:relax': false } })).data.permissions['milestones:relax']).toBe(
      false,
    )
  })

  it('[K1] has no permission that the key lacks by which it is made, and ends no later', async () => {
    const expires_at = soon(60_000)
    const { actor } = await keyWith(test, test.owner, { 'milestones:write': false, 'milestones:relax': false }, expires_at)
    const { data } = await test.run(createUserKey, k, actor)
    expect(data).toMatchObject({
      expires_at,
      permissions: { 'milestones:write': false, 'milestones:relax': false, 'milestones:complete': true },
    })
    for (const name of ['milestones:write', 'milestones:relax', 'members:invite'])
      expect(await refusal(test, createUserKey, { ...k, permissions: { [name]: true } }, actor)).toMatchObject({
        code: 'forbidden',
        details: { missing: name },
      })
    expect(await refusal(test, createUserKey, { ...k, expires_at: soon(90_000) }, actor)).toMatchObject({
      code: 'invalid',
      details: { fields: [{ path: 'expires_at', message: expect.stringContaining(expires_at) }] },
    })
    expect((await test.run(createUserKey, { ...k, expires_at: soon(30_000) }, actor)).data.expires_at < expires_at).toBe(true)
    const { actor: reader } = await keyWith(test, test.owner, { ...READ_ONLY, 'groups:admin': true })
    const group_id = await makeGroup(test)
    const { actor_id: agent_profile_id } = await test.agent(group_id, 'limited')
    for (const [operation, more] of [
      [createKey, { agent_profile_id }],
      [createKey, {}],
      [connectAgent, { agent_profile_id: 'new' }],
    ] as const)
      expect(
        await refusal(test, operation, { group_id, ...k, ...more, permissions: { 'milestones:write': true } }, reader),
        operation.name,
      ).toMatchObject({ code: 'forbidden', details: { missing: 'milestones:write' } })
    expect((await test.run(createKey, { group_id, agent_profile_id, ...k }, reader)).data.permissions).toMatchObject({
      'milestones:write': false,
      'milestones:read': true,
    })
  })

  it('is refused with a name, a permission or a time that is none', async () => {
    const wrong: [object, string][] = [
      [{ name: '' }, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 'a\nb' }, 'name'],
      [{ name: 'x'.repeat(201) }, 'name'],
      [{}, 'name'],
      [{ ...k, permissions: { 'milestones:fly': true } }, 'permissions.milestones:fly'],
      [{ ...k, permissions: { __proto__x: true } }, 'permissions.__proto__x'],
      [{ ...k, permissions: { feedback: 'yes' } }, 'permissions.feedback'],
      [{ ...k, permissions: ['feedback'] }, 'permissions'],
      [{ ...k, expires_at: 'tomorrow' }, 'expires_at'],
      [{ ...k, expires_at: '2099-01-01' }, 'expires_at'],
      [{ ...k, expires_at: '2099-13-01T00:00:00Z' }, 'expires_at'],
      [{ ...k, expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
      [{ ...k, hash: 'a'.repeat(64) }, 'hash'],
      [{ ...k, secret: 'sk_live_u_mine' }, 'secret'],
    ]
    for (const [input, path] of wrong)
      expect((await refusal(test, createUserKey, input)).details, JSON.stringify(input)).toMatchObject({ fields: [{ path }] })
  })

  it('[E2] keeps the time of its expiry as it will be read back', async () => {
    const { events, data } = await watch(test, createUserKey, { ...k, expires_at: '2099-01-01T00:00:00Z' })
    expect(events[0].data.expires_at).toBe('2099-01-01T00:00:00.000Z')
    expect(data.expires_at).toBe('2099-01-01T00:00:00.000Z')
  })

  it('and the new agent that it is for come together or not at all', async () => {
    const group_id = await makeGroup(test)
    const member = await makePerson(test, 'Plain')
    await join(test, group_id, member)
    const input = { group_id, agent_profile_id: 'new', name: 'robin' }
    expect((await refusal(test, connectAgent, input, member)).details).toEqual({ missing: 'admin' })
    expect((await refusal(test, connectAgent, { ...input, expires_at: '2020-01-01T00:00:00Z' })).code).toBe('invalid')
    const once = { idempotency_key: 'robin' }
    const { data, types } = await watch(test, connectAgent, input, test.owner, once)
    expect(types).toEqual(['agent_profile.created', 'member.added', 'key.created'])
    expect(data).toMatchObject({ name: 'robin', owner_name: 'robin', owner_type: 'agent_profile', group_id })
    expect((await test.run(findAgent, { group_id, name: 'robin' })).data.id).toBe(data.owner_id)
    expect((await restAs(test, data.secret)('GET', '/api-keys/me/permissions')).data).toMatchObject({ owner_type: 'agent_profile' })
    expect((await watch(test, connectAgent, input, test.owner, once)).data).toEqual({ ...data, secret: null })
    const { types: own } = await watch(test, connectAgent, { group_id, ...k }, member)
    expect(own).toEqual(['key.created'])
  })

  it('leaves a sound workspace', () => expectSound(test.instance))
})

describe('the list of keys', () => {
  const test = useInstance()
  const idsOf = (data: { keys: { key_id: string }[] }) => data.keys.map(({ key_id }) => key_id)

  it('shows one’s own, newest first, without what is secret, and not those of others', async () => {
    const [one, two] = [await userKey(test), await userKey(test)]
    const other = await makePerson(test, 'Other')
    const theirs = await userKey(test, other)
    const { data } = await test.run(listUserKeys, {})
    expect(idsOf(data).slice(0, 2)).toEqual([two.actor.key_id, one.actor.key_id])
    expect(data.keys[0]).toMatchObject({
      hint: two.secret.slice(-4),
      last_used_at: null,
      last_used_via: null,
      last_client: null,
      last_call: null,
    })
    for (const { secret } of [one, two]) {
      expect(JSON.stringify(data)).not.toContain(secret.slice(0, -4))
      expect(JSON.stringify(data)).not.toContain(sha256(secret))
    }
    expect(idsOf((await test.run(listUserKeys, {}, other)).data)).toEqual([theirs.actor.key_id])
  })

  it('of a group shows an admin those of its agents too, and nobody those of another person', async () => {
    const group_id = await makeGroup(test)
    const [member, admin, stranger] = [await makePerson(test, 'M'), await makePerson(test, 'A'), await makePerson(test, 'S')]
    await join(test, group_id, member)
    await join(test, group_id, admin, 'admin')
    const [bot, own, everywhere] = [await agentKey(test, group_id), await groupKey(test, group_id, member), await userKey(test, member)]
    await agentKey(test, await makeGroup(test))
    const of = async (by: Actor) => idsOf((await test.run(listKeys, { group_id }, by)).data)
    expect(await of(member)).toEqual([own.actor.key_id])
    expect(await of(admin)).toEqual([bot.actor.key_id])
    expect(await of(stranger)).toEqual([])
    expect(idsOf((await test.run(listUserKeys, {}, member)).data)).toEqual([everywhere.actor.key_id])
  })

  it('is told page by page', async () => {
    const person = await makePerson(test, 'Many')
    for (let at = 0; at < 5; at++) await userKey(test, person)
    const all = idsOf((await test.run(listUserKeys, {}, person)).data)
    const found: string[] = []
    for (let cursor: string | undefined; ; ) {
      const { data } = await test.run(listUserKeys, { limit: 2, ...(cursor && { cursor }) }, person)
      found.push(...idsOf(data))
      if (data.next_cursor === null) break
      cursor = data.next_cursor
    }
    expect(all).toHaveLength(5)
    expect(found).toEqual(all)
  })

  it('has no key that is revoked, and those that have ended', async () => {
    const person = await makePerson(test, 'Late')
    const [ended] = [await expiredKey(test, person), await revokedKey(test, person)]
    expect(idsOf((await test.run(listUserKeys, {}, person)).data)).toEqual([ended.actor.key_id])
  })
})

describe('a revoked key', () => {
  const test = useInstance()

  it('[K1] ends at once, for reads and changes, and is shown as revoked', async () => {
    const key = await userKey(test)
    expect((await key.call('GET', '/groups')).status).toBe(200)
    const { types, data, events } = await watch(test, revokeKey, { key_id: key.actor.key_id })
    expect(types).toEqual(['key.revoked'])
    expect(data).toMatchObject({ key_id: key.actor.key_id, revoked_at: new Date(events[0].at).toISOString() })
    expect((await key.call('GET', '/groups')).status).toBe(401)
    expect((await key.call('POST', '/groups', { name: 'Late' })).status).toBe(401)
    expect((await refusal(test, createGroup, { name: 'Late' }, key.actor)).code).toBe('unauthenticated')
  })

  it('[K1] is one’s own or one of an agent where one is an admin; any other is refused like one that there is not', async () => {
    const group_id = await makeGroup(test)
    const [member, admin] = [await makePerson(test, 'Rm'), await makePerson(test, 'Ra')]
    await join(test, group_id, member)
    await join(test, group_id, admin, 'admin')
    const elsewhere = (await test.run(createGroup, { name: 'Elsewhere' }, admin)).data.group_id
    const [bot, own] = [await agentKey(test, group_id), await groupKey(test, group_id, member)]
    const facts = ({ code, message, details }: DomainError) => ({ code, message, details })
    const missing = facts(await refusal(test, revokeKey, { key_id: 'key_nothing' }))
    const may = async (key: { actor: Actor }, by: Actor) => facts(await refusal(test, revokeKey, { key_id: key.actor.key_id }, by))
    for (const [key, by] of [
      [bot, member],
      [own, admin],
      [own, test.owner],
      [await agentKey(test, group_id), bot.actor],
    ] as const)
      expect(await may(key, by)).toEqual(missing)
    expect(await may(await agentKey(test, elsewhere, 'Agent', admin), test.owner)).toEqual(missing)
    expect(await may(bot, bot.actor)).toMatchObject({ code: 'forbidden', details: { missing: 'person' } })
    expect(await may(own, own.actor)).toMatchObject({ code: 'forbidden', details: { missing: 'person' } })
    expect((await watch(test, revokeKey, { key_id: bot.actor.key_id }, admin)).changed).toBe(true)
    expect((await watch(test, revokeKey, { key_id: own.actor.key_id }, member)).changed).toBe(true)
  })

  it('is not revoked twice, unless by the same call', async () => {
    const { actor } = await userKey(test)
    const once = { idempotency_key: 'twice' }
    const first = await watch(test, revokeKey, { key_id: actor.key_id }, test.owner, once)
    expect((await refusal(test, revokeKey, { key_id: actor.key_id })).code).toBe('not_found')
    expect(await watch(test, revokeKey, { key_id: actor.key_id }, test.owner, once)).toMatchObject({
      replayed: true,
      data: first.data,
      types: [],
    })
  })

  it('can revoke itself with its last call', async () => {
    const { actor, call } = await userKey(test)
    expect(await call('DELETE', `/api-keys/${actor.key_id}`)).toMatchObject({ status: 200, changed: true })
    expect(await call('DELETE', `/api-keys/${actor.key_id}`)).toMatchObject({ status: 401 })
  })

  it('is found by a lane that has loaded nothing of it, and by one whose process made it', async () => {
    const other: TestInstance = await openTestInstance(test.database)
    try {
      const group_id = await makeGroup(test)
      const key = await agentKey(test, group_id)
      const { seq } = await positionOf(test)
      await other.run(revokeKey, { key_id: key.actor.key_id }, other.owner)
      expect((await eventsAfter(test, seq)).map(({ type }) => type)).toEqual(['key.revoked'])
      expect((await key.call('POST', '/groups', { name: 'Late' })).status).toBe(401)
      const back = await other.run(createUserKey, k)
      expect((await restAs(test, back.data.secret)('POST', '/groups', { name: 'In time' })).status).toBe(200)
      await test.run(revokeKey, { key_id: back.data.key_id })
      expect((await restAs(other, back.data.secret)('POST', '/groups', { name: 'Late' })).status).toBe(401)
    } finally {
      await other.instance.close()
    }
  })

  it('leaves a sound workspace', () => expectSound(test.instance))
})

describe('what a key may', () => {
  const test = useInstance()

  it('is told to whoever has it', async () => {
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

  it('is nothing once it is revoked or past its expiry', async () => {
    for (const { actor } of [await revokedKey(test), await expiredKey(test)]) {
      expect((await refusal(test, listGroups, {}, actor)).code).toBe('unauthenticated')
      expect((await refusal(test, createUserKey, k, actor)).code).toBe('unauthenticated')
    }
    expect((await restAs(test, makeKey('user').secret)('GET', '/groups')).status).toBe(401)
  })

  it('[P1] is never to loosen a plan if it is of an agent, whatever it was given', async () => {
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
    expect((await test.run(findAgent, { group_id, name: 'bot' })).data).toEqual({ id: data.agent_profile_id })
    expect((await test.run(findAgent, { group_id, name: 'nobody' })).data).toEqual({ id: null })
    expect(await refusal(test, createAgentProfile, { group_id, name: 'x' }, member)).toMatchObject({ details: { missing: 'admin' } })
  })

  it('a second agent profile of a name is told by its own id', async () => {
    const group_id = await makeGroup(test)
    const ids = []
    for (let at = 0; at < 4; at++) {
      const { data, events } = await watch(test, createAgentProfile, { group_id, name: 'twin' })
      expect(data.agent_profile_id).toBe(events[0].data.principal_id)
      ids.push(data.agent_profile_id)
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
