import type { Group, Key, Principal } from './entities'
import { DomainError } from './errors'
import type { Authorship } from './events'
import { hasPermission, type PermissionName } from './permission'
import type { Role } from './schemas/group'
import type { World } from './world'

/** Who calls, as the credentials say: what it may do is judged in the lane, against the world. `key_id` is null for a browser session. */
export type Actor = Omit<Authorship, 'actor_type'>

/** An actor that the world knows and whose key is live. */
export type Caller = { actor: Actor; principal: Principal; key: Key | null }

/** What an operation asks for: a permission in the group it touches, or to be a person, an admin of the group, or anyone with credentials. */
export type Need = PermissionName | 'person' | 'admin' | 'anyone'

/** @throws unauthenticated for a key that is unknown, revoked or past its expiry */
export const identify = (world: World, actor: Actor, now: string): Caller => {
  const principal = world.find('principal', actor.actor_id)
  const key = principal && actor.key_id ? world.findKey(principal.principal_id, actor.key_id) : null
  const dead = key && (key.revoked_at !== null || (key.expires_at !== null && key.expires_at <= now))
  if (!principal || (actor.key_id && !key) || dead)
    throw new DomainError('unauthenticated', 'The key or session is not valid, or no longer.')
  return { actor, principal, key }
}

export const roleIn = (world: World, { principal }: Caller, group_id: string): Role | null =>
  world.findMember(group_id, principal.principal_id)?.role ?? null

/** Whether the caller may see a checkpoint of the group by its face (ref, title, state, holder), and so depend on it. */
export const maySeeFaces = (world: World, caller: Caller, group: Group): boolean => {
  if (group.visibility === 'workspace') return true
  return (caller.key?.group_id ?? group.group_id) === group.group_id && roleIn(world, caller, group.group_id) !== null
}

/** Whether the group exists for the caller at all: a key of group scope calls nothing outside its group. */
export const mayRead = (world: World, caller: Caller, group: Group): boolean => {
  if (caller.key?.group_id && caller.key.group_id !== group.group_id) return false
  return maySeeFaces(world, caller, group)
}

const forbidden = (message: string, details: Record<string, unknown>) => new DomainError('forbidden', message, details)

/** Refuses a caller whose key lacks the permission, wherever it would be used. */
export const assertPermission = ({ principal, key }: Caller, permission: PermissionName): void => {
  if (hasPermission(principal.kind, key, permission)) return
  const cause =
    permission === 'milestones:relax' && principal.kind === 'agent_profile' ? 'Agents may not loosen a plan; ask a person. ' : ''
  throw forbidden(`${cause}The permission ${permission} is missing.`, { missing: permission })
}

/** Refuses a caller who may read the group but not do this in it. @throws forbidden, naming what is missing */
export const assertMay = (world: World, caller: Caller, need: Need, group: Group | null, changes: boolean): void => {
  if (need === 'anyone') return
  if (need === 'person') {
    if (caller.principal.kind === 'user' && !caller.key?.group_id) return
    throw forbidden('Only a person, by a session or a key of user scope, may do this.', { missing: 'person' })
  }
  const role = group && changes ? roleIn(world, caller, group.group_id) : null
  if (group && changes && !role) {
    throw forbidden(`You are not a member of the group ${group.slug}; ask one of its admins to add you.`, {
      missing: 'membership',
      group: group.slug,
    })
  }
  if (need === 'admin') {
    if (role === 'owner' || role === 'admin') return
    throw forbidden(`Only an admin of the group ${group?.slug ?? ''} may do this.`, { missing: 'admin' })
  }
  assertPermission(caller, need)
}
