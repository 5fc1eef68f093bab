import * as z from 'zod'
import { assertMay, type Caller } from '@/lib/domain/access'
import { notFound } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { newId } from '@/lib/domain/ids'
import { hasPermission, isReserved, PERMISSION_NAMES, PERMISSIONS } from '@/lib/domain/permission'
import { getGroup, groupOf, scopeOfGroup } from '@/lib/domain/resolve'
import { Title } from '@/lib/domain/schemas/text'
import { GroupReference } from './fields'
import { defineMutation } from './operation'

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
