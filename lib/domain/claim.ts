import { type Claim, expiredClaim, holds, liveClaim, needsAttention } from './attempt'
import { quoted } from './bidi'
import { assertUnblocked } from './blocking'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { assertGatePassed } from './gate'
import { groupOf, scopeOfCheckpoint } from './resolve'
import { isCompleted } from './state'
import { nameOfPrincipal, viewClaim, viewLastFailure } from './views/claim'
import type { World } from './world'

/** Refuses whoever does not hold the live claim, and an id that is not that of the live claim. If there is no claim, nobody else is refused (L1). @throws claimed, claim_lost */
export const assertHolder = (world: World, context: Context, checkpoint: Checkpoint, claim_id?: string): void => {
  const live = liveClaim(checkpoint, context.now)
  if (live && !holds(context, live, claim_id)) throw claimed(world, context, checkpoint, live, claim_id)
  assertLive(context, checkpoint, claim_id)
}

/** @throws claim_lost for an id that is not that of the live claim */
const assertLive = ({ now }: Context, checkpoint: Checkpoint, claim_id?: string): void => {
  if (claim_id !== undefined && liveClaim(checkpoint, now)?.claim_id !== claim_id) throw claimLost(checkpoint, claim_id)
}

export const claimedSentence = (world: World, { order }: Checkpoint, { held_by, expires_at }: Claim): string =>
  `Checkpoint ${order} is claimed by ${quoted(nameOfPrincipal(world, held_by))} until ${expires_at}`

const claimed = (world: World, context: Context, checkpoint: Checkpoint, claim: Claim, given?: string): DomainError => {
  const mayBeOwn = given === undefined && context.caller.actor.actor_id === claim.held_by
  const way = 'it with wait_for, or claim another with claim_next.'
  const advice = mayBeOwn ? `If it is yours, send its claim_id. Otherwise wait for ${way}` : `Wait for ${way}`
  const lost = given === undefined ? '' : ', and not under the claim_id that you sent'
  const message = `${claimedSentence(world, checkpoint, claim)}${lost}. ${advice}`
  return new DomainError('claimed', message, { checkpoint_id: checkpoint.checkpoint_id, claim: viewClaim(world, context, claim) })
}

const claimLost = ({ order, checkpoint_id }: Checkpoint, claim_id: string): DomainError => {
  const message = `Checkpoint ${order} is not held by the claim ${claim_id}: it has expired or ended. Read its milestone again before you continue.`
  return new DomainError('claim_lost', message, { checkpoint_id, claim_id })
}

export const attentionSentence = ({ order }: Checkpoint): string =>
  `Checkpoint ${order} has failed so often in a row that a person must give it back with retry_checkpoint before it can be claimed. Claim another one with claim_next.`

/** N1. @throws needs_attention, with the last failure */
const assertNeedsNoAttention = (world: World, { now }: Context, milestone: Milestone, checkpoint: Checkpoint): void => {
  const { max_failures } = groupOf(world, milestone.group_id)
  if (!needsAttention(checkpoint, { max_failures }, now)) return
  throw new DomainError('needs_attention', attentionSentence(checkpoint), {
    checkpoint_id: checkpoint.checkpoint_id,
    last_failure: viewLastFailure(world, checkpoint, now),
  })
}

/** In seconds. */
const USUAL_LEASE = 900

const expiry = (now: string, ttl_seconds: number = USUAL_LEASE) => new Date(Date.parse(now) + ttl_seconds * 1_000).toISOString()

/**
 * The events by which the caller claims a checkpoint, or renews the claim that it holds, and the id of that claim. A holder may renew while the checkpoint
 * is blocked or its gate is open again (L1).
 * @param ttl_seconds from now on; a renewal for which it is not given does not shorten the lease
 * @throws checkpoint_completed, blocked, claimed, claim_lost, needs_attention, consensus_required
 */
export const claim = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  ttl_seconds?: number,
  claim_id?: string,
): { events: EventDraft[]; claim_id: string } => {
  if (isCompleted(checkpoint)) {
    const message = `Checkpoint ${checkpoint.order} is completed, so there is nothing to claim.`
    throw new DomainError('checkpoint_completed', message, { checkpoint_id: checkpoint.checkpoint_id })
  }
  const scope = scopeOfCheckpoint(milestone, checkpoint)
  const expires_at = expiry(context.now, ttl_seconds)
  const live = liveClaim(checkpoint, context.now)
  if (!live || !holds(context, live, claim_id)) assertUnblocked(world, context, checkpoint)
  assertHolder(world, context, checkpoint, claim_id)
  if (live) {
    const { claim_id } = live
    const isSame = expires_at === live.expires_at || (ttl_seconds === undefined && expires_at < live.expires_at)
    return { events: isSame ? [] : [{ ...scope, type: 'claim.renewed', data: { claim_id, expires_at } }], claim_id }
  }
  assertNeedsNoAttention(world, context, milestone, checkpoint)
  assertGatePassed(world, context, milestone, checkpoint)
  const taken = { claim_id: context.ids.newId('clm'), attempt: checkpoint.attempts + 1, expires_at }
  return { events: [{ ...scope, type: 'claim.taken', data: taken }], claim_id: taken.claim_id }
}

/**
 * The event by which the caller releases the live claim, or none if there is no live claim.
 * @param mayReleaseAny whether the caller may release the claims of others, as a group's admins may
 * @throws claimed, claim_lost
 */
export const release = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  mayReleaseAny: boolean,
  claim_id?: string,
): EventDraft[] => {
  const live = liveClaim(checkpoint, context.now)
  if (!live) return []
  if (mayReleaseAny) assertLive(context, checkpoint, claim_id)
  else assertHolder(world, context, checkpoint, claim_id)
  const { held_by, attempt } = live
  return [{ ...scopeOfCheckpoint(milestone, checkpoint), type: 'claim.released', data: { claim_id: live.claim_id, held_by, attempt } }]
}

/** L1: the event that says that a claim has expired, which the next change that meets it writes, or none. */
export const expiryOf = (milestone: Milestone, checkpoint: Checkpoint, now: string): EventDraft[] => {
  const expired = expiredClaim(checkpoint, now)
  if (!expired) return []
  const { claim_id, held_by, attempt, expires_at } = expired
  return [
    {
      ...scopeOfCheckpoint(milestone, checkpoint),
      type: 'claim.expired',
      data: { claim_id, held_by, attempt, expired_at: expires_at },
    },
  ]
}
