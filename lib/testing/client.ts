import type { Instance } from '@/db/instance'
import { makeKey } from '@/lib/auth/key'
import type { Actor } from '@/lib/domain/context'
import { type EventDraft, NOWHERE } from '@/lib/domain/events'
import { newId } from '@/lib/domain/ids'
import { PERMISSION_NAMES, type PermissionName } from '@/lib/domain/permission'
import { createAgentProfile } from '@/lib/operations/agents'
import { dataOf, execute } from '@/lib/operations/execute'
import { createKey, createUserKey, revokeKey } from '@/lib/operations/keys'
import { addMember } from '@/lib/operations/members'
import { registerPerson } from '@/lib/operations/setup'
import { handleRest } from '@/lib/transport/rest'
import { byPerson } from './authors'
import type { Data, TestInstance } from './instance'

const BASE = 'http://cairn.test/api'

/** All permissions that there are. */
const ALL = Object.fromEntries(PERMISSION_NAMES.map((name) => [name, true]))
/** All that a key of one group may have (P2). */
const ALL_IN_GROUP = { ...ALL, 'groups:admin': false }

/** A response: the fields of the envelope, and the status, headers and unparsed body (`text`). */
export type Reply = { status: number; headers: Headers; text: string; json: Data } & Record<string, Data>

/** Reads a response. A stream has no end, so only its beginning is read. That is no JSON, and neither is an answer in text. */
export const replyOf = async (response: Response): Promise<Reply> => {
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const text = isStream ? await beginningOf(response) : await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  const json: Data = text === '' || !isJson ? {} : JSON.parse(text)
  return { ...json, status: response.status, headers: response.headers, text, json }
}

const beginningOf = async (response: Response): Promise<string> => {
  const reader = response.body?.getReader()
  const chunk = await reader?.read()
  await reader?.cancel()
  return new TextDecoder().decode(chunk?.value)
}

export type CallRest = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>

/** Calls REST without a port. A body that is a string is sent as it is, and any other as JSON. With `secret` null, no credentials are sent. */
export const restAs =
  (test: TestInstance, secret: string | null): CallRest =>
  async (method, path, body, headers = {}) => {
    const given: Record<string, string> = secret === null ? {} : { authorization: `Bearer ${secret}` }
    if (body !== undefined) given['content-type'] = 'application/json'
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const request = new Request(BASE + path, { method, headers: { ...given, ...headers }, ...(text === undefined ? {} : { body: text }) })
    return replyOf(await handleRest(test.instance, request))
  }

/** Makes a key of user scope for an owner, and returns its secret. For an instance that runs in another process. */
export const makeSecret = async (instance: Instance, actor: Actor): Promise<string> => {
  const { secret } = dataOf(createUserKey, await execute(instance, createUserKey, { input: { name: 'Test', permissions: ALL }, actor }))
  return secret ?? ''
}

/** A secret that looks like this one and is of no key. */
export const wrongSecret = (secret: string): string => `${secret.slice(0, -1)}${secret.endsWith('x') ? 'y' : 'x'}`

export type TestKey = { secret: string; actor: Actor; call: CallRest }

const keyed = (test: TestInstance, principal: Actor, key_id: string, secret: string): TestKey => ({
  secret,
  actor: { ...principal, key_id, session_id: null, via: 'rest' },
  call: restAs(test, secret),
})

/** Writes events that no operation makes yet, in the name of the owner. */
export const record = (test: TestInstance, drafts: readonly EventDraft[]) => test.instance.lane.record(drafts, byPerson(test.owner))

const given = new Map<string, number>()

/** An address that nobody else in the database has, although several people may have one name (O3). */
const addressOf = ({ database }: TestInstance, name: string): string => {
  const plain = name.toLowerCase()
  const count = (given.get(`${database.ownerUrl} ${plain}`) ?? 0) + 1
  given.set(`${database.ownerUrl} ${plain}`, count)
  return `${plain}${count === 1 ? '' : count}@cairn.test`
}

