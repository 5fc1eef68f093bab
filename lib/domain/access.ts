import type { Caller, Context } from './context'
import type { Group, Member } from './entities'
import { DomainError } from './errors'
import { entityId } from './kinds'
import { hasPermission, isPerson, type PermissionName } from './permission'
import type { Role } from './schemas/group'
import type { World } from './world'

/** What an operation requires of its caller: a permission, being a person, in a browser or not, a role in the group that the call is about, or only credentials. */
export type Need = PermissionName | 'person' | 'session' | 'admin' | 'owner' | 'anyone'

export const findMember = (world: World, group_id: string, principal_id: string): Member | null =>
  world.findIn('group', group_id, 'member', entityId('member', { group_id, principal_id }))

export const roleIn = (world: World, { principal }: Caller, group_id: string): Role | null =>
  findMember(world, group_id, principal.principal_id)?.role ?? null

export const isAdmin = (role: Role | null): boolean => role === 'owner' || role === 'admin'

/** Whether the caller may see the faces of the group's checkpoints (ref, title, state and holder), and so may depend on these checkpoints. */
export const maySeeFaces = (world: World, { caller }: Context, group: Group): boolean => {
  if (group.visibility === 'workspace') return true
  return (caller.key?.group_id ?? group.group_id) === group.group_id && roleIn(world, caller, group.group_id) !== null
}

/** Whether the caller may read the group. A key of group scope may read only its own group, although it may see faces of others. */
export const mayRead = (world: World, context: Context, group: Group): boolean => {
  const { key } = context.caller
  if (key?.group_id && key.group_id !== group.group_id) return false
  return maySeeFaces(world, context, group)
}

/** Whether the caller may read the whole log, also what is about no group. */
export const mayReadWholeLog = ({ principal, key }: Caller): boolean => principal.instance_owner && !key?.group_id

const forbidden = (message: string, details: Record<string, unknown>) => new DomainError('forbidden', message, details)

const assertPermission = ({ principal, key }: Caller, permission: PermissionName): void => {
  if (hasPermission(principal.kind, key, permission)) return
  const cause =
    permission === 'milestones:relax' && principal.kind === 'agent_profile' ? 'Agents may not loosen a plan; ask a person. ' : ''
  throw forbidden(`${cause}The permission ${permission} is missing.`, { missing: permission })
}

const assertPerson = ({ principal, key }: Caller): void => {
  if (isPerson(principal.kind, key)) return
  throw forbidden('Only a person may do this. Use a browser session or a key of user scope.', { missing: 'person' })
}

const assertSession = ({ key }: Caller): void => {
  if (!key) return
  throw forbidden('No key may do this. Sign in, and do it on the page of your account.', { missing: 'session' })
}

const assertMember = (role: Role | null, { slug }: Group): void => {
  if (role) return
  throw forbidden(`You are not a member of the group ${slug}; ask one of its admins to add you.`, { missing: 'membership', group: slug })
}

const assertAdmin = (role: Role | null, { slug }: Group): void => {
  if (isAdmin(role)) return
  throw forbidden(`Only an admin of the group ${slug} may do this. Ask one of its admins.`, { missing: 'admin' })
}

const assertOwner = (role: Role | null, { slug }: Group): void => {
  if (role === 'owner') return
  throw forbidden(`Only the owner of the group ${slug}, or the owner of this instance, may do this.`, { missing: 'owner' })
}

/**
 * Refuses a caller that may read the group but does not have everything that the call needs in it. A change in a group also needs membership.
 * @param group null for a call that is about no group
 * @throws forbidden, with the name of what is missing
 */
export const assertNeeds = (world: World, { caller }: Context, needs: readonly Need[], group: Group | null, changes: boolean): void => {
  for (const need of needs) {
    if (need === 'anyone') continue
    if (need === 'person' || need === 'session' || need === 'owner' || need === 'groups:admin') assertPerson(caller)
    if (need === 'session') assertSession(caller)
    if (need === 'owner') assertPermission(caller, 'groups:admin')
    if (need === 'owner' && mayReadWholeLog(caller)) continue
    const role = group && roleIn(world, caller, group.group_id)
    if (group && changes) assertMember(role, group)
    if (need === 'person' || need === 'session') continue
    if (need === 'admin' || need === 'owner') {
      if (!group) throw new Error('an operation that needs a role must be about a group')
      if (need === 'admin') assertAdmin(role, group)
      else assertOwner(role, group)
      continue
    }
    assertPermission(caller, need)
  }
}

/** Whether assertNeeds lets the caller make a change in the group that needs this. */
export const mayChange = (world: World, context: Context, need: Need, group: Group): boolean => {
  try {
    assertNeeds(world, context, [need], group, true)
    return true
  } catch (error) {
    if (error instanceof DomainError) return false
    throw error
  }
}
