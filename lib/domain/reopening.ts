import type { Context } from './context'
import type { Checkpoint } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { needForFaces, tellDependents } from './face'
import { needVote, newRound } from './gate'
import { reopening } from './milestone'
import { groupAround, milestoneOf, scopeOfCheckpoint } from './resolve'
import { isCompleted } from './state'
import type { World } from './world'

/**
 * The events that reopen a completed checkpoint. With `cascade`, all completed checkpoints that depend on it reopen too. The furthest comes
 * first, so that D1 holds after every single event. @throws dependents_completed
 */
export const reopen = (world: World, context: Context, root: Checkpoint, reason: string, cascade: boolean): EventDraft[] => {
  const dependents = completedDependents(world, root)
  if (dependents.length > 0 && !cascade) throw dependentsCompleted(world, context, root, dependents)
  needForFaces(world, context, dependents)
  needVote(world, [root, ...dependents])
  const milestones = new Set([root, ...dependents].map(({ milestone_id }) => milestone_id))
  return [
    ...furthestFirst(world, dependents).flatMap((dependent) =>
      reopened(world, context, dependent, reasonFor(world, root, dependent, reason), root.checkpoint_id),
    ),
    ...reopened(world, context, root, reason, null),
    ...[...milestones].flatMap((id) => reopening(milestoneOf(world, id), root.checkpoint_id)),
  ]
}

/** The completed checkpoints that depend on this one, directly or through others. The nearest come first. */
const completedDependents = (world: World, root: Checkpoint): Checkpoint[] => {
  const found = new Map<string, Checkpoint>()
  let level: Checkpoint[] = [root]
  while (level.length > 0) {
    world.need(
      level.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })),
      'descendants',
    )
    const next: Checkpoint[] = []
    for (const dependent of level.flatMap(({ checkpoint_id }) => world.dependents(checkpoint_id))) {
      if (!isCompleted(dependent) || found.has(dependent.checkpoint_id)) continue
      found.set(dependent.checkpoint_id, dependent)
      next.push(dependent)
    }
    level = next
  }
  return [...found.values()]
}

const reopened = (world: World, context: Context, checkpoint: Checkpoint, reason: string, cause: string | null): EventDraft[] => {
  const milestone = milestoneOf(world, checkpoint.milestone_id)
  return [
    { ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.reopened', data: { reason, cause } },
    ...newRound(world, context, milestone, checkpoint),
  ]
}

/** A reason that was given in a private group is not shown in other groups: there, the event names only the cause. */
const reasonFor = (world: World, root: Checkpoint, dependent: Checkpoint, reason: string): string => {
  const said = groupAround(world, root)
  const told = milestoneOf(world, dependent.milestone_id).group_id
  return said.visibility === 'workspace' || said.group_id === told ? reason : ''
}

/** Orders checkpoints so that each comes before its dependencies. The stack is explicit, because a chain may be longer than the call stack. */
const furthestFirst = (world: World, checkpoints: readonly Checkpoint[]): Checkpoint[] => {
  const rest = new Map(checkpoints.map((checkpoint) => [checkpoint.checkpoint_id, checkpoint]))
  const seen = new Set<string>()
  const ordered: Checkpoint[] = []
  const stack = checkpoints.map((checkpoint) => ({ checkpoint, done: false })).reverse()
  for (let step = stack.pop(); step; step = stack.pop()) {
    const { checkpoint, done } = step
    if (done) ordered.push(checkpoint)
    if (done || seen.has(checkpoint.checkpoint_id)) continue
    seen.add(checkpoint.checkpoint_id)
    stack.push({ checkpoint, done: true })
    for (const { checkpoint_id } of world.dependents(checkpoint.checkpoint_id)) {
      const dependent = rest.get(checkpoint_id)
      if (dependent) stack.push({ checkpoint: dependent, done: false })
    }
  }
  return ordered
}

const dependentsCompleted = (world: World, context: Context, root: Checkpoint, dependents: readonly Checkpoint[]): DomainError => {
  const { names, details } = tellDependents(world, context, root, dependents)
  const message = `Checkpoint ${root.order} cannot be reopened alone: completed work depends on it (${names}).`
  return new DomainError('dependents_completed', message, details)
}
