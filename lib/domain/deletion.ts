import { frozen } from './completion'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { tellDependents } from './face'
import { needVote } from './gate'
import { closing } from './milestone'
import { referringMilestones } from './numbering'
import { isCompleted } from './state'
import type { World } from './world'

/** C1, C3. @throws checkpoint_completed; has_dependents, with the dependents that the caller may see and the number of the others */
export const assertDeletable = (world: World, context: Context, checkpoint: Checkpoint): void => {
  if (isCompleted(checkpoint)) throw frozen(checkpoint, 'completed work stays on record, so it cannot be deleted')
  needVote(world, [checkpoint])
  const dependents = world.dependents(checkpoint.checkpoint_id)
  if (dependents.length === 0) return
  const { names, details } = tellDependents(world, context, checkpoint, dependents)
  throw new DomainError(
    'has_dependents',
    `Checkpoint ${checkpoint.order} cannot be deleted: other checkpoints depend on it (${names}).`,
    details,
  )
}

/** C1 and C3 for all checkpoints of a milestone. Dependencies between them do not count. @throws checkpoint_completed, has_dependents */
export const assertMilestoneDeletable = (world: World, context: Context, { milestone_id }: Milestone): void => {
  const checkpoints = world.checkpoints(milestone_id)
  world.need(checkpoints.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
  needVote(world, checkpoints)
  const completed = checkpoints.filter(isCompleted)
  if (completed.length > 0) {
    const message = `The milestone cannot be deleted: it has completed checkpoints (${completed.length}), and completed work stays on record.`
    throw new DomainError('checkpoint_completed', message, { checkpoint_ids: completed.map(({ checkpoint_id }) => checkpoint_id) })
  }
  for (const checkpoint of checkpoints) {
    const outside = world.dependents(checkpoint.checkpoint_id).filter((dependent) => dependent.milestone_id !== milestone_id)
    if (outside.length === 0) continue
    const { names, details } = tellDependents(world, context, checkpoint, outside)
    throw new DomainError(
      'has_dependents',
      `The milestone cannot be deleted: other checkpoints depend on its checkpoint ${checkpoint.order} (${names}).`,
      details,
    )
  }
}

/** What a removal leads to: the milestones that refer to those that move up, and the closing of its own, if all that remain are completed (M2). */
export const afterRemoval = (world: World, milestone: Milestone, { order }: Checkpoint): { renumbers: string[]; closed: EventDraft[] } => {
  const { total, completed } = world.counts(milestone.milestone_id)
  const later = world.checkpoints(milestone.milestone_id).slice(order)
  return { renumbers: referringMilestones(world, milestone, later), closed: closing(milestone, { total: total - 1, completed }) }
}

/** P1: whether a deletion of these checkpoints loosens a plan, because another principal created one of them and it is pending. */
export const deletesOthersWork = ({ caller }: Context, checkpoints: readonly Checkpoint[]): boolean =>
  checkpoints.some((checkpoint) => !isCompleted(checkpoint) && checkpoint.created_by !== caller.principal.principal_id)
