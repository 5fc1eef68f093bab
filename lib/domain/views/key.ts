import type { Key as Entity, Principal } from '../entities'
import { hasPermission, PERMISSION_NAMES } from '../permission'
import type * as Wire from '../schemas/key'

/** A key, with what its permissions come to for its owner. */
export const viewKey = (
  key: Omit<Entity, 'hash' | 'created_by' | 'made_with' | 'principal_id'>,
  owner: Pick<Principal, 'principal_id' | 'name' | 'kind'>,
): Wire.Key => ({
  key_id: key.key_id,
  name: key.name,
  hint: key.hint,
  scope_type: key.group_id ? 'group' : 'user',
  group_id: key.group_id,
  milestone_id: key.milestone_id,
  owner_id: owner.principal_id,
  owner_name: owner.name,
  owner_type: owner.kind,
  permissions: Object.fromEntries(PERMISSION_NAMES.map((name) => [name, hasPermission(owner.kind, key, name)])),
  created_at: key.created_at,
  expires_at: key.expires_at,
  revoked_at: key.revoked_at,
})
