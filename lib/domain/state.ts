import type { Checkpoint } from './entities'
import type { Unit } from './kinds'
import type { World } from './world'

/** In their precedence. All but `completed` are derived, never stored. */
export const CHECKPOINT_STATES = ['completed', 'blocked', 'awaiting_consensus', 'claimed', 'ready'] as const
export type CheckpointState = (typeof CHECKPOINT_STATES)[number]

/** How many checkpoints are in each state. */
export type StateCounts = { [S in CheckpointState]: number }

export const countStates = (checkpoints: Iterable<{ state: CheckpointState }>): StateCounts => {
  const counts: StateCounts = { completed: 0, blocked: 0, awaiting_consensus: 0, claimed: 0, ready: 0 }
  for (const { state } of checkpoints) counts[state] += 1
  return counts
}

export const isCompleted = ({ completed_at }: Checkpoint): boolean => completed_at !== null

/** The checkpoints that this one waits for: all of them exist, since an edge keeps its target from being deleted (C3). */
export const dependenciesOf = (world: World, { depends_on }: Checkpoint): Checkpoint[] => {
  world.need(depends_on.map((id) => ({ kind: 'checkpoint', id })))
  return depends_on.map((id) => {
    const target = world.find('checkpoint', id)
    if (!target) throw new Error(`checkpoint ${id} is depended on and missing`)
    return target
  })
}

export const unmetDependencies = (world: World, checkpoint: Checkpoint): Checkpoint[] =>
  dependenciesOf(world, checkpoint).filter((target) => !isCompleted(target))

/** Whether the checkpoint's gate, where it has one, has passed in its current round (G1). `_now` is for a round's deadline. */
export const isGatePassed = (world: World, { proposal_id }: Checkpoint, _now: string): boolean => {
  if (!proposal_id) return true
  const proposal = world.find('proposal', proposal_id)
  return proposal?.status === 'finalized' && proposal.threshold_met === true
}

/** The state of a checkpoint, which is the same at the same `now` in the lane, a view, a replay and a browser. */
export const stateOf = (world: World, checkpoint: Checkpoint, now: string): CheckpointState => {
  if (isCompleted(checkpoint)) return 'completed'
  if (unmetDependencies(world, checkpoint).length > 0) return 'blocked'
  return isGatePassed(world, checkpoint, now) ? 'ready' : 'awaiting_consensus'
}

/** The units that the states of these checkpoints rest on: to be asked for together, not checkpoint by checkpoint. */
export const neededForStates = (checkpoints: readonly Checkpoint[]): Unit[] =>
  checkpoints
    .filter((checkpoint) => !isCompleted(checkpoint))
    .flatMap(({ depends_on, proposal_id }): Unit[] => [
      ...depends_on.map((id): Unit => ({ kind: 'checkpoint', id })),
      ...(proposal_id ? [{ kind: 'proposal', id: proposal_id } as const] : []),
    ])
