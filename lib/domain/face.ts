import { maySeeFaces } from './access'
import { liveClaim } from './attempt'
import type { Context } from './context'
import type { Checkpoint } from './entities'
import { compareReferences, type Reference, refTo } from './reference'
import { groupOf, milestoneOf } from './resolve'
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

/** The face of a checkpoint, as seen from a milestone. If the caller may not see the faces of its group, it has only the id and the state. */
export const faceOf = (world: World, context: Context, from_milestone_id: string, target: Checkpoint): Blocker => {
  const milestone = milestoneOf(world, target.milestone_id)
  const group = groupOf(world, milestone.group_id)
  const hidden = !maySeeFaces(world, context, group)
  const claim = hidden ? null : liveClaim(target, context.now)
  const failure = hidden ? null : viewLastFailure(world, target, context.now)
  return {
    ref: refTo(world, context, from_milestone_id, target),
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

/** The faces that the caller may see, as seen from a milestone, and the number of the others. */
export const splitFaces = (world: World, context: Context, from_milestone_id: string, targets: readonly Checkpoint[]) => {
  needForFaces(world, context, targets)
  const faces = byReference(targets.map((target) => faceOf(world, context, from_milestone_id, target)))
  const seen = faces.filter((face) => !face.private)
  return { seen, private_count: faces.length - seen.length }
}

/** The dependents of a checkpoint for a refusal: the faces that the caller may see, and the number of the others. */
export const tellDependents = (world: World, context: Context, on: Checkpoint, dependents: readonly Checkpoint[]) => {
  const { seen, private_count } = splitFaces(world, context, on.milestone_id, dependents)
  const names = seen.slice(0, 5).map(({ ref }) => String(ref))
  if (seen.length > 5) names.push(`${seen.length - 5} more`)
  if (private_count > 0) names.push(`${private_count} that you may not read`)
  return { names: names.join(', '), details: { checkpoint_id: on.checkpoint_id, dependents: seen, private_count } }
}
