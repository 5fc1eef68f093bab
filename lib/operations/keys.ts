import * as z from 'zod'
import type { Caller } from '@/lib/domain/context'
import type { PrincipalKind } from '@/lib/domain/entities'
import { notFound } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { hasPermission, isReserved, PERMISSION_NAMES, PERMISSIONS } from '@/lib/domain/permission'
import { Title } from '@/lib/domain/schemas/text'
import { decided, defineMutation, idIn, nowhere } from './define'
import { GroupReference } from './fields'
import { findGroup } from './groups'

// These operations have no routes yet, because Cairn has no key management in its API: only its own commands, the demo and tests call them.

const Made = z.object({ id: z.string() })

/** Creates a key for the caller, or for an agent profile of the group. The caller makes the secret and passes only its hash. */
export const createKey = defineMutation({
  name: 'create_key',
  routes: [],
  permission: 'person',
  summary: 'Create a key of user scope or of one group',
  repeats: true,
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
  find: (world, { group_id }, context) => (group_id ? findGroup(world, { group_id }, context) : nowhere()),
  needs: (_world, { group_id, agent_profile_id }) => (group_id ? [agent_profile_id ? 'admin' : 'milestones:read'] : []),
  decide: (world, { agent_profile_id, name, hash, hint, expires_at }, { caller, ids }, { scope: { group_id } }) => {
    const owner = agent_profile_id ? world.find('principal', agent_profile_id) : caller.principal
    if (!owner || (agent_profile_id && owner.group_id !== group_id)) throw notFound('agent profile')
    const { principal_id, kind } = owner
    const key_id = ids.newId('key')
    const until = expires_at && new Date(expires_at).toISOString()
    const data = { key_id, principal_id, group_id, name, hash, hint, expires_at: until, permissions: grantedBy(caller, kind) }
    // The event has no group even if the key has one, because a reader of the group must not learn which keys exist.
    return decided([{ ...NOWHERE, type: 'key.created', data }], { key_id })
  },
  answer: (_world, ids) => ({ id: idIn(ids, 'key_id') }),
  text: (_world, ids) => idIn(ids, 'key_id'),
})

/** The permissions of a new key: all of them for a person, the defaults for an agent, and none that the caller lacks. */
const grantedBy = ({ principal, key }: Caller, kind: PrincipalKind) =>
  Object.fromEntries(
    PERMISSION_NAMES.map((name) => {
      const wanted = kind === 'user' || PERMISSIONS[name].default
      return [name, wanted && (isReserved(name) || hasPermission(principal.kind, key, name))]
    }),
  )
