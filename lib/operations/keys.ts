import * as z from 'zod'
import { listKeys as selectKeys, type WantedKeys } from '@/db/queries/keys'
import type { Page } from '@/db/queries/page'
import type { Reading } from '@/db/read'
import { makeKey, sha256 } from '@/lib/auth/key'
import { isAdmin, type Need, roleIn } from '@/lib/domain/access'
import { enfranchise } from '@/lib/domain/arrival'
import { type Context, hasEnded } from '@/lib/domain/context'
import type { Voter } from '@/lib/domain/electorate'
import type { Group, Key as KeyEntity, Principal, PrincipalKind } from '@/lib/domain/entities'
import { invalid, notFound } from '@/lib/domain/errors'
import { type EventDraft, NOWHERE } from '@/lib/domain/events'
import type { Ids } from '@/lib/domain/kinds'
import { getAgentIn } from '@/lib/domain/membership'
import {
  hasPermission,
  isGrantedAtFirst,
  isReserved,
  mayHold,
  PERMISSION_NAMES,
  PERMISSIONS,
  type PermissionName,
} from '@/lib/domain/permission'
import { getGroup, getMilestone } from '@/lib/domain/resolve'
import { Key, NewKey, UsedKey } from '@/lib/domain/schemas/key'
import { IdReference, PathSegment, Title } from '@/lib/domain/schemas/text'
import { keysText, newKeyText, revokedText } from '@/lib/domain/text/key'
import { viewKey } from '@/lib/domain/views/key'
import type { World } from '@/lib/domain/world'
import { planAgentProfile } from './agents'
import { decided, defineMutation, defineQuery, idIn, nowhere } from './define'
import { Cursor, GroupReference, limit } from './fields'
import { findGroup } from './groups'

const optionOf = (name: PermissionName) => [name, z.boolean().optional().describe(PERMISSIONS[name].description)] as const

type Asked = Partial<Record<PermissionName, boolean | undefined>>

const facts = {
  name: Title,
  permissions: z
    .strictObject(Object.fromEntries(PERMISSION_NAMES.map(optionOf)))
    .transform((asked): Asked => asked)
    .default({})
    .describe(
      'what the key may do; what is not mentioned has its default, of which milestones:relax and what concerns members are off, and so is groups:admin of a key of one group',
    ),
  expires_at: z.iso.datetime().nullable().default(null).describe('when it ends; null: never'),
}

type Facts = { name: string; permissions: Asked; expires_at: string | null }
type Owner = Pick<Principal, 'principal_id' | 'kind'>

/** The permissions that a caller asks for and must have. Those that nobody has yet are granted for when they mean something. */
const askedFor = ({ permissions }: Facts): Need[] => PERMISSION_NAMES.filter((name) => permissions[name] === true && !isReserved(name))

/** What a new key may do: nothing that its maker may not, and never more than its owner ever may. @throws invalid */
const permissionsFor = ({ caller: { principal, key } }: Context, kind: PrincipalKind, group_id: string | null, asked: Asked) => {
  if (asked['milestones:relax'] && !mayHold(kind, { group_id }, 'milestones:relax'))
    throw invalid('permissions.milestones:relax', 'is never granted to an agent, because only people may loosen a plan')
  if (asked['groups:admin'] && !mayHold(kind, { group_id }, 'groups:admin'))
    throw invalid('permissions.groups:admin', 'is never granted to a key of a group, because only people may administer')
  const mayGrant = (name: PermissionName) =>
    isReserved(name) || (mayHold(kind, { group_id }, name) && hasPermission(principal.kind, key, name))
  return Object.fromEntries(PERMISSION_NAMES.map((name) => [name, (asked[name] ?? isGrantedAtFirst(name)) && mayGrant(name)]))
}

/** When a new key ends: no later than the key by which it is made. @throws invalid */
const expiryFor = ({ caller: { key }, now }: Context, expires_at: string | null): string | null => {
  const latest = key?.expires_at ?? null
  const until = expires_at === null ? latest : new Date(expires_at).toISOString()
  if (until !== null && until <= now) throw invalid('expires_at', 'is in the past')
  if (until !== null && latest !== null && until > latest)
    throw invalid('expires_at', `is later than ${latest}, when the key by which you call ends`)
  return until
}

/** The secret of a key that this call makes. It follows from the ids of the call, so that it is known again in the answer and kept nowhere. */
const secretOf = ({ ids }: Pick<Context, 'ids'>, group_id: string | null) => makeKey(group_id ? 'group' : 'user', ids.newSecret())

type KeyCreated = Extract<EventDraft, { type: 'key.created' }>

/** G1: the events by which an agent joins the electorates of the open gates on which a new key lets it vote. */
const lettingVote = (world: World, { now }: Context, group: Group, agent: Voter, { data }: KeyCreated): EventDraft[] => {
  const isActive = agent.suspended_at === null && data.permissions['proposals:vote'] === true
  const reaches = (milestone_id: string) => data.milestone_id === null || data.milestone_id === milestone_id
  return enfranchise(world, now, group, agent, (milestone_id) => isActive && reaches(milestone_id))
}

