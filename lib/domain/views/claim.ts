import { atTime, type Claim, holds, isUntouched, liveClaim } from '../attempt'
import type { Context } from '../context'
import type { Checkpoint } from '../entities'
import type * as Wire from '../schemas/checkpoint'
import type { World } from '../world'

export const nameOfPrincipal = (world: World, principal_id: string): string => world.find('principal', principal_id)?.name ?? ''

/** A claim as the caller may see it: its id is shown only to its holder (L1). */
export const viewClaim = (world: World, context: Context, claim: Claim): Wire.Claim => {
  const held_by_you = holds(context, claim)
  return {
    claim_id: held_by_you ? claim.claim_id : null,
    held_by: claim.held_by,
    held_by_name: nameOfPrincipal(world, claim.held_by),
    held_by_you,
    held_for_name: claim.held_for && nameOfPrincipal(world, claim.held_for),
    attempt: claim.attempt,
    claimed_at: claim.claimed_at,
    expires_at: claim.expires_at,
  }
}

/** What came of the last attempt, if it failed. It stays until the checkpoint is completed (N1). */
export const viewLastFailure = (world: World, checkpoint: Checkpoint, now: string): Wire.LastFailure | null => {
  if (isUntouched(checkpoint)) return null
  const { last_failure } = atTime(checkpoint, now)
  return last_failure && { ...last_failure, by_name: nameOfPrincipal(world, last_failure.by) }
}

const NOBODY: readonly string[] = []

/** The principals who are named by the attempts at a checkpoint: the holder of its claim with the person behind it, and who failed it last. */
export const principalsOfAttempts = (checkpoint: Checkpoint, now: string): readonly string[] => {
  if (isUntouched(checkpoint)) return NOBODY
  const { last_failure } = atTime(checkpoint, now)
  const claim = liveClaim(checkpoint, now)
  return [claim?.held_by, claim?.held_for, last_failure?.by].flatMap((id) => id ?? [])
}
