import { maySeeFaces } from './access'
import { liveClaim } from './attempt'
import type { Context } from './context'
import type { Checkpoint } from './entities'
import { reaches } from './reach'
import { compareReferences, type Reference, refTo } from './reference'
import { groupAround, groupOf, milestoneOf } from './resolve'
import type { Blocker } from './schemas/checkpoint'
import { neededForStates, stateOf, unitsOf } from './state'
import { nameOfPrincipal, principalsOfAttempts, viewLastFailure } from './views/claim'
import type { World } from './world'

/** Asks for everything that the faces of these checkpoints are made of. It takes two loads, however many checkpoints there are. */
export const needForFaces = (world: World, { now }: Context, targets: readonly Checkpoint[]): void => {
  const milestones = new Set(targets.map(({ milestone_id }) => milestone_id))
  const principals = new Set(targets.flatMap((target) => principalsOfAttempts(target, now)))
  world.need([...unitsOf('milestone', milestones), ...unitsOf('principal', principals), ...neededForStates(targets)])
  const groups = new Set(Array.from(milestones, (id) => milestoneOf(world, id).group_id))
  world.need(unitsOf('group', groups))
}

const maySeeFace = (world: World, context: Context, target: Checkpoint): boolean => maySeeFaces(world, context, groupAround(world, target))

/** Whether the caller may see the face of what waits for a checkpoint. A key of one milestone sees what that waits for, but not what waits for it (K2). */
export const maySeeDependent = (world: World, context: Context, dependent: Checkpoint): boolean =>
  reaches(context.caller, dependent) && maySeeFace(world, context, dependent)

/** The face of a checkpoint, as seen from a milestone. If the caller may not see the faces of its group, it has only the id and the state. */
export const faceOf = (world: World, context: Context, from_milestone_id: string, target: Checkpoint): Blocker =>
  viewFace(world, context, from_milestone_id, target, !maySeeFace(world, context, target))

/** The face of a checkpoint that waits for another one. */
export const faceOfDependent = (world: World, context: Context, from_milestone_id: string, dependent: Checkpoint): Blocker =>
  viewFace(world, context, from_milestone_id, dependent, !maySeeDependent(world, context, dependent))

const viewFace = (world: World, context: Context, from_milestone_id: string, target: Checkpoint, hidden: boolean): Blocker => {
  const milestone = milestoneOf(world, target.milestone_id)
  const group = groupOf(world, milestone.group_id)
  const claim = hidden ? null : liveClaim(target, context.now)
  const failure = hidden ? null : viewLastFailure(world, target, context.now)
  return {
    ref: hidden ? target.checkpoint_id : refTo(world, context, from_milestone_id, target),
    checkpoint_id: target.checkpoint_id,
    title: hidden ? '' : target.title,
    milestone_title: hidden ? '' : milestone.title,
    group_slug: hidden ? '' : group.slug,
    state: stateOf(world, target, context.now),
    held_by_name: claim && nameOfPrincipal(world, claim.held_by),
    last_failure: failure?.reason ?? null,
    private: hidden,
  }
}

/** Gives the face of a checkpoint. */
export type Faces = (target: Checkpoint) => Blocker

/** The faces of one answer, as seen from a milestone. Each is made once, because many checkpoints may wait for the same one. */
export const facesFrom = (world: World, context: Context, milestone_id: string): Faces => {
  const made = new Map<string, Blocker>()
  return (target) => {
    const face = made.get(target.checkpoint_id) ?? faceOf(world, context, milestone_id, target)
    made.set(target.checkpoint_id, face)
    return face
  }
}

export const byReference = <T extends { ref: Reference }>(faces: T[]): T[] => faces.sort((a, b) => compareReferences(a.ref, b.ref))

/** The faces of dependents that the caller may see, as seen from a milestone, and the number of the others. */
export const splitDependents = (world: World, context: Context, from_milestone_id: string, dependents: readonly Checkpoint[]) => {
  needForFaces(world, context, dependents)
  const faces = byReference(dependents.map((dependent) => faceOfDependent(world, context, from_milestone_id, dependent)))
  const seen = faces.filter((face) => !face.private)
  return { seen, private_count: faces.length - seen.length }
}

/** The dependents of a checkpoint for a refusal: the faces that the caller may see, and the number of the others. */
export const tellDependents = (world: World, context: Context, on: Checkpoint, dependents: readonly Checkpoint[]) => {
  const { seen, private_count } = splitDependents(world, context, on.milestone_id, dependents)
  const names = seen.slice(0, 5).map(({ ref }) => String(ref))
  if (seen.length > 5) names.push(`${seen.length - 5} more`)
  if (private_count > 0) names.push(`${private_count} that you may not read`)
  return { names: names.join(', '), details: { checkpoint_id: on.checkpoint_id, dependents: seen, private_count } }
}
