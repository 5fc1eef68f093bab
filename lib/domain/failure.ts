import { hasFailed, holds, liveClaim, needsAttention } from './attempt'
import { assertUnblocked } from './blocking'
import { assertHolder } from './claim'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { groupOf, scopeOfCheckpoint } from './resolve'
import { isCompleted } from './state'
import type { World } from './world'

/**
 * N1: the event by which an attempt fails. It ends the claim and releases nothing that waits. If nobody holds the checkpoint, the failure counts as the
 * next attempt. @throws checkpoint_completed, blocked, claimed, claim_lost
 */
export const fail = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  reason: string,
  claim_id?: string,
): EventDraft[] => {
  const { order, checkpoint_id, attempts } = checkpoint
  if (isCompleted(checkpoint)) {
    const message = `Checkpoint ${order} is completed, so no attempt at it can fail. Its git links and note can still be changed.`
    throw new DomainError('checkpoint_completed', message, { checkpoint_id })
  }
  const live = liveClaim(checkpoint, context.now)
  if (!live || !holds(context, live, claim_id)) assertUnblocked(world, context, checkpoint)
  assertHolder(world, context, checkpoint, claim_id)
  const attempt = live?.attempt ?? attempts + 1
  return [{ ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.failed', data: { reason, attempt } }]
}

/** N1: the event by which a person gives a failed checkpoint back to those who claim. It ends the row of failures. @throws not_failed */
export const retry = (world: World, { now }: Context, milestone: Milestone, checkpoint: Checkpoint): EventDraft[] => {
  const { order, checkpoint_id } = checkpoint
  const { max_failures } = groupOf(world, milestone.group_id)
  if (!hasFailed(checkpoint, now) && !needsAttention(checkpoint, { max_failures }, now)) {
    const message = `The last attempt at checkpoint ${order} has not failed, so there is nothing to give back.`
    throw new DomainError('not_failed', message, { checkpoint_id })
  }
  return [{ ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.retried', data: {} }]
}