type Reach = { group_id: string | null; milestone_id: string | null }

const planKey = (context: Context, owner: Owner, { group_id, milestone_id }: Reach, { name, permissions, expires_at }: Facts) => {
  const key_id = context.ids.newId('key')
  const { hash, hint } = secretOf(context, group_id)
  const data = {
    key_id,
    principal_id: owner.principal_id,
    group_id,
    milestone_id,
    name,
    hash,
    hint,
    permissions: permissionsFor(context, owner.kind, group_id, permissions),
    expires_at: expiryFor(context, expires_at),
  }
  // The event has no group even if the key has one, because a reader of the group must not learn which keys exist.
  const event: KeyCreated = { ...NOWHERE, type: 'key.created', data }
  return { event, key_id }
}

/** @throws not_found for a replay, if the group's reader may no longer see the key */
const keyIn = (world: World, ids: Ids) => {
  const key = world.find('key', idIn(ids, 'key_id'))
  const owner = key && world.find('principal', key.principal_id)
  if (!owner) throw notFound('key')
  return { key, owner }
}

/** A replay is another call, whose ids give another secret: it shows none. */
const answerNewKey = (world: World, ids: Ids, context: Context): NewKey => {
  const { key, owner } = keyIn(world, ids)
  const { secret } = secretOf(context, key.group_id)
  return { ...viewKey(key, owner), secret: sha256(secret) === key.hash ? secret : null }
}

const newKey = {
  output: NewKey,
  errors: [],
  secret: true,
  repeats: true,
  answer: answerNewKey,
  text: (world: World, ids: Ids, context: Context) => newKeyText(answerNewKey(world, ids, context)),
} as const

const KeyOfGroup = z.strictObject({
  group_id: GroupReference,
  ...facts,
  agent_profile_id: IdReference.nullable()
    .default(null)
    .describe('an agent profile of the group, who then is the owner of the key; null: you'),
  milestone_id: IdReference.nullable()
    .default(null)
    .describe('a milestone of the group: the key then works only in it, and ends when it is deleted; null: in the whole group'),
})

/** The group, in which the milestone is if the call names one. @throws not_found */
const findGroupOfKey = (world: World, input: z.output<typeof KeyOfGroup>, context: Context) => {
  const found = findGroup(world, input, context)
  if (input.milestone_id !== null && getMilestone(world, context, input.milestone_id).group_id !== found.group.group_id)
    throw notFound('milestone')
  return found
}

const needsOfKey = (_world: World, { agent_profile_id, ...asked }: z.output<typeof KeyOfGroup>): Need[] => [
  ...(agent_profile_id ? (['admin'] as const) : []),
  ...askedFor(asked),
]

export const createKey = defineMutation({
  name: 'create_key',
  routes: ['POST /groups/:group_id/keys'],
  permission: 'groups:admin',
  summary:
    'Create a key that works in one group, or in one milestone of it, for yourself or, as an admin, for an agent of the group. Its secret is shown once',
  input: KeyOfGroup,
  find: findGroupOfKey,
  needs: needsOfKey,
  decide: (world, { agent_profile_id, milestone_id, ...asked }, context, { group }) => {
    const { group_id } = group
    const agent = agent_profile_id ? getAgentIn(world, group, agent_profile_id) : null
    const { event, key_id } = planKey(context, agent ?? context.caller.principal, { group_id, milestone_id }, asked)
    return decided([event, ...(agent ? lettingVote(world, context, group, agent, event) : [])], { key_id })
  },
  ...newKey,
})

export const createUserKey = defineMutation({
  name: 'create_user_key',
  routes: ['POST /api-keys'],
  permission: 'groups:admin',
  summary: 'Create a key that works in all your groups. Its secret is shown once',
  input: z.strictObject(facts),
  find: nowhere,
  needs: (_world, asked) => askedFor(asked),
  decide: (_world, asked, context) => {
    const { event, key_id } = planKey(context, context.caller.principal, { group_id: null, milestone_id: null }, asked)
    return decided([event], { key_id })
  },
  ...newKey,
})

/** What the page that connects agents sends in place of the id of an agent profile, which never looks like this. */
export const NEW_AGENT = 'new'

/** Like create_key, and can also make the agent, which then has the name of the key. It has no route, because only a form sends both at once. */
export const connectAgent = defineMutation({
  name: 'connect_agent',
  routes: [],
  permission: 'groups:admin',
  summary: 'Create a key of a group, and if it is to be for a new agent, the agent profile too',
  input: KeyOfGroup,
  find: findGroupOfKey,
  needs: needsOfKey,
  decide: (world, input, context, subject) => {
    if (input.agent_profile_id !== NEW_AGENT) return createKey.decide(world, input, context, subject)
    const agent = planAgentProfile(context, subject.scope, { name: input.name })
    const owner: Owner = { principal_id: agent.principal_id, kind: 'agent_profile' }
    const { group } = subject
    const { event, key_id } = planKey(context, owner, { group_id: group.group_id, milestone_id: input.milestone_id }, input)
    const accountable_id = context.caller.principal.principal_id
    const voter = { ...owner, accountable_id, suspended_at: null, deleted_at: null }
    return decided([...agent.events, event, ...lettingVote(world, context, group, voter, event)], { key_id })
  },
  ...newKey,
})

