import type { Milestone } from '@/lib/client/graph'
import { isUnmet, type Plan, type PlanNode } from '@/lib/client/plan'
import type { Choice } from './dependency-field'

/**
 * The checkpoints of this milestone before `order`, because inside a milestone a dependency points backwards only, less those that wait for `node`
 * themselves: they would close a loop.
 */
export function nearChoices(plan: Plan, milestone: Milestone, order: number, node?: PlanNode): Choice[] {
  const downstream = waitingFor(plan, node)
  return milestone.checkpoints
    .filter((checkpoint) => checkpoint.order < order && !downstream.has(checkpoint.checkpoint_id))
    .map(({ checkpoint_id, order: number, title }) => ({ ref: checkpoint_id, number, title }))
}

/** Pending checkpoints of other milestones, less those that would close a loop. */
export function farChoices(plan: Plan, milestone_id: string | null, node?: PlanNode): Choice[] {
  const downstream = waitingFor(plan, node)
  return [...plan.nodes.values()].flatMap((other) => {
    if (other.milestone_id === milestone_id || other.private || !isUnmet(other) || downstream.has(other.id)) return []
    return { ref: other.id, number: other.order ?? 0, title: other.title, milestone_title: other.milestone_title }
  })
}

/** The node and all that waits for it, directly or through others. */
function waitingFor(plan: Plan, node: PlanNode | undefined): ReadonlySet<string> {
  const found = new Set(node ? [node.id] : [])
  // The set grows while it is walked.
  for (const id of found) for (const next of plan.nodes.get(id)?.unblocks ?? []) found.add(next)
  return found
}
