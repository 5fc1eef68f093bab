import { assertUnblocked } from './blocking'
import { assertHolder } from './claim'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { assertGatePassed } from './gate'
import { closing } from './milestone'
import { scopeOfCheckpoint } from './resolve'
import type { World } from './world'

/** The events that complete a pending checkpoint. D1 is judged first, then the claim (L1), then the gate. @throws blocked, claimed, claim_lost, consensus_required */
export const complete = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  claim_id: string | undefined,
): EventDraft[] => {
  assertUnblocked(world, context, checkpoint)
  assertHolder(world, context, checkpoint, claim_id)
  assertGatePassed(world, context, milestone, checkpoint)
  const { total, completed } = world.counts(milestone.milestone_id)
  return [
    { ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.completed', data: {} },
    ...closing(milestone, { total, completed: completed + 1 }),
  ]
}

/** C1: the refusal of a change that a completed checkpoint does not allow. `stays` is the clause that says what cannot change. */
export const frozen = ({ order, checkpoint_id }: Checkpoint, stays: string): DomainError => {
  const message = `Checkpoint ${order} is completed: ${stays}. Its git links and note can still be changed.`
  return new DomainError('checkpoint_completed', message, { checkpoint_id })
}