const paging = { limit: limit(50, 100), cursor: Cursor }

const keyList = {
  output: z.object({ keys: z.array(UsedKey), next_cursor: z.string().nullable() }),
  errors: [],
  text: keysText,
} as const

const readKeys = async ({ select }: Reading, wanted: WantedKeys, page: Page) => {
  const { rows, next_cursor } = await select(selectKeys, wanted, page)
  const keys = rows.map(({ key, owner, last_used_at, last_used_via, last_client, last_call }) => ({
    ...viewKey(key, owner),
    last_used_at,
    last_used_via,
    last_client,
    last_call,
  }))
  return { keys, next_cursor }
}

export const listKeys = defineQuery({
  name: 'list_keys',
  routes: ['GET /groups/:group_id/keys'],
  permission: 'person',
  summary:
    'List the keys of a group that are not revoked, newest first: your own and, for an admin, those of its agents, with their last use',
  input: z.strictObject({ group_id: GroupReference, ...paging }),
  find: findGroup,
  read: async (reading, { limit, cursor }, { caller }, { group: { group_id } }) => {
    const ofAgents = isAdmin(await reading.world((known) => roleIn(known, caller, group_id)))
    return readKeys(reading, { principal_id: caller.principal.principal_id, group_id, ofAgents }, { limit, cursor })
  },
  ...keyList,
})

export const listUserKeys = defineQuery({
  name: 'list_user_keys',
  routes: ['GET /api-keys'],
  permission: 'person',
  summary: 'List your keys that work in all your groups and are not revoked, newest first, with their last use',
  input: z.strictObject(paging),
  find: nowhere,
  read: (reading, page, { caller }) =>
    readKeys(reading, { principal_id: caller.principal.principal_id, group_id: null, ofAgents: false }, page),
  ...keyList,
})

/**
 * One's own key, or one of an agent in a group where one is an admin. A key is refused like one that does not exist to anybody else, and to everybody
 * once it has ended. @throws not_found
 */
const findKey = (world: World, { key_id }: { key_id: string }, { caller }: Context) => {
  const key = world.find('key', key_id)
  const owner = key && world.find('principal', key.principal_id)
  if (!owner || hasEnded(world, key)) throw notFound('key')
  const isOwn = owner.principal_id === caller.principal.principal_id
  const isManaged = owner.group_id !== null && isAdmin(roleIn(world, caller, owner.group_id))
  if (!isOwn && !isManaged) throw notFound('key')
  return { scope: NOWHERE, key }
}

/** P2: any key of a person may end itself; to end another is to administer. */
const needsOfRevocation = ({ caller }: Context, key_id: string): readonly Need[] =>
  key_id === caller.key?.key_id ? ['person'] : ['groups:admin']

/** K1: the events by which a key ends, and whatever was made with it: whoever found it may have made others, to stay. */
const endWithAll = (world: World, { key_id, principal_id, revoked_at }: KeyEntity): EventDraft[] => [
  ...(revoked_at === null ? [{ ...NOWHERE, type: 'key.revoked', data: { key_id, principal_id } } as const] : []),
  ...world.list('made_with', key_id, 'key').flatMap((made) => endWithAll(world, made)),
]

export const revokeKey = defineMutation({
  name: 'revoke_key',
  routes: ['DELETE /api-keys/:key_id'],
  permission: 'person',
  summary:
    'Revoke a key of yours or, as an admin, of an agent of your group. It ends at once, for good, and so do the keys that were made with it',
  removes: true,
  input: z.strictObject({ key_id: PathSegment.describe('id of the key') }),
  output: Key,
  errors: [],
  find: findKey,
  needs: (_world, _input, context, { key: { key_id } }) => needsOfRevocation(context, key_id),
  // Whoever was an admin when they revoked a key of an agent is told no more of it when they are none.
  again: (world, ids, context) => {
    const { key, owner } = keyIn(world, ids)
    const needs = needsOfRevocation(context, key.key_id)
    if (owner.principal_id === context.caller.principal.principal_id) return { group: null, needs }
    return { group: getGroup(world, context, owner.group_id ?? ''), needs: [...needs, 'admin'] }
  },
  decide: (world, _input, _context, { key }) => decided(endWithAll(world, key), { key_id: key.key_id }),
  answer: (world, ids) => answerKey(world, ids),
  text: (world, ids) => revokedText(answerKey(world, ids)),
})

const answerKey = (world: World, ids: Ids): Key => {
  const { key, owner } = keyIn(world, ids)
  return viewKey(key, owner)
}
