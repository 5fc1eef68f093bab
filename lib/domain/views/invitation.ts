import type { Invitation as Entity } from '../entities'
import type * as Wire from '../schemas/invitation'

export const viewInvitation = (
  invitation: Omit<Entity, 'hash' | 'created_by' | 'accepted_by'>,
  created_by_name: string,
): Wire.Invitation => ({
  invitation_id: invitation.invitation_id,
  group_id: invitation.group_id,
  // Nobody is invited as an owner.
  role: invitation.role === 'admin' ? 'admin' : 'member',
  created_by_name,
  created_at: invitation.created_at,
  expires_at: invitation.expires_at,
  accepted_at: invitation.accepted_at,
  revoked_at: invitation.revoked_at,
})
