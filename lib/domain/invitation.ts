import { findMember } from './access'
import type { Context } from './context'
import type { Invitation } from './entities'
import { invalid, notFound } from './errors'
import type { World } from './world'

const DAY_MS = 86_400_000
const USUAL_DAYS = 7
const MOST_DAYS = 30

/** When a new invitation ends: in a week unless the call says another time, within 30 days. @throws invalid */
export const expiryOfInvitation = ({ now }: Pick<Context, 'now'>, wanted: string | undefined): string => {
  const after = (days: number) => new Date(Date.parse(now) + days * DAY_MS).toISOString()
  if (wanted === undefined) return after(USUAL_DAYS)
  const until = new Date(wanted).toISOString()
  if (until <= now) throw invalid('expires_at', 'is in the past')
  if (until > after(MOST_DAYS)) throw invalid('expires_at', `is more than ${MOST_DAYS} days away`)
  return until
}

/** Whether an invitation can be accepted: nobody has, it was not revoked, and its time is not over. */
export const isOpen = ({ accepted_at, revoked_at, expires_at }: Invitation, now: string): boolean =>
  accepted_at === null && revoked_at === null && expires_at > now

const isKept = (world: World, { accepted_by, group_id }: Invitation, principal_id: string): boolean =>
  accepted_by === principal_id && findMember(world, group_id, principal_id) !== null

/**
 * The invitation of a link. One that has ended is refused like one that never was, but whoever became a member by it finds it again, as long as they are one.
 * @param hash of the token in the link
 * @throws not_found
 */
export const getInvitation = (world: World, { now, caller }: Pick<Context, 'now' | 'caller'>, hash: string): Invitation => {
  const [invitation] = world.list('invitation_hash', hash, 'invitation')
  if (!invitation || !(isOpen(invitation, now) || isKept(world, invitation, caller.principal.principal_id))) throw notFound('invitation')
  return invitation
}
