import type { Checkpoint as ApiCheckpoint } from '@/lib/domain/schemas/checkpoint'
import type { Graph as ApiGraph } from '@/lib/domain/schemas/graph'
import type { Milestone as ApiMilestone } from '@/lib/domain/schemas/milestone'

// These types have no `blocked_by`, because the screens derive blockers from the edges, which show both directions.
export type Checkpoint = Omit<ApiCheckpoint, 'blocked_by'>
export type Milestone = Omit<ApiMilestone, 'checkpoints'> & { checkpoints: Checkpoint[] }
export type Graph = Omit<ApiGraph, 'milestones'> & { milestones: Milestone[] }

const BLANK = {
  description: '',
  completed_by: null,
  completed_at: null,
  requires_proposal_id: null,
  proposal_status: null,
  git_branch_url: null,
  git_pr_url: null,
  git_commit_url: null,
  state: 'blocked',
  requires_consensus: false,
  note: '',
  claim: null,
  attempts: 0,
  last_failure: null,
  needs_attention: false,
  completed_by_name: null,
  completed_session: null,
  completed_for_name: null,
} as const satisfies Partial<Checkpoint>

type PackedCheckpoint = Partial<Checkpoint> & Pick<Checkpoint, 'checkpoint_id' | 'title' | 'depends_on'>

/** A graph in the form that a page transfers. Fields with their usual value are left out, and an edge is two positions in the list of checkpoints. */
export type PackedGraph = Omit<Graph, 'milestones' | 'edges'> & {
  milestones: (Omit<Milestone, 'checkpoints'> & { checkpoints: PackedCheckpoint[] })[]
  edges: number[]
}

export function packGraph(graph: ApiGraph): PackedGraph {
  const at = new Map(idsOf(graph).map((id, index) => [id, index]))
  const edges = graph.edges.flatMap(({ from, to }) => {
    const [a, b] = [at.get(from), at.get(to)]
    return a === undefined || b === undefined ? [] : [a, b]
  })
  return { ...graph, edges, milestones: graph.milestones.map((each) => ({ ...each, checkpoints: each.checkpoints.map(pack) })) }
}

export function unpackGraph(packed: PackedGraph): Graph {
  const milestones = packed.milestones.map((each) => ({ ...each, checkpoints: each.checkpoints.map(unpack) }))
  const graph = { ...packed, milestones, edges: [] }
  const ids = idsOf(graph)
  const edges = packed.edges.flatMap((place, index) => {
    const [from, to] = [ids[packed.edges[index - 1] ?? -1], ids[place]]
    return index % 2 === 1 && from && to ? { from, to } : []
  })
  return { ...graph, edges }
}

/** Gives a graph from the API the same fields as a graph that came with the page. */
export function withoutBlockers(graph: ApiGraph): Graph {
  const bare = ({ blocked_by: _, ...checkpoint }: ApiCheckpoint): Checkpoint => checkpoint
  return { ...graph, milestones: graph.milestones.map((each) => ({ ...each, checkpoints: each.checkpoints.map(bare) })) }
}

const idsOf = ({ milestones, neighbours }: Pick<Graph, 'milestones' | 'neighbours'>) => [
  ...milestones.flatMap(({ checkpoints }) => checkpoints.map(({ checkpoint_id }) => checkpoint_id)),
  ...neighbours.map(({ checkpoint_id }) => checkpoint_id),
]

function pack({ blocked_by: _, status: __, ...checkpoint }: ApiCheckpoint, index: number): PackedCheckpoint {
  const { checkpoint_id, title, depends_on } = checkpoint
  const usual: Record<string, unknown> = { ...BLANK, order: index + 1 }
  const rest = Object.entries(checkpoint).filter(([key, value]) => usual[key] !== value)
  return { ...Object.fromEntries(rest), checkpoint_id, title, depends_on }
}

function unpack(packed: PackedCheckpoint, index: number): Checkpoint {
  const state = packed.state ?? BLANK.state
  return { ...BLANK, order: index + 1, status: state === 'completed' ? 'completed' : 'pending', ...packed }
}
