import type { CheckpointState } from '@/lib/domain/state'
import type { Checkpoint, Graph, Milestone } from './graph'

/** A checkpoint for the screens, inside or outside the drawn milestones. `checkpoint` and `milestone` are null outside. */
export type PlanNode = {
  id: string
  title: string
  order: number | null
  milestone_id: string | null
  milestone_title: string
  group_slug: string
  state: CheckpointState
  private: boolean
  checkpoint: Checkpoint | null
  milestone: Milestone | null
  waits_for: string[]
  unblocks: string[]
}

export type Plan = { graph: Graph; nodes: ReadonlyMap<string, PlanNode> }

export function readPlan(graph: Graph): Plan {
  const nodes = new Map<string, PlanNode>()
  for (const milestone of graph.milestones) {
    for (const checkpoint of milestone.checkpoints) {
      nodes.set(checkpoint.checkpoint_id, {
        id: checkpoint.checkpoint_id,
        title: checkpoint.title,
        order: checkpoint.order,
        milestone_id: milestone.milestone_id,
        milestone_title: milestone.title,
        group_slug: milestone.group_slug,
        state: checkpoint.state,
        private: false,
        checkpoint,
        milestone,
        waits_for: [],
        unblocks: [],
      })
    }
  }
  for (const { checkpoint_id, ref: _, ...face } of graph.neighbours) {
    if (nodes.has(checkpoint_id)) continue
    nodes.set(checkpoint_id, { ...face, id: checkpoint_id, checkpoint: null, milestone: null, waits_for: [], unblocks: [] })
  }
  for (const { from, to } of graph.edges) {
    nodes.get(to)?.waits_for.push(from)
    nodes.get(from)?.unblocks.push(to)
  }
  for (const node of nodes.values()) {
    const nearFirst = (a: string, b: string) => compare(node, nodes.get(a), nodes.get(b))
    node.waits_for.sort(nearFirst)
    node.unblocks.sort(nearFirst)
  }
  return { graph, nodes }
}

/** The title of a page: it names the open checkpoint, or else the milestone or project. */
export function titleOf(graph: Graph, noun: 'project' | 'milestone', selected: string | null): string {
  for (const { title, checkpoints } of graph.milestones) {
    const open = checkpoints.find(({ checkpoint_id }) => checkpoint_id === selected)
    if (open) return `${open.order} ${open.title} - ${title}`
  }
  return (noun === 'milestone' ? graph.milestones[0]?.title : undefined) ?? graph.project.title
}

/** Orders checkpoints: first the checkpoints in the milestone of `from`, by number, then the others by milestone and number. */
function compare(from: PlanNode, a: PlanNode | undefined, b: PlanNode | undefined) {
  if (!a || !b) return 0
  const away = Number(a.milestone_id !== from.milestone_id) - Number(b.milestone_id !== from.milestone_id)
  return away || a.milestone_title.localeCompare(b.milestone_title, 'en') || (a.order ?? 0) - (b.order ?? 0)
}

export function findNodes(plan: Plan, ids: readonly string[]): PlanNode[] {
  return ids.flatMap((id) => plan.nodes.get(id) ?? [])
}

/** For example "3" inside its own milestone and "API v2 · 3" elsewhere. */
export function numberOf(node: PlanNode, milestone_id: string | null) {
  if (node.private) return 'private'
  return node.milestone_id === milestone_id ? String(node.order) : `${node.milestone_title} · ${node.order}`
}

export const isUnmet = (node: PlanNode) => node.state !== 'completed'

export function blockersOf(plan: Plan, node: PlanNode) {
  return findNodes(plan, node.waits_for).filter(isUnmet)
}

/** The unmet checkpoints, directly or indirectly before this one, that have no unmet dependency themselves. Completing them comes first. */
export function rootCausesOf(plan: Plan, node: PlanNode): PlanNode[] {
  const seen = new Set<string>()
  const roots: PlanNode[] = []
  const walk = (current: PlanNode) => {
    for (const blocker of blockersOf(plan, current)) {
      if (seen.has(blocker.id)) continue
      seen.add(blocker.id)
      // The graph does not have the dependencies of a checkpoint outside the drawn milestones, so the walk ends there.
      if (blockersOf(plan, blocker).length === 0) roots.push(blocker)
      else walk(blocker)
    }
  }
  walk(node)
  return roots
}

/** The completed checkpoints that depend on this one, directly or through others. A reopen with cascade reopens them too. */
export function completedDependentsOf(plan: Plan, node: PlanNode): PlanNode[] {
  const found = new Map<string, PlanNode>()
  const walk = (current: PlanNode) => {
    for (const dependent of findNodes(plan, current.unblocks)) {
      if (dependent.state !== 'completed' || found.has(dependent.id)) continue
      found.set(dependent.id, dependent)
      walk(dependent)
    }
  }
  walk(node)
  return [...found.values()]
}

/** The longest chain of unfinished checkpoints, from first to last. This much must be done in sequence, however many people help. */
export function longestChain(plan: Plan): string[] {
  const best = new Map<string, string[]>()
  const chainTo = (node: PlanNode): string[] => {
    const known = best.get(node.id)
    if (known) return known
    let longest: string[] = []
    for (const blocker of blockersOf(plan, node)) {
      const chain = chainTo(blocker)
      if (chain.length > longest.length) longest = chain
    }
    const chain = [...longest, node.id]
    best.set(node.id, chain)
    return chain
  }
  let longest: string[] = []
  for (const node of plan.nodes.values()) {
    if (!node.checkpoint || !isUnmet(node)) continue
    const chain = chainTo(node)
    if (chain.length > longest.length) longest = chain
  }
  return longest
}
