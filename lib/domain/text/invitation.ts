import type { Invitation, NewInvitation } from '../schemas/invitation'
import { titled } from './checkpoint'
import { lines, second, words } from './quote'

export const invitationText = ({ invitation_id, role, created_by_name, expires_at, accepted_at, revoked_at }: Invitation): string =>
  words(
    invitation_id,
    `as ${role}`,
    `by ${titled(created_by_name)}`,
    `until ${second(expires_at)}`,
    accepted_at !== null && `accepted ${second(accepted_at)}`,
    revoked_at !== null && `revoked ${second(revoked_at)}`,
  )

export const newInvitationText = ({ link, ...invitation }: NewInvitation): string =>
  lines(invitationText(invitation), link === null ? 'the link was shown once, in the first answer' : `link, shown only here: ${link}`)

export const invitationsText = ({ invitations }: { invitations: Invitation[] }): string =>
  lines(invitations.length === 0 && 'no open invitations', invitations.map(invitationText))
