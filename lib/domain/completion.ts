import type { Caller } from './access'
import { assertUnblocked, byReference, faceOf, needForFaces } from './blocking'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { assertGatePassed, newRound } from './gate'
import { closing, reopening } from './milestone'
import { groupOf, milestoneOf, scopeOfCheckpoint } from './resolve'
import { isCompleted } from './state'
import type { World } from './world'

/** What completing a pending checkpoint writes, or why it is refused: D1, then the claim, then the gate. @throws blocked, claim_lost, consensus_required */
export const complete = (
  world: World,
  caller: Caller,
  milestone: Milestone,
  checkpoint: Checkpoint,
  claim_id: string | undefined,
): EventDraft[] => {
  assertUnblocked(world, caller, checkpoint)
  assertClaimed(checkpoint, claim_id)
  assertGatePassed(world, milestone, checkpoint)
  return [
    { ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.completed', data: {} },
    ...closing(milestone, world.checkpoints(milestone.milestone_id), checkpoint),
  ]
}

/** A claim given with a completion must be the live one; there are no claims yet, so none is. */
const assertClaimed = ({ order }: Checkpoint, claim_id: string | undefined): void => {
  if (claim_id === undefined) return
  throw new DomainError('claim_lost', `Checkpoint ${order} is not held by the claim ${claim_id}. Read it again before going on.`, {
    claim_id,
  })
}

/** The completed checkpoints that wait for this one, directly or through others: the nearest first. */
export const completedDependents = (world: World, root: Checkpoint): Checkpoint[] => {
  const found = new Map<string, Checkpoint>()
  let level: Checkpoint[] = [root]
  while (level.length > 0) {
    world.need(level.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
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

/**
 * What reopening a completed checkpoint writes. With `cascade` all completed work that rests on it reopens too, the furthest first,
 * so that D1 holds after every single event. @throws dependents_completed
 */
export const reopen = (world: World, caller: Caller, root: Checkpoint, reason: string, cascade: boolean): EventDraft[] => {
  const dependents = completedDependents(world, root)
  if (dependents.length > 0 && !cascade) throw dependentsCompleted(world, caller, root, dependents)
  needForFaces(world, dependents)
  const drafts = topological(world, dependents).map((dependent) =>
    reopened(world, dependent, reasonFor(world, root, dependent, reason), root.checkpoint_id),
  )
  const milestones = new Set([root, ...dependents].map(({ milestone_id }) => milestone_id))
  return [
    ...drafts.flat(),
    ...reopened(world, root, reason, null),
    ...[...milestones].flatMap((id) => reopening(milestoneOf(world, id), root.checkpoint_id)),
  ]
}

const reopened = (world: World, checkpoint: Checkpoint, reason: string, cause: string | null): EventDraft[] => {
  const milestone = milestoneOf(world, checkpoint.milestone_id)
  return [
    { ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.reopened', data: { reason, cause } },
    ...newRound(world, milestone, checkpoint),
  ]
}

/** What was said in a private group is not told in others: there the event names the cause and no reason. */
const reasonFor = (world: World, root: Checkpoint, dependent: Checkpoint, reason: string): string => {
  const said = groupOf(world, milestoneOf(world, root.milestone_id).group_id)
  const told = milestoneOf(world, dependent.milestone_id).group_id
  return said.visibility === 'workspace' || said.group_id === told ? reason : ''
}

/** Orders a set of completed checkpoints so that each comes before those that it waits for. A chain may be long: a stack of our own. */
const topological = (world: World, checkpoints: readonly Checkpoint[]): Checkpoint[] => {
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

const dependentsCompleted = (world: World, caller: Caller, root: Checkpoint, dependents: readonly Checkpoint[]): DomainError => {
  const { summary, details } = whoDepends(world, caller, root, dependents)
  return new DomainError(
    'dependents_completed',
    `Checkpoint ${root.order} cannot be reopened alone: completed work rests on it (${summary}).`,
    details,
  )
}

/** C3. @throws has_dependents, naming those that the caller may see and counting the others */
export const assertDeletable = (world: World, caller: Caller, checkpoint: Checkpoint): void => {
  const dependents = world.dependents(checkpoint.checkpoint_id)
  if (dependents.length === 0) return
  const { summary, details } = whoDepends(world, caller, checkpoint, dependents)
  throw new DomainError('has_dependents', `Checkpoint ${checkpoint.order} stays: others wait for it (${summary}).`, details)
}

/** The dependents that the caller may see by their faces, and how many others there are. */
export const whoDepends = (world: World, caller: Caller, on: Checkpoint, dependents: readonly Checkpoint[]) => {
  needForFaces(world, dependents)
  const faces = byReference(dependents.map((dependent) => faceOf(world, caller, on.milestone_id, dependent)))
  const seen = faces.filter((face) => !face.private)
  const private_count = faces.length - seen.length
  const names = seen.slice(0, 5).map(({ ref }) => String(ref))
  if (seen.length > 5) names.push(`${seen.length - 5} more`)
  if (private_count > 0) names.push(`${private_count} that you may not read`)
  return { summary: names.join(', '), details: { checkpoint_id: on.checkpoint_id, dependents: seen, private_count } }
}

/** C1: what is completed keeps its title, description, dependencies and gate. */
export const frozen = ({ order, checkpoint_id }: Checkpoint, what: string): DomainError =>
  new DomainError('checkpoint_completed', `Checkpoint ${order} is completed: ${what}. Its git links and note may still be changed.`, {
    checkpoint_id,
  })
