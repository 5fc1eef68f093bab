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

const MAILED: Record<NonNullable<NewInvitation['mail']>, string> = {
  sent: 'mailed too',
  failed: 'not mailed: the mail server did not take it. The link works all the same',
  not_set_up: 'not mailed: this instance sends no mail. The link works all the same',
}

/** What became of the mail of an invitation. */
export const mailText = (mail: NewInvitation['mail']): string | null => mail && MAILED[mail]

export const newInvitationText = ({ link, ...invitation }: Omit<NewInvitation, 'mail'>): string =>
  lines(invitationText(invitation), link === null ? 'the link was shown once, in the first answer' : `link, shown only here: ${link}`)

export const invitationsText = ({ invitations }: { invitations: Invitation[] }): string =>
  lines(invitations.length === 0 && 'no open invitations', invitations.map(invitationText))
