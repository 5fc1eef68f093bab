import type { Checkpoint } from './entities'
import { dependenciesOf } from './resolve'
import type { CheckpointState } from './schemas/checkpoint'
import type { World } from './world'

export const isCompleted = ({ completed_at }: Checkpoint): boolean => completed_at !== null

export const unmetDependencies = (world: World, checkpoint: Checkpoint): Checkpoint[] =>
  dependenciesOf(world, checkpoint).filter((target) => !isCompleted(target))

/** Whether the checkpoint's gate, where it has one, has passed in its current round (G1). */
export const isGatePassed = (world: World, { proposal_id }: Checkpoint): boolean => {
  if (!proposal_id) return true
  const proposal = world.find('proposal', proposal_id)
  return proposal?.status === 'finalized' && proposal.threshold_met === true
}

/** Derived, never stored, in this precedence. */
export const stateOf = (world: World, checkpoint: Checkpoint): CheckpointState => {
  if (isCompleted(checkpoint)) return 'completed'
  if (unmetDependencies(world, checkpoint).length > 0) return 'blocked'
  return isGatePassed(world, checkpoint) ? 'ready' : 'awaiting_consensus'
}
