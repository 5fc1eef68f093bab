import { assertUnblocked } from './blocking'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { assertGatePassed } from './gate'
import { closing } from './milestone'
import { scopeOfCheckpoint } from './resolve'
import type { World } from './world'

/** The events that complete a pending checkpoint. D1 is judged first, then the claim, then the gate. @throws blocked, claim_lost, consensus_required */
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

/** L1: a claim that is given must be the checkpoint's live claim. Claims do not exist yet, so every given claim is lost. @throws claim_lost */
const assertClaimed = ({ order }: Checkpoint, claim_id: string | undefined): void => {
  if (claim_id === undefined) return
  const message = `Checkpoint ${order} is not held by the claim ${claim_id}. Read its milestone again before you continue.`
  throw new DomainError('claim_lost', message, { claim_id })
}

/** C1: the refusal of a change that a completed checkpoint does not allow. `stays` is the clause that says what cannot change. */
export const frozen = ({ order, checkpoint_id }: Checkpoint, stays: string): DomainError => {
  const message = `Checkpoint ${order} is completed: ${stays}. Its git links and note can still be changed.`
  return new DomainError('checkpoint_completed', message, { checkpoint_id })
}
