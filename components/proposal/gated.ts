import type { Checkpoint, Graph } from '@/lib/client/graph'
import { type PlanNode, readPlan } from '@/lib/client/plan'
import { isolated } from '@/lib/domain/bidi'
import type { Proposal } from '@/lib/domain/schemas/proposal'

/** What a vote gates: a checkpoint, with all that it depends on. */
export type Gated = {
  checkpoint: Checkpoint
  milestone: { milestone_id: string; title: string }
  dependencies: readonly PlanNode[]
}

/** The checkpoint that a vote gates, from the graph of its milestone; null if it has been moved or deleted meanwhile. */
export function gatedIn(graph: Graph, { linked_checkpoint_id }: Proposal): Gated | null {
  const { nodes } = readPlan(graph)
  const node = nodes.get(linked_checkpoint_id ?? '')
  if (!node?.checkpoint || !node.milestone) return null
  const { checkpoint, milestone, waits_for } = node
  return { checkpoint, milestone, dependencies: waits_for.flatMap((id) => nodes.get(id) ?? []) }
}

/** The title of the page of a vote. */
export const titleOf = ({ title }: Proposal) => `Vote: ${isolated(title)}`
