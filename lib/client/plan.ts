import { EXPIRED_REASON } from '@/lib/domain/attempt'
import { isolated } from '@/lib/domain/bidi'
import { type CheckpointState, countStates, type StateCounts } from '@/lib/domain/state'
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
  /** Who holds its live claim, if anyone does. */
  held_by_name: string | null
  /** The reason for which its last attempt failed, if that one did, in the words of the screens. */
  last_failure: string | null
  private: boolean
  checkpoint: Checkpoint | null
  milestone: Milestone | null
  waits_for: string[]
  unblocks: string[]
}

/** A graph with what the screens derive from it. It is derived once for each answer of the server. */
export type Plan = {
  graph: Graph
  nodes: ReadonlyMap<string, PlanNode>
  /** The longest chain of unfinished checkpoints, from first to last. This much must be done in sequence, however many people help. */
  chain: readonly string[]
  /** How many checkpoints of the drawn milestones are in each state. */
  counts: StateCounts
  /** How many of those that have failed need the attention of a person. */
  attention: number
}

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
        held_by_name: checkpoint.claim?.held_by_name ?? null,
        last_failure: reasonOf(checkpoint.last_failure?.reason),
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
    const outside = { checkpoint: null, milestone: null, waits_for: [], unblocks: [] }
    nodes.set(checkpoint_id, { ...face, ...outside, id: checkpoint_id, last_failure: reasonOf(face.last_failure) })
  }
  for (const { from, to } of graph.edges) {
    nodes.get(to)?.waits_for.push(from)
    nodes.get(from)?.unblocks.push(to)
  }
  for (const { milestone_id, waits_for, unblocks } of nodes.values()) {
    const compare = nearFirst(milestone_id)
    const inOrder = (a: string, b: string) => compare(nodes.get(a), nodes.get(b))
    waits_for.sort(inOrder)
    unblocks.sort(inOrder)
  }
  const drawn = graph.milestones.flatMap(({ checkpoints }) => checkpoints)
  const attention = drawn.filter(({ state, needs_attention }) => state === 'failed' && needs_attention).length
  return { graph, nodes, chain: longestChain(nodes), counts: countStates(drawn), attention }
}

/** The screens speak of a claim and not of its lease. */
const reasonOf = (reason: string | null | undefined) => (reason === EXPIRED_REASON ? 'The claim expired.' : (reason ?? null))

const { compare: compareTitles } = new Intl.Collator('en')

/**
 * Orders checkpoints: first those of a milestone, by number, then the others by the titles of their milestones and by number. Titles are compared only
 * between two milestones, because a plan may have very many edges.
 */
export const nearFirst = (milestone_id: string | null) => (a: PlanNode | undefined, b: PlanNode | undefined) => {
  if (!a || !b) return 0
  const byNumber = (a.order ?? 0) - (b.order ?? 0)
  if (a.milestone_id === b.milestone_id) return byNumber
  const away = Number(a.milestone_id !== milestone_id) - Number(b.milestone_id !== milestone_id)
  return away || compareTitles(a.milestone_title, b.milestone_title) || byNumber
}

/** The title of a page: it names the open checkpoint, or else the milestone, or the project and its group. */
export function titleOf(graph: Graph, noun: 'project' | 'milestone', selected: string | null): string {
  for (const { title, checkpoints } of graph.milestones) {
    const open = checkpoints.find(({ checkpoint_id }) => checkpoint_id === selected)
    if (open) return `${open.order} ${isolated(open.title)} - ${isolated(title)}`
  }
  const { project, group } = graph
  // Every group has a project of the same name, so a project is told apart by its group.
  if (noun === 'project') return `${isolated(project.title)} - ${isolated(group.name)}`
  return isolated(graph.milestones[0]?.title ?? project.title)
}

export function findNodes(plan: Plan, ids: readonly string[]): PlanNode[] {
  return ids.flatMap((id) => plan.nodes.get(id) ?? [])
}

/** For example "3" inside its own milestone and "API v2 · 3" elsewhere. */
export function numberOf(node: PlanNode, milestone_id: string | null) {
  if (node.private) return 'private'
  return node.milestone_id === milestone_id ? String(node.order) : `${isolated(node.milestone_title)} · ${node.order}`
}

