import { isolated } from '../bidi'
import type { Role } from '../schemas/group'

type Offer = { group: string; invited_by: string; role: Role; expires_at: string }

/** The time as people read it, in the one zone that all of them can convert. */
const timeOf = (at: string): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).replace(/ at /, ', ')

/** The mail that brings an invitation to whoever is invited. */
export const invitationMail = ({ role, expires_at, ...offer }: Offer, link: string): { subject: string; text: string } => {
  const [group, invited_by] = [isolated(offer.group), isolated(offer.invited_by)]
  return {
    subject: `${invited_by} invites you to ${group} on Cairn`,
    text: `${invited_by} invites you to the group ${group} ${role === 'admin' ? 'as one of its admins' : 'as a member'}.

Open this link to join. It works once, until ${timeOf(expires_at)} UTC:

${link}

Whoever has the link can join with it, so do not pass it on. If you know nothing of this, you need not do anything.
`,
  }
}