/** Registers another person, who is not a member of any group. */
export const makePerson = async (test: TestInstance, name: string): Promise<Actor> => {
  const person = { name, email: addressOf(test, name), instance_owner: false }
  return { actor_id: await registerPerson(test.instance, person), key_id: null, session_id: null, via: 'web' }
}

/** Adds a person to a group. `by` must be an admin of the group. */
export const join = (test: TestInstance, group_id: string, { actor_id }: Actor, role: 'admin' | 'member' = 'member', by = test.owner) =>
  test.run(addMember, { group_id, principal_id: actor_id, role }, by)

/** Creates a key of user scope with all permissions. */
export const userKey = async (test: TestInstance, person = test.owner, expires_at: string | null = null): Promise<TestKey> => {
  const { data } = await test.run(createUserKey, { name: 'A key', permissions: ALL, expires_at }, person)
  return keyed(test, person, data.key_id, data.secret)
}

/** Creates a key of the group with all permissions. */
export const groupKey = async (test: TestInstance, group_id: string, person = test.owner): Promise<TestKey> => {
  const { data } = await test.run(createKey, { group_id, name: 'A key', permissions: ALL_IN_GROUP }, person)
  return keyed(test, person, data.key_id, data.secret)
}

/** Creates a key of the group with all permissions that works only in one of its milestones. */
export const milestoneKey = async (test: TestInstance, group_id: string, milestone_id: string, person = test.owner): Promise<TestKey> => {
  const { data } = await test.run(createKey, { group_id, milestone_id, name: 'A key', permissions: ALL_IN_GROUP }, person)
  return keyed(test, person, data.key_id, data.secret)
}

/** Creates an agent profile of the group and a key for it. `by` must be an admin of the group. */
export const agentKey = async (test: TestInstance, group_id: string, name = 'Agent', by = test.owner): Promise<TestKey> => {
  const { data: agent } = await test.run(createAgentProfile, { group_id, name }, by)
  const { data } = await test.run(createKey, { group_id, agent_profile_id: agent.agent_profile_id, name: 'A key' }, by)
  return keyed(test, { actor_id: agent.agent_profile_id, key_id: null, session_id: null, via: 'rest' }, data.key_id, data.secret)
}

/** Writes a key with these permissions into the log, whatever its owner may have and however long ago it ended. The others have their default. */
export const keyWith = async (
  test: TestInstance,
  person: Actor,
  permissions: Partial<Record<PermissionName, boolean>>,
  expires_at: string | null = null,
): Promise<TestKey> => {
  const { secret, hash, hint } = makeKey('user')
  const key_id = newId('key')
  const facts = { name: 'A key', hash, hint, expires_at, group_id: null, permissions }
  await record(test, [{ ...NOWHERE, type: 'key.created', data: { ...facts, key_id, principal_id: person.actor_id } }])
  return keyed(test, person, key_id, secret)
}

export const READ_ONLY = {
  'milestones:write': false,
  'milestones:complete': false,
  'milestones:relax': false,
  'groups:admin': false,
  'projects:write': false,
  'proposals:create': false,
  'proposals:vote': false,
} as const

/** Creates a key that may read but not change anything. */
export const readOnlyKey = (test: TestInstance, person: Actor): Promise<TestKey> => keyWith(test, person, READ_ONLY)

/** Revokes a key. `by` is its owner, or an admin of the group of the agent that owns it. */
export const revoke = (test: TestInstance, { actor }: TestKey, by: Actor = { ...actor, key_id: null }) =>
  test.run(revokeKey, { key_id: actor.key_id }, by)

export const revokedKey = async (test: TestInstance, person = test.owner): Promise<TestKey> => {
  const key = await userKey(test, person)
  await revoke(test, key)
  return key
}

export const expiredKey = (test: TestInstance, person = test.owner): Promise<TestKey> =>
  keyWith(test, person, ALL, '2020-01-01T00:00:00.000Z')
