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

/**
 * Whether a caller holds a permission. A person in a browser holds all of them. A key holds what it was given, and otherwise the default.
 * An agent profile never holds `milestones:relax`, whatever its key says (P1), so that an agent cannot avoid a rule by changing the plan.
 */
export const hasPermission = (
  kind: PrincipalKind,
  key: { permissions: Partial<Record<PermissionName, boolean>> } | null,
  name: PermissionName,
): boolean => {
  if (isReserved(name)) return false
  if (name === 'milestones:relax' && kind === 'agent_profile') return false
  if (!key) return true
  return key.permissions[name] ?? PERMISSIONS[name].default
}
