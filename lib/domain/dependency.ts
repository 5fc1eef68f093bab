import type { Caller } from './access'
import { compareReferences, needForFaces } from './blocking'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import { dependenciesOf, findReferenced, invalidDependency, type Reference, refTo } from './resolve'
import { isCompleted } from './state'
import type { World } from './world'

const MISSING = 'there is no such checkpoint, or you may not depend on it.'

/**
 * The ids that references mean (D4), for a checkpoint at `order` of the milestone; numbers are those before the change.
 * Inside the milestone they must point to a lower number (D3). @throws invalid_dependency, saying which and why
 */
export const resolveDependencies = (
  world: World,
  caller: Caller,
  milestone: Milestone,
  order: number,
  references: readonly Reference[],
  standing: readonly string[] = [],
): string[] => {
  const siblings = world.checkpoints(milestone.milestone_id)
  const ids = references.map((reference) => {
    const target = typeof reference === 'number' ? siblings[reference - 1] : findReferenced(world, caller, reference, standing)
    const inside = target?.milestone_id === milestone.milestone_id ? target.order : null
    const number = typeof reference === 'number' ? reference : inside
    if (number === order) throw invalidDependency(reference, 'a checkpoint cannot wait for its own position.')
    if (!target) throw invalidDependency(reference, MISSING)
    if (number !== null && number > order) throw invalidDependency(reference, later(order))
    return target.checkpoint_id
  })
  return [...new Set(ids)]
}

const later = (order: number) => `inside a milestone a dependency points to a lower number than its own, ${order}.`

/** As resolveDependencies, but null for what names nothing: to tell what a change would remove before it is judged. */
export const resolveLeniently = (
  world: World,
  caller: Caller,
  milestone: Milestone,
  references: readonly Reference[],
  standing: readonly string[],
): (string | null)[] => {
  const siblings = world.checkpoints(milestone.milestone_id)
  const find = (reference: Reference) =>
    typeof reference === 'number' ? siblings[reference - 1] : findReferenced(world, caller, reference, standing)
  return references.map((reference) => find(reference)?.checkpoint_id ?? null)
}

/**
 * D2: refuses new edges from `checkpoint` to `targets` that would close a cycle. Walks the pending ancestors of the targets, a level at a time;
 * a completed one ends the walk, since all that it waits for is completed (D1) and `checkpoint` is pending.
 * @throws cycle, with the path in order
 */
export const assertAcyclic = (world: World, caller: Caller, checkpoint: Checkpoint, targets: readonly string[]): void => {
  const cameFrom = new Map<string, string>(targets.map((id) => [id, checkpoint.checkpoint_id]))
  let level = [...targets]
  while (level.length > 0) {
    if (cameFrom.has(checkpoint.checkpoint_id)) throw cycle(world, caller, checkpoint, cameFrom)
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

const cycle = (world: World, caller: Caller, checkpoint: Checkpoint, cameFrom: ReadonlyMap<string, string>): DomainError => {
  needForFaces(
    world,
    [...cameFrom.keys()].flatMap((id) => world.find('checkpoint', id) ?? []),
  )
  const path: Reference[] = []
  let id: string | undefined = checkpoint.checkpoint_id
  do {
    const step = world.find('checkpoint', id)
    if (step) path.unshift(refTo(world, caller, checkpoint.milestone_id, step))
    id = cameFrom.get(id)
  } while (id && id !== checkpoint.checkpoint_id)
  path.unshift(checkpoint.order)
  return new DomainError('cycle', `This dependency would close the loop ${path.join(' -> ')}; each waits for the next.`, { path })
}

/** What `depends_on` reads as: references in their order of rendering. */
export const referencesOf = (world: World, caller: Caller, checkpoint: Checkpoint): Reference[] =>
  dependenciesOf(world, checkpoint)
    .map((target) => refTo(world, caller, checkpoint.milestone_id, target))
    .sort(compareReferences)
