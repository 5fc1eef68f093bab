import type { Graph } from '@/lib/client/graph'
import type { GraphEdge } from '@/lib/domain/schemas/graph'
import { groupBy, type Place, placeLane } from './place'

/** What a drawing's shape depends on: nothing here changes when only statuses do. */
export type Structure = {
  lanes: readonly { id: string; cards: readonly string[]; folded: boolean }[]
  /** Checkpoints of elsewhere. */
  guests: readonly string[]
  edges: readonly GraphEdge[]
}

const NONE: ReadonlySet<string> = new Set()

export function structureOf(graph: Graph, folded: ReadonlySet<string> = NONE): Structure {
  return {
    lanes: graph.milestones.map(({ milestone_id, checkpoints }) => ({
      id: milestone_id,
      cards: checkpoints.map((checkpoint) => checkpoint.checkpoint_id),
      folded: folded.has(milestone_id),
    })),
    guests: graph.neighbours.map((neighbour) => neighbour.checkpoint_id),
    edges: graph.edges,
  }
}

/** A guest stands in the first lane that waits for it, just before the waiting card; one that only waits for us, just behind. */
export function placeAll(lanes: Structure['lanes'], { guests, edges }: Structure, saved?: ReadonlyMap<string, number>): Place[][] {
  const open = lanes.map((lane) => (lane.folded ? [] : lane.cards))
  const laneOf = new Map(open.flatMap((cards, lane) => cards.map((id) => [id, lane] as const)))
  const outOf = groupBy(edges, (edge) => edge.from)
  const into = groupBy(edges, (edge) => edge.to)
  const first = (ids: readonly string[]) => ids.flatMap((id) => laneOf.get(id) ?? []).sort((a, b) => a - b)[0]
  const before = new Map<number, string[]>()
  const after = new Map<number, string[]>()
  for (const id of guests) {
    if (laneOf.has(id)) continue
    const waiting = first(outOf.get(id)?.map((edge) => edge.to) ?? [])
    const waited = first(into.get(id)?.map((edge) => edge.from) ?? [])
    if (waiting !== undefined) before.set(waiting, [...(before.get(waiting) ?? []), id])
    else if (waited !== undefined) after.set(waited, [...(after.get(waited) ?? []), id])
  }
  const plans = open.map((cards, lane) => ({ cards, before: before.get(lane) ?? [], after: after.get(lane) ?? [] }))
  const homeOf = new Map(plans.flatMap((plan, lane) => [...plan.cards, ...plan.before, ...plan.after].map((id) => [id, lane] as const)))
  const inside = groupBy(
    edges.filter(({ from, to }) => homeOf.has(from) && homeOf.get(from) === homeOf.get(to)),
    (edge) => String(homeOf.get(edge.from)),
  )
  return plans.map((plan, lane) => placeLane({ ...plan, edges: inside.get(String(lane)) ?? [] }, saved))
}

export const rowsOf = (places: readonly Place[]) => places.reduce((rows, place) => Math.max(rows, place.row + 1), 0)