/** The name of a checkpoint in a text without elements: "3 Deploy", "API v2 · 3 Deploy", or that it is private. */
export function nameOf(node: PlanNode, milestone_id: string | null) {
  return node.private ? 'a private checkpoint' : `${numberOf(node, milestone_id)} ${isolated(node.title)}`
}

export const isUnmet = ({ state }: Pick<PlanNode, 'state'>) => state !== 'completed'

export function blockersOf(plan: Plan, node: PlanNode) {
  return findNodes(plan, node.waits_for).filter(isUnmet)
}

/** The unmet checkpoints, directly or indirectly before this one, that have no unmet dependency themselves. Completing them comes first. */
export function rootCausesOf(plan: Plan, node: PlanNode): PlanNode[] {
  // The graph does not have the dependencies of a checkpoint outside the drawn milestones, so the walk ends there.
  return walk(node, (current) => blockersOf(plan, current)).filter((blocker) => blockersOf(plan, blocker).length === 0)
}

/** What becomes of a checkpoint if another one, for which it waits, is withdrawn. */
export type Relinked = {
  dependent: PlanNode
  /** What it will wait for instead, and did not wait for before. */
  instead: PlanNode[]
  /** Whether all that it will wait for is done, although the withdrawn one is not. */
  becomesFree: boolean
}

/** What a withdrawal of this checkpoint makes of each that waits for it, as far as this page knows them (N2). */
export function relinkedWithout(plan: Plan, node: PlanNode): Relinked[] {
  return findNodes(plan, node.unblocks).map((dependent) => {
    const instead = findNodes(
      plan,
      node.waits_for.filter((id) => !dependent.waits_for.includes(id)),
    )
    const others = blockersOf(plan, dependent).filter((blocker) => blocker !== node)
    // Of a checkpoint outside the drawn milestones, not everything is known that it waits for.
    return { dependent, instead, becomesFree: dependent.checkpoint !== null && ![...others, ...instead].some(isUnmet) }
  })
}

/** The completed checkpoints that depend on this one, directly or through others. A reopen with cascade reopens them too. */
export function completedDependentsOf(plan: Plan, node: PlanNode): PlanNode[] {
  return walk(node, (current) => findNodes(plan, current.unblocks).filter(({ state }) => state === 'completed'))
}

/** All that can be reached from a node, depth first, without the node itself. It does not recurse: a chain may be longer than the stack. */
function walk(start: PlanNode, next: (node: PlanNode) => PlanNode[]): PlanNode[] {
  const found = new Set<PlanNode>()
  const waiting = next(start).reverse()
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node === start || found.has(node)) continue
    found.add(node)
    waiting.push(...next(node).reverse())
  }
  return [...found]
}

/** A step of a chain of unmet checkpoints: how long the longest chain up to it is, and the step before it. */
type ChainStep = { length: number; before: string | null }

/** Looks at each edge once: a checkpoint has its step when all that it waits for have theirs. */
function longestChain(nodes: ReadonlyMap<string, PlanNode>): string[] {
  const isOpen = (id: string) => isUnmet(nodes.get(id) ?? { state: 'completed' })
  const open = [...nodes.values()].filter(isUnmet)
  const missing = new Map(open.map(({ id, waits_for }) => [id, waits_for.filter(isOpen).length]))
  const steps = new Map<string, ChainStep>(open.map(({ id }) => [id, { length: 1, before: null }]))
  const settled = open.filter(({ id }) => missing.get(id) === 0)
  // The list grows while it is walked: each node is appended when its last blocker has been looked at.
  for (const { id, unblocks } of settled) {
    const length = (steps.get(id)?.length ?? 0) + 1
    for (const next of unblocks) {
      const node = nodes.get(next)
      const left = (missing.get(next) ?? 0) - 1
      if (!node || !isUnmet(node)) continue
      if (length > (steps.get(next)?.length ?? 0)) steps.set(next, { length, before: id })
      missing.set(next, left)
      if (left === 0) settled.push(node)
    }
  }
  const ends = settled.filter(({ checkpoint }) => checkpoint !== null)
  const lengthOf = ({ id }: PlanNode) => steps.get(id)?.length ?? 0
  const last = ends.reduce<PlanNode | null>((best, node) => (best && lengthOf(best) >= lengthOf(node) ? best : node), null)
  const chain: string[] = []
  for (let id = last?.id ?? null; id !== null; id = steps.get(id)?.before ?? null) chain.push(id)
  return chain.reverse()
}
