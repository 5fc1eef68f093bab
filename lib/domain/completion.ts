import { assertUnblocked } from './blocking'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { assertGatePassed } from './gate'
import { closing } from './milestone'
import { scopeOfCheckpoint } from './resolve'
import type { World } from './world'

/** The events that complete a pending checkpoint: judged by D1, then by its claim, then by its gate. @throws blocked, claim_lost, consensus_required */
export const complete = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  claim_id: string | undefined,
): EventDraft[] => {
  assertUnblocked(world, context, checkpoint)
  assertClaimed(checkpoint, claim_id)
  assertGatePassed(world, context, milestone, checkpoint)
  return [
    { ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.completed', data: {} },
    ...closing(milestone, world.checkpoints(milestone.milestone_id), checkpoint),
  ]
}

/** A claim given with a completion must be the live one; there are no claims yet, so none is. */
const assertClaimed = ({ order }: Checkpoint, claim_id: string | undefined): void => {
  if (claim_id === undefined) return
  const message = `Checkpoint ${order} is not held by the claim ${claim_id}. Read it again before going on.`
  throw new DomainError('claim_lost', message, { claim_id })
}

/** C1: the refusal of a change to what a completed checkpoint keeps. `stays` says what that is. */
export const frozen = ({ order, checkpoint_id }: Checkpoint, stays: string): DomainError => {
  const message = `Checkpoint ${order} is completed: ${stays}. Its git links and note may still be changed.`
  return new DomainError('checkpoint_completed', message, { checkpoint_id })
}
