import type { Context } from './context'
import type { Checkpoint } from './entities'
import type { Via } from './events'

// A checkpoint has the attempts at it on itself: the claim under which it is worked on, and what came of the attempts before.

/** A claim as it is written on a checkpoint. It may have expired. */
export type Claim = {
  claim_id: string
  held_by: string
  /** The session that the client named, or null. A claim that a client without a session made is held by its id alone. */
  session_id: string | null
  /** The person who answers for the agent profile that holds it, or null. */
  held_for: string | null
  via: Via
  /** The number of the attempt: 1, 2, … */
  attempt: number
  claimed_at: string
  expires_at: string
}

export const claimOf = ({
  claim_id,
  claimed_by,
  claim_session,
  claimed_for,
  claim_via,
  claimed_at,
  claim_expires_at,
  attempts,
}: Checkpoint): Claim | null => {
  if (claim_id === null || claimed_by === null || claim_via === null || claimed_at === null || claim_expires_at === null) return null
  return {
    claim_id,
    held_by: claimed_by,
    session_id: claim_session,
    held_for: claimed_for,
    via: claim_via,
    attempt: attempts,
    claimed_at,
    expires_at: claim_expires_at,
  }
}

/** The claim if it has not expired, else null. */
export const liveClaim = (checkpoint: Checkpoint, now: string): Claim | null => {
  const isLive = checkpoint.claim_expires_at !== null && checkpoint.claim_expires_at > now
  return isLive ? claimOf(checkpoint) : null
}

/** The claim if it has expired and no event says so yet, else null. */
export const expiredClaim = (checkpoint: Checkpoint, now: string): Claim | null => {
  const hasExpired = checkpoint.claim_expires_at !== null && checkpoint.claim_expires_at <= now
  return hasExpired ? claimOf(checkpoint) : null
}

/**
 * L1: whether the caller holds a claim: the same principal in the same session, or whoever presents its id. In the browser, all sessions of a person
 * are the same holder. A call that names no session holds by the id alone.
 */
export const holds = ({ caller: { actor } }: Context, claim: Claim, claim_id?: string): boolean => {
  if (claim_id === claim.claim_id) return true
  if (actor.actor_id !== claim.held_by) return false
  if (actor.via === 'web' || claim.via === 'web') return actor.via === claim.via
  return actor.session_id !== null && actor.session_id === claim.session_id
}

/** The fields of a checkpoint that nobody holds. */
export const UNCLAIMED = {
  claim_id: null,
  claimed_by: null,
  claim_session: null,
  claimed_for: null,
  claim_via: null,
  claimed_at: null,
  claim_expires_at: null,
} as const satisfies Partial<Checkpoint>

export const EXPIRED_REASON = 'The lease expired before the work was completed.'

/** What an expired claim makes of a checkpoint: a failed attempt (N1), which ended when the claim expired. */
export const afterExpiry = (checkpoint: Checkpoint, { held_by, attempt, expires_at }: Claim): Checkpoint => ({
  ...checkpoint,
  ...UNCLAIMED,
  failures: checkpoint.failures + 1,
  last_failure: { reason: EXPIRED_REASON, at: expires_at, by: held_by, attempt },
  last_done_by: held_by,
})

/** Whether nobody holds a checkpoint and no attempt at it has failed since it was completed last, as it is with most. So its attempts need no closer look. */
export const isUntouched = ({ claim_id, last_failure }: Checkpoint): boolean => claim_id === null && last_failure === null

/** The checkpoint as it is at a time: if its claim has expired, as it will be written by the next change that meets it (L1). */
export const atTime = (checkpoint: Checkpoint, now: string): Checkpoint => {
  const expired = expiredClaim(checkpoint, now)
  return expired ? afterExpiry(checkpoint, expired) : checkpoint
}

/** Whether the last attempt failed and nobody has claimed the checkpoint or given it back since (N1). */
export const hasFailed = (checkpoint: Checkpoint, now: string): boolean => {
  if (isUntouched(checkpoint)) return false
  const { claim_id, failures, attempts, last_failure } = atTime(checkpoint, now)
  return claim_id === null && failures > 0 && last_failure?.attempt === attempts
}

/** Whether as many attempts in a row have failed as the group allows, so that only a person may give the checkpoint back (N1). */
export const needsAttention = (checkpoint: Checkpoint, { max_failures }: { max_failures: number }, now: string): boolean =>
  checkpoint.completed_at === null && atTime(checkpoint, now).failures >= max_failures
