import type { Context } from '../context'
import type { Checkpoint } from '../entities'
import { needForFaces } from '../face'
import type { Unit } from '../kinds'
import { groupOf, milestoneOf } from '../resolve'
import type * as Wire from '../schemas/milestone'
import { isCompleted, neededForStates } from '../state'
import type { World } from '../world'
import { viewCheckpoint } from './checkpoint'

/** A milestone with its checkpoints as this caller may see it. A read and the answer to a change show the same. */
export const viewMilestone = (world: World, milestone_id: string, context: Context): Wire.Milestone => {
  const checkpoints = world.checkpoints(milestone_id)
  needForCheckpoints(world, checkpoints)
  return {
    ...viewSummary(world, milestone_id, { total: checkpoints.length, completed: checkpoints.filter(isCompleted).length }, context),
    checkpoints: checkpoints.map((checkpoint) => viewCheckpoint(world, checkpoint, context)),
  }
}

/** A milestone in a list, without its checkpoints. */
export const viewSummary = (
  world: World,
  milestone_id: string,
  { total, completed }: { total: number; completed: number },
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
const needForCheckpoints = (world: World, checkpoints: readonly Checkpoint[]): void => {
  const targets = checkpoints.flatMap(({ depends_on }) => depends_on)
  world.need([
    ...targets.map((id): Unit => ({ kind: 'checkpoint', id })),
    ...checkpoints.flatMap(({ completed_by }): Unit[] => (completed_by ? [{ kind: 'principal', id: completed_by }] : [])),
    // A completed checkpoint shows the status of its gate too, which its state does not need.
    ...checkpoints.flatMap(({ proposal_id }): Unit[] => (proposal_id ? [{ kind: 'proposal', id: proposal_id }] : [])),
    ...neededForStates(checkpoints),
  ])
  needForFaces(
    world,
    [...new Set(targets)].flatMap((id) => world.find('checkpoint', id) ?? []),
  )
}
