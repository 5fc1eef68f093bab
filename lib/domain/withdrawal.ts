import { frozen } from './completion'
import type { Context } from './context'
import { afterRemoval } from './deletion'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { faceOfDependent, needForFaces } from './face'
import { needVote, newRound } from './gate'
import { LIMITS } from './limits'
import { nounOf, type Reference, refTo } from './reference'
import { milestoneOf, scopeOfCheckpoint } from './resolve'
import { dependenciesOf, isCompleted, unitsOf } from './state'
import type { World } from './world'

/**
 * N2: the events that withdraw a pending checkpoint, and the ids of those that waited for it. Each of them waits for what it waited for instead, also for
 * what is completed, so whoever was ordered before stays before. No cycle can arise, because where a new edge leads, a path led before.
 * @throws checkpoint_completed, invalid_dependency
 */
export const withdraw = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  reason: string,
): { events: EventDraft[]; relinked: string[] } => {
  if (isCompleted(checkpoint)) throw frozen(checkpoint, 'completed work stays on record, so it cannot be withdrawn')
  const dependents = inOrder(world.dependents(checkpoint.checkpoint_id))
  const milestones = new Set(dependents.map(({ milestone_id }) => milestone_id))
  world.need([...unitsOf('milestone', milestones), ...unitsOf('checkpoint', checkpoint.depends_on)])
  needVote(world, [checkpoint, ...dependents])
  const { order } = checkpoint
  const { renumbers, closed } = afterRemoval(world, milestone, checkpoint)
  return {
    events: [
      ...dependents.flatMap((dependent) => relink(world, context, checkpoint, dependent)),
      { ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.withdrawn', data: { order, reason, renumbers } },
      ...closed,
    ],
    relinked: dependents.map(({ checkpoint_id }) => checkpoint_id),
  }
}

/** The order of an index depends on what was loaded when. */
const inOrder = (checkpoints: Checkpoint[]): Checkpoint[] =>
  checkpoints.sort((a, b) => (a.milestone_id === b.milestone_id ? a.order - b.order : a.milestone_id < b.milestone_id ? -1 : 1))

/** The events of one dependent. It may be in a group that the caller may not read, so the reason of the withdrawal is not told there. */
const relink = (world: World, context: Context, withdrawn: Checkpoint, dependent: Checkpoint): EventDraft[] => {
  const added = dependenciesOf(world, withdrawn).filter(({ checkpoint_id }) => !dependent.depends_on.includes(checkpoint_id))
  const refuse = (depends_on: Reference | null, reason: string) => refusal(world, context, withdrawn, dependent, depends_on, reason)
  const later = added.find(({ milestone_id, order }) => milestone_id === dependent.milestone_id && order >= dependent.order)
  if (later) {
    const reference = refTo(world, context, withdrawn.milestone_id, later)
    throw refuse(reference, `it would depend on ${nounOf(reference)}, which is not a lower number of its milestone`)
  }
  const count = dependent.depends_on.length - 1 + added.length
  const most = LIMITS.dependencies_per_checkpoint
  if (count > most) throw refuse(null, `it would depend on ${count} checkpoints, and ${most} is the most`)
  const milestone = milestoneOf(world, dependent.milestone_id)
  const data = { withdrawn: withdrawn.checkpoint_id, depends_on: added.map(({ checkpoint_id }) => checkpoint_id) }
  return [
    { ...scopeOfCheckpoint(milestone, dependent), type: 'checkpoint.relinked', data },
    ...newRound(world, context, milestone, dependent),
  ]
}

/** The refusal of a withdrawal for the sake of one dependent. If the caller may not see that one, its id and its state are all that is told of it. */
const refusal = (
  world: World,
  context: Context,
  { order, checkpoint_id, milestone_id }: Checkpoint,
  dependent: Checkpoint,
  depends_on: Reference | null,
  why: string,
): DomainError => {
  needForFaces(world, context, [dependent])
  const face = faceOfDependent(world, context, milestone_id, dependent)
  const reason = face.private ? 'it belongs to a group whose work you may not see' : why
  const message = `Checkpoint ${order} cannot be withdrawn, because ${nounOf(face.ref)} waits for it and cannot wait for the same instead: ${reason}. Ask those who plan the other one to change it first.`
  const details = { checkpoint_id, dependent: face, depends_on: face.private ? null : depends_on, reason }
  return new DomainError('invalid_dependency', message, details)
}
