import { hasFailed, liveClaim } from './attempt'
import type { Checkpoint } from './entities'
import type { Unit, UnitKind } from './kinds'
import type { World } from './world'

/** The states in their order of precedence. All except `completed` are derived and never stored. */
export const CHECKPOINT_STATES = ['completed', 'blocked', 'awaiting_consensus', 'claimed', 'failed', 'ready'] as const
export type CheckpointState = (typeof CHECKPOINT_STATES)[number]

/** The number of checkpoints in each state. */
export type StateCounts = { [S in CheckpointState]: number }

export const countStates = (checkpoints: Iterable<{ state: CheckpointState }>): StateCounts => {
  const counts: StateCounts = { completed: 0, blocked: 0, awaiting_consensus: 0, claimed: 0, failed: 0, ready: 0 }
  for (const { state } of checkpoints) counts[state] += 1
  return counts
}

export const isCompleted = ({ completed_at }: Checkpoint): boolean => completed_at !== null

/** The checkpoints on which this one depends. All of them exist, because a checkpoint with dependents cannot be deleted (C3). */
export const dependenciesOf = (world: World, { depends_on }: Checkpoint): Checkpoint[] =>
  world.findAll('checkpoint', depends_on).map((target, at) => {
    if (!target) throw new Error(`checkpoint ${depends_on[at]} is missing, although a checkpoint depends on it`)
    return target
  })

export const unmetDependencies = (world: World, checkpoint: Checkpoint): Checkpoint[] =>
  dependenciesOf(world, checkpoint).filter((target) => !isCompleted(target))

/** Whether the checkpoint has no gate, or its gate has passed in the present round (G1). No gate passes by the clock alone, only by an event. */
export const isGatePassed = (world: World, { proposal_id }: Checkpoint): boolean => {
  if (!proposal_id) return true
  const proposal = world.find('proposal', proposal_id)
  return proposal?.status === 'finalized' && proposal.threshold_met === true
}

/** The state of a checkpoint. It follows from the world and `now` alone, so that it is the same in the lane, in a view and in a replay. */
export const stateOf = (world: World, checkpoint: Checkpoint, now: string): CheckpointState => {
  if (isCompleted(checkpoint)) return 'completed'
  if (unmetDependencies(world, checkpoint).length > 0) return 'blocked'
  if (!isGatePassed(world, checkpoint)) return 'awaiting_consensus'
  if (liveClaim(checkpoint, now)) return 'claimed'
  return hasFailed(checkpoint, now) ? 'failed' : 'ready'
}

/** The units that the states of these checkpoints are derived from, each once, so that they can be asked for all at once. */
export const neededForStates = (checkpoints: readonly Checkpoint[]): Unit[] => {
  const pending = checkpoints.filter((checkpoint) => !isCompleted(checkpoint))
  return [
    ...unitsOf('checkpoint', dependencyIds(pending)),
    ...unitsOf(
      'proposal',
      pending.flatMap(({ proposal_id }) => proposal_id ?? []),
    ),
  ]
}

/** The ids of all checkpoints on which these depend, each once. */
export const dependencyIds = (checkpoints: readonly Checkpoint[]): Set<string> => {
  const ids = new Set<string>()
  for (const { depends_on } of checkpoints) for (const id of depends_on) ids.add(id)
  return ids
}

export const unitsOf = (kind: UnitKind, ids: Iterable<string>): Unit[] => Array.from(ids, (id) => ({ kind, id }))
