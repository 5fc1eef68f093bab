import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import type { Source } from '../read'
import { invitations, principals } from '../schema/people'
import { on } from './source'

/** The invitations to a group that can be accepted at this time, newest first. */
export const listOpenInvitations = (source: Source, group_id: string, now: string) =>
  on(source)
    .select({
      invitation: {
        invitation_id: invitations.invitation_id,
        group_id: invitations.group_id,
        role: invitations.role,
        created_at: invitations.created_at,
        expires_at: invitations.expires_at,
        accepted_at: invitations.accepted_at,
        revoked_at: invitations.revoked_at,
      },
      created_by_name: principals.name,
    })
    .from(invitations)
    .innerJoin(principals, and(eq(principals.workspace_id, invitations.workspace_id), eq(principals.principal_id, invitations.created_by)))
    .where(
      and(
        eq(invitations.workspace_id, source.workspace_id),
        eq(invitations.group_id, group_id),
        isNull(invitations.accepted_at),
        isNull(invitations.revoked_at),
        gt(invitations.expires_at, now),
      ),
    )
    .orderBy(desc(invitations.created_at), desc(invitations.invitation_id))
