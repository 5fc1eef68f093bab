import type { Context } from '../context'
import type { Checkpoint } from '../entities'
import { facesFrom, needForFaces } from '../face'
import type { Counts } from '../plans'
import { groupOf, milestoneOf } from '../resolve'
import type { Checkpoint as CheckpointShown } from '../schemas/checkpoint'
import type * as Wire from '../schemas/milestone'
import { dependencyIds, isCompleted, stateOf, unitsOf } from '../state'
import type { World } from '../world'
import { viewCheckpoint } from './checkpoint'
import { principalsOfAttempts } from './claim'

/** A milestone with its checkpoints as this caller may see it. A read and the answer to a change show the same. */
export const viewMilestone = (world: World, milestone_id: string, context: Context): Wire.Milestone => {
  const checkpoints = world.checkpoints(milestone_id)
  needForCheckpoints(world, context, checkpoints)
  const faces = facesFrom(world, context, milestone_id)
  return {
    ...viewSummary(world, milestone_id, world.counts(milestone_id), context),
    checkpoints: checkpoints.map((checkpoint) => viewCheckpoint(world, context, checkpoint, faces)),
  }
}

/** A milestone that shows only one of its checkpoints. */
export const viewMilestoneWithOne = (world: World, context: Context, checkpoint: Checkpoint): Wire.Milestone => ({
  ...viewSummary(world, checkpoint.milestone_id, world.counts(checkpoint.milestone_id), context),
  checkpoints: [viewOneCheckpoint(world, context, checkpoint)],
})

/** A milestone with one of its checkpoints, or with none if there is none with this id. */
export const viewInBrief = (world: World, milestone_id: string, checkpoint_id: string | null, { now }: Context): Wire.MilestoneInBrief => {
  const { version, status } = milestoneOf(world, milestone_id)
  const { total, completed } = world.counts(milestone_id)
  const checkpoint = checkpoint_id === null ? null : world.find('checkpoint', checkpoint_id)
  return {
    milestone_id,
    version,
    status,
    progress: `${completed}/${total}`,
    checkpoint: checkpoint && {
      checkpoint_id: checkpoint.checkpoint_id,
      order: checkpoint.order,
      status: isCompleted(checkpoint) ? 'completed' : 'pending',
      state: stateOf(world, checkpoint, now),
    },
  }
}

/** A single checkpoint, as its milestone shows it. */
export const viewOneCheckpoint = (world: World, context: Context, checkpoint: Checkpoint): CheckpointShown => {
  const { milestone_id } = checkpoint
  needForCheckpoints(world, context, [checkpoint])
  world.need([{ kind: 'milestone', id: milestone_id }])
  return viewCheckpoint(world, context, checkpoint, facesFrom(world, context, milestone_id))
}

/** A milestone in a list, without its checkpoints. */
export const viewSummary = (
  world: World,
  milestone_id: string,
  { total, completed }: Counts,
  { origin }: Context,
): Wire.MilestoneSummary => {
  const milestone = milestoneOf(world, milestone_id)
  return {
    milestone_id,
    group_id: milestone.group_id,
    project_id: milestone.project_id,
    title: milestone.title,
    description: milestone.description,
    status: milestone.status,
    created_by: milestone.created_by,
    created_at: milestone.created_at,
    updated_at: milestone.updated_at,
    closed_at: milestone.closed_at,
    total_checkpoints: total,
    completed_checkpoints: completed,
    progress: `${completed}/${total}`,
    group_slug: groupOf(world, milestone.group_id).slug,
    version: milestone.version,
    url: `${origin}/m/${milestone_id}`,
  }
}

/** Asks for everything that the views of these checkpoints are made of. The number of loads is fixed, however many checkpoints there are. */
export const needForCheckpoints = (world: World, context: Context, checkpoints: readonly Checkpoint[]): void => {
  const targets = [...dependencyIds(checkpoints)]
  const named = new Set<string>()
  for (const checkpoint of checkpoints) {
    if (checkpoint.completed_by) named.add(checkpoint.completed_by)
    if (checkpoint.completed_for) named.add(checkpoint.completed_for)
    for (const id of principalsOfAttempts(checkpoint, context.now)) named.add(id)
  }
  world.need([
    ...unitsOf('checkpoint', targets),
    ...unitsOf('principal', named),
    // A completed checkpoint shows the status of its gate too, which its state does not need.
    ...unitsOf(
      'proposal',
      checkpoints.flatMap(({ proposal_id }) => proposal_id ?? []),
    ),
  ])
  needForFaces(
    world,
    context,
    world.findAll('checkpoint', targets).flatMap((target) => target ?? []),
  )
}
