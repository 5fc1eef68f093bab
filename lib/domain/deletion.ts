import { frozen } from './completion'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import { tellDependents } from './face'
import type { Unit } from './kinds'
import { isCompleted } from './state'
import type { World } from './world'

/** A gate's proposal is deleted with its checkpoint. */
const needProposals = (world: World, checkpoints: readonly Checkpoint[]): void =>
  world.need(checkpoints.flatMap(({ proposal_id }): Unit[] => (proposal_id ? [{ kind: 'proposal', id: proposal_id }] : [])))

/** C1, C3. @throws checkpoint_completed; has_dependents, naming those that the caller may see and counting the others */
export const assertDeletable = (world: World, context: Context, checkpoint: Checkpoint): void => {
  if (isCompleted(checkpoint)) throw frozen(checkpoint, 'what was done stays on record')
  needProposals(world, [checkpoint])
  const dependents = world.dependents(checkpoint.checkpoint_id)
  if (dependents.length === 0) return
  const { names, details } = tellDependents(world, context, checkpoint, dependents)
  throw new DomainError('has_dependents', `Checkpoint ${checkpoint.order} cannot be deleted: others depend on it (${names}).`, details)
}

/** C1, C3 for all checkpoints of a milestone, which may depend on each other. @throws checkpoint_completed, has_dependents */
export const assertMilestoneDeletable = (world: World, context: Context, { milestone_id }: Milestone): void => {
  const checkpoints = world.checkpoints(milestone_id)
  world.need(checkpoints.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
  needProposals(world, checkpoints)
  const completed = checkpoints.filter(isCompleted)
  if (completed.length > 0) {
    const message = `${completed.length} of its checkpoints are completed: what was done stays on record.`
    throw new DomainError('checkpoint_completed', message, { checkpoint_ids: completed.map(({ checkpoint_id }) => checkpoint_id) })
  }
  for (const checkpoint of checkpoints) {
    const outside = world.dependents(checkpoint.checkpoint_id).filter((dependent) => dependent.milestone_id !== milestone_id)
    if (outside.length === 0) continue
    const { names, details } = tellDependents(world, context, checkpoint, outside)
    throw new DomainError('has_dependents', `Others depend on its checkpoint ${checkpoint.order} (${names}).`, details)
  }
}

/** P1: whether the deletion of these checkpoints loosens a plan, because one of them is pending and was planned by somebody else. */
export const deletesOthersWork = ({ caller }: Context, checkpoints: readonly Checkpoint[]): boolean =>
  checkpoints.some((checkpoint) => !isCompleted(checkpoint) && checkpoint.created_by !== caller.principal.principal_id)
