import type { Checkpoint, Milestone } from './entities'
import type { World } from './world'

/** The other milestones that refer to one of these checkpoints. Their version moves when the checkpoints are renumbered. */
export const referringMilestones = (world: World, milestone: Milestone, shifted: readonly Checkpoint[]): string[] => {
  world.need(shifted.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
  const ids = new Set<string>()
  for (const { checkpoint_id } of shifted) {
    for (const dependent of world.dependents(checkpoint_id)) ids.add(dependent.milestone_id)
  }
  ids.delete(milestone.milestone_id)
  world.need([...ids].map((id) => ({ kind: 'milestone', id })))
  return [...ids].sort()
}
