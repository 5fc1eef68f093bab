import type { PrincipalKind } from './entities'

/** Every permission that a key may have, with its meaning. `default` applies if a key does not mention it. */
export const PERMISSIONS = {
  'clinks:read': { default: true, description: 'Read messages of its groups' },
  'clinks:write': { default: true, description: 'Send messages to its groups' },
  'milestones:read': { default: true, description: 'Read milestones, checkpoints and their history' },
  'milestones:write': { default: true, description: 'Plan: create and change milestones and checkpoints' },
  'milestones:complete': { default: true, description: 'Work: claim, complete, fail and reopen checkpoints, close milestones' },
  'milestones:relax': {
    default: true,
    description: 'Loosen a plan: remove a dependency on pending work, withdraw checkpoints, delete pending ones of others, lift a gate',
  },
  'projects:read': { default: true, description: 'Read projects' },
  'projects:write': { default: true, description: 'Create and change projects' },
  'proposals:read': { default: true, description: 'Read proposals and their votes' },
  'proposals:create': { default: true, description: 'Create proposals' },
  'proposals:vote': { default: true, description: 'Vote on proposals' },
  'members:read': { default: true, description: 'Read the members of its groups' },
  'members:invite': { default: false, description: 'Invite members' },
  'members:remove': { default: false, description: 'Remove members' },
  'groups:admin': { default: true, description: 'Administer what its person may: groups, roles, agents, keys and their own account' },
  feedback: { default: false, description: 'Send feedback' },
} as const satisfies Record<string, { default: boolean; description: string }>

export type PermissionName = keyof typeof PERMISSIONS

/** Cairn has no messages yet, so no caller holds their permissions. */
const NOT_YET: readonly PermissionName[] = ['clinks:read', 'clinks:write']

/** Whether no caller holds the permission yet. A new key is granted it nevertheless, so that the key works once the feature exists. */
export const isReserved = (name: PermissionName): boolean => NOT_YET.includes(name)

/** Whether a new key is granted the permission unless it is asked for. Loosening a plan is asked for, even for a person's key: an agent may use it (P1). */
export const isGrantedAtFirst = (name: PermissionName): boolean => PERMISSIONS[name].default && name !== 'milestones:relax'

const isPermissionName = (name: string): name is PermissionName => name in PERMISSIONS
export const PERMISSION_NAMES: readonly PermissionName[] = Object.keys(PERMISSIONS).filter(isPermissionName)

type Limited = { group_id: string | null; permissions: Partial<Record<PermissionName, boolean>> }

/** Whether keys of this kind may hold a permission at all: no agent loosens a plan (P1), and only a person administers (P2). */
export const mayHold = (kind: PrincipalKind, key: Pick<Limited, 'group_id'> | null, name: PermissionName): boolean => {
  if (name === 'milestones:relax') return kind === 'user'
  return name !== 'groups:admin' || isPerson(kind, key)
}

/** Whether a caller counts as a person, and not as what a person has let into one group. */
export const isPerson = (kind: PrincipalKind, key: Pick<Limited, 'group_id'> | null): boolean => kind === 'user' && !key?.group_id

/** Whether a caller holds a permission. A person in a browser holds all of them. A key holds what it was given and may hold, and otherwise the default. */
export const hasPermission = (kind: PrincipalKind, key: Limited | null, name: PermissionName): boolean => {
  if (isReserved(name) || !mayHold(kind, key, name)) return false
  if (!key) return true
  return key.permissions[name] ?? PERMISSIONS[name].default
}
