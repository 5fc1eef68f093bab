import type { Milestone } from '@/lib/client/graph'
import { isUnmet, type Plan, type PlanNode } from '@/lib/client/plan'
import type { Choice } from './dependency-field'

/** The checkpoints of this milestone before `order`: inside a milestone a dependency points backwards only. */
export function nearChoices(milestone: Milestone, order: number): Choice[] {
  return milestone.checkpoints
    .filter((checkpoint) => checkpoint.order < order)
    .map(({ order: number, title }) => ({ ref: String(number), title }))
}

/** Pending checkpoints of other milestones, less those that wait for `node` themselves: they would close a loop. */
export function farChoices(plan: Plan, milestone_id: string | null, node?: PlanNode): Choice[] {
  const downstream = new Set<string>()
  const walk = (id: string) => {
    if (downstream.has(id)) return
    downstream.add(id)
    plan.nodes.get(id)?.unblocks.forEach(walk)
  }
  if (node) walk(node.id)
  return [...plan.nodes.values()]
    .filter((other) => other.milestone_id !== milestone_id && !other.private && isUnmet(other) && !downstream.has(other.id))
    .map((other) => ({ ref: `${other.milestone_id}:${other.order}`, title: other.title, milestone_title: other.milestone_title }))
}
