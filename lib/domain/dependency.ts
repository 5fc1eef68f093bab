import { quoted } from './bidi'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { faceOf, needForFaces } from './face'
import { findTargets, numberingOf, type Place, type Reference, resolveTargets } from './reference'
import { scopeOfCheckpoint } from './resolve'
import type { Blocker } from './schemas/checkpoint'
import { dependenciesOf, isCompleted } from './state'
import type { World } from './world'

const numberingIn = (world: World, { milestone_id }: Milestone) =>
  numberingOf(world.checkpoints(milestone_id).map(({ checkpoint_id }) => checkpoint_id))

/** The place of a new checkpoint that is inserted at `order`: numbers mean those before the insertion. */
export const insertionAt = (world: World, milestone: Milestone, order: number): Place => ({
  numbering: numberingIn(world, milestone),
  dependent: null,
  order,
  standing: [],
})

const placeOf = (world: World, milestone: Milestone, { checkpoint_id, order, depends_on }: Checkpoint): Place => ({
  numbering: numberingIn(world, milestone),
  dependent: checkpoint_id,
  order,
  standing: depends_on,
})

/** Whether the references name exactly the checkpoint's present dependencies, so that sending them changes nothing. */
export const areStanding = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  references: readonly Reference[],
): boolean => {
  const named = findTargets(world, context, placeOf(world, milestone, checkpoint), references)
  const { depends_on } = checkpoint
  return named.every((id) => id !== null && depends_on.includes(id)) && depends_on.every((id) => named.includes(id))
}

/** P1: whether a new list of references removes a dependency on pending work. The question comes before the list itself is validated. */
export const removesPendingEdge = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  references: readonly Reference[],
): boolean => {
  if (isCompleted(checkpoint)) return false
  const kept = findTargets(world, context, placeOf(world, milestone, checkpoint), references)
  return dependenciesOf(world, checkpoint).some((target) => !isCompleted(target) && !kept.includes(target.checkpoint_id))
}

/** The events that give a pending checkpoint a new list of dependencies. @throws invalid_dependency, cycle */
export const changeDependencies = (
  world: World,
  context: Context,
  milestone: Milestone,
  checkpoint: Checkpoint,
  references: readonly Reference[],
): EventDraft[] => {
  const wanted = resolveTargets(world, context, placeOf(world, milestone, checkpoint), references)
  const added = wanted.filter((id) => !checkpoint.depends_on.includes(id))
  const removed = dependenciesOf(world, checkpoint).filter(({ checkpoint_id }) => !wanted.includes(checkpoint_id))
  assertAcyclic(world, context, checkpoint, added)
  const scope = scopeOfCheckpoint(milestone, checkpoint)
  return [
    ...removed.map((target): EventDraft => {
      const data = { depends_on: target.checkpoint_id, target_was_pending: !isCompleted(target) }
      return { ...scope, type: 'checkpoint.dependency_removed', data }
    }),
    ...added.map((id): EventDraft => ({ ...scope, type: 'checkpoint.dependency_added', data: { depends_on: id } })),
  ]
}

/**
 * D2: refuses new edges from `checkpoint` to `targets` that would close a cycle. It walks the pending ancestors of the targets level by level.
 * The walk ends at a completed ancestor, because all dependencies of that ancestor are completed (D1) and `checkpoint` is pending.
 * @throws cycle, with the path in order, and the faces of its checkpoints, of which the last waits for the first
 */
export const assertAcyclic = (world: World, context: Context, checkpoint: Checkpoint, targets: readonly string[]): void => {
  const cameFrom = new Map<string, string>(targets.map((id) => [id, checkpoint.checkpoint_id]))
  let level = [...targets]
  while (level.length > 0) {
    if (cameFrom.has(checkpoint.checkpoint_id)) throw cycle(world, context, checkpoint, cameFrom)
    world.need(
      level.map((id) => ({ kind: 'checkpoint', id })),
      'ancestors',
    )
    const next: string[] = []
    for (const id of level) {
      const ancestor = world.find('checkpoint', id)
      if (!ancestor || isCompleted(ancestor)) continue
      for (const above of ancestor.depends_on) {
        if (cameFrom.has(above)) continue
        cameFrom.set(above, id)
        next.push(above)
      }
    }
    level = next
  }
}

const cycle = (world: World, context: Context, checkpoint: Checkpoint, cameFrom: ReadonlyMap<string, string>): DomainError => {
  const steps: Checkpoint[] = []
  for (let id = cameFrom.get(checkpoint.checkpoint_id); id && id !== checkpoint.checkpoint_id; id = cameFrom.get(id)) {
    const step = world.find('checkpoint', id)
    if (step) steps.unshift(step)
  }
  const loop = [checkpoint, ...steps]
  needForFaces(world, context, loop)
  const checkpoints = loop.map((step) => faceOf(world, context, checkpoint.milestone_id, step))
  const path = [...checkpoints.map(({ ref }) => ref), checkpoint.order]
  return new DomainError(
    'cycle',
    `This would close a loop, in which each waits for the next: ${tellLoop(checkpoints)}. Leave the dependency out, or ask a person to change the plan.`,
    { path, checkpoints },
  )
}

/** The most checkpoints of a loop that its sentence names. */
const NAMED = 4

const tellLoop = (checkpoints: readonly Blocker[]): string => {
  const names = checkpoints.map((step) => (step.private ? 'a private checkpoint' : `${step.ref} ${quoted(step.title)}`))
  const [first = ''] = names
  const told = names.length > NAMED ? [...names.slice(0, NAMED - 1), `${names.length - NAMED + 1} more`] : names
  return [...told, first].join(' → ')
}
