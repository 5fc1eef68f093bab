import * as z from 'zod'
import { assertMay, type Caller } from '@/lib/domain/access'
import { DomainError, notFound } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { newId } from '@/lib/domain/ids'
import { hasPermission, isReserved, PERMISSION_NAMES, PERMISSIONS } from '@/lib/domain/permission'
import { getGroup, groupOf, idIn, scopeOfGroup } from '@/lib/domain/resolve'
import { Role } from '@/lib/domain/schemas/group'
import { Title } from '@/lib/domain/schemas/text'
import type { World } from '@/lib/domain/world'
import { GroupReference } from './fields'
import { defineMutation, defineQuery } from './operation'

// Reached by our own commands and the demo; their routes come with invitations and key management.

const Made = z.object({ id: z.string() })

/** A key of the caller, or of an agent profile of the group; the secret is made by who asks and never comes here. */
export const createKey = defineMutation({
  name: 'create_key',
  routes: [],
  permission: 'person',
  summary: 'Create a key of user scope, or of one group',
  input: z.strictObject({
    group_id: GroupReference.nullable(),
    agent_profile_id: z.string().nullable().default(null),
    name: Title,
    hash: z.string(),
    hint: z.string(),
    expires_at: z.iso.datetime().nullable().default(null),
  }),
  output: Made,
  errors: [],
  find: (world, { group_id }, { caller }) => (group_id ? scopeOfGroup(getGroup(world, caller, group_id)) : NOWHERE),
  decide: (world, { agent_profile_id, name, hash, hint, expires_at }, { caller }, scope) => {
    if (scope.group_id) assertMay(world, caller, agent_profile_id ? 'admin' : 'milestones:read', groupOf(world, scope.group_id), true)
    const owner = agent_profile_id ? world.find('principal', agent_profile_id) : caller.principal
    if (!owner || (agent_profile_id && owner.group_id !== scope.group_id)) throw notFound('agent profile')
    const until = expires_at && new Date(expires_at).toISOString()
    const data = { key_id: newId('key'), principal_id: owner.principal_id, group_id: scope.group_id, name, hash, hint, expires_at: until }
    // Of no group, also where the key is: what keys there are is not for all who may read the group.
    return [{ ...NOWHERE, type: 'key.created', data: { ...data, permissions: grantedBy(caller, owner.kind) } }]
  },
  answer: (_world, _scope, _view, { hash }) => ({ id: hash }),
})

/** At most what who makes it has: all for a person's key, the defaults for an agent's. */
const grantedBy = ({ principal, key }: Caller, kind: 'user' | 'agent_profile') =>
  Object.fromEntries(
    PERMISSION_NAMES.map((name) => {
      const wanted = kind === 'user' || PERMISSIONS[name].default
      return [name, wanted && (isReserved(name) || hasPermission(principal.kind, key, name))]
    }),
  )

export const createAgentProfile = defineMutation({
  name: 'create_agent_profile',
  routes: [],
  permission: 'admin',
  summary: 'Create an agent profile in a group, of which it becomes a member',
  input: z.strictObject({ group_id: GroupReference, name: Title }),
  output: Made,
  errors: [],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (_world, { name }, _context, scope) => {
    const principal_id = newId('ap')
    return [
      { ...scope, type: 'agent_profile.created', data: { principal_id, name } },
      { ...scope, type: 'member.added', data: { principal_id, role: 'member' } },
    ]
  },
  answer: (world, scope, _view, { name }) => ({ id: agentNamed(world, idIn(scope, 'group_id'), name) ?? '' }),
})

/** The agent profile of a name in a group; null where there is none. */
export const findAgent = defineQuery({
  name: 'find_agent_profile',
  routes: [],
  permission: 'members:read',
  summary: 'The agent profile of a name in a group',
  input: z.strictObject({ group_id: GroupReference, name: Title }),
  output: z.object({ id: z.string().nullable() }),
  errors: [],
  read: ({ world, view }, { group_id, name }) =>
    world((known) => ({ id: agentNamed(known, getGroup(known, view.caller, group_id).group_id, name) })),
})

const agentNamed = (world: World, group_id: string, name: string): string | null => {
  const members = world.members(group_id)
  world.need(members.map(({ principal_id }) => ({ kind: 'principal', id: principal_id })))
  const agents = members.flatMap(({ principal_id }) => world.find('principal', principal_id) ?? [])
  return agents.findLast((agent) => agent.kind === 'agent_profile' && agent.name === name)?.principal_id ?? null
}

export const addMember = defineMutation({
  name: 'add_member',
  routes: [],
  permission: 'admin',
  summary: 'Add a person to a group',
  input: z.strictObject({ group_id: GroupReference, principal_id: z.string(), role: Role }),
  output: Made,
  errors: ['already_member'],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (world, { principal_id, role }, _context, scope) => {
    const person = world.find('principal', principal_id)
    if (person?.kind !== 'user') throw notFound('person')
    if (world.findMember(idIn(scope, 'group_id'), principal_id)) {
      throw new DomainError('already_member', `${person.name} is a member of the group already.`, { principal_id })
    }
    return [{ ...scope, type: 'member.added', data: { principal_id, role } }]
  },
  answer: (_world, _scope, _view, { principal_id }) => ({ id: principal_id }),
})
