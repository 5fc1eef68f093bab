import type { Checkpoint, Milestone } from '../entities'
import { groupOf, milestoneOf } from '../resolve'
import type * as Wire from '../schemas/milestone'
import { isCompleted } from '../state'
import type { Unit, World } from '../world'
import { viewCheckpoint } from './checkpoint'
import type { View } from './view'

/** A milestone with its checkpoints as this caller may see it: the same for a read and for the answer to a change. */
export const viewMilestone = (world: World, milestone_id: string, view: View): Wire.Milestone => {
  const milestone = milestoneOf(world, milestone_id)
  const checkpoints = world.checkpoints(milestone_id)
  needForView(world, checkpoints)
  return {
    ...viewSummary(world, milestone, checkpoints, view),
    checkpoints: checkpoints.map((checkpoint) => viewCheckpoint(world, checkpoint, view)),
  }
}

const viewSummary = (world: World, milestone: Milestone, checkpoints: readonly Checkpoint[], view: View): Wire.MilestoneSummary =>
  summarize(milestone, groupOf(world, milestone.group_id).slug, checkpoints.length, checkpoints.filter(isCompleted).length, view.origin)

/** What lists show of a milestone, from its row and two counts. */
export const summarize = (
  milestone: Milestone,
  group_slug: string,
  total: number,
  completed: number,
  origin: string,
): Wire.MilestoneSummary => ({
  ...milestone,
  total_checkpoints: total,
  completed_checkpoints: completed,
  progress: `${completed}/${total}`,
  group_slug,
  url: `${origin}/m/${milestone.milestone_id}`,
})

/** Asks for all that the views of these checkpoints touch, level by level, so that a cold world is filled in a few loads and not in hundreds. */
const needForView = (world: World, checkpoints: readonly Checkpoint[]): void => {
  const direct = checkpoints.flatMap(({ depends_on }) => depends_on)
  const people = checkpoints.flatMap(({ completed_by }) => completed_by ?? [])
  const gates = checkpoints.flatMap(({ proposal_id }) => proposal_id ?? [])
  world.need([...units('checkpoint', direct), ...units('principal', people), ...units('proposal', gates)])
  const unmet = direct.flatMap((id) => {
    const target = world.find('checkpoint', id)
    return target ? [target] : []
  })
  const pending = unmet.filter((target) => !isCompleted(target))
  const second = pending.flatMap(({ depends_on }) => depends_on)
  const secondGates = pending.flatMap(({ proposal_id }) => proposal_id ?? [])
  const milestones = unmet.map(({ milestone_id }) => milestone_id)
  world.need([...units('checkpoint', second), ...units('proposal', secondGates), ...units('milestone', milestones)])
  world.need(
    units(
      'group',
      milestones.map((id) => milestoneOf(world, id).group_id),
    ),
  )
}

const units = (kind: Unit['kind'], ids: readonly string[]): Unit[] => [...new Set(ids)].map((id) => ({ kind, id }))
