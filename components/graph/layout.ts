import type { Graph, GraphEdge } from '@/lib/domain/schemas/graph'
import { type Band, CARD, type Cell, columnLeft, GUTTER, LANE, rowTop, stack } from './grid'
import { groupBy, type Place, placeLane } from './place'
import { edgeId, impliedEdges } from './reduce'
import { type Route, routeEdges } from './route'

/** What a drawing's shape depends on: nothing here changes when only statuses do. */
export type Structure = {
  lanes: readonly { id: string; cards: readonly string[]; folded: boolean }[]
  /** Checkpoints of elsewhere. */
  guests: readonly string[]
  edges: readonly GraphEdge[]
}

export type Box = { x: number; y: number; width: number; height: number }
export type CardBox = Box & Cell & { guest: boolean }
export type LaneBox = Box & { id: string; folded: boolean }
export type Layout = {
  /** All that is drawn, lines included; `frame` holds the lanes alone. */
  bounds: Box
  frame: Box
  lanes: LaneBox[]
  /** In the order of reading: lane, column, row. */
  cards: CardBox[]
  routes: Route[]
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

/** Equal input gives an equal drawing: server, browser and tests agree. `saved` remembers rows by checkpoint id. */
export function layout(structure: Structure, saved?: ReadonlyMap<string, number>): Layout {
  const lanes = inOrder(structure)
  const placed = placeAll(lanes, structure, saved)
  const bands = stack(lanes.map(({ folded }, lane) => ({ folded, rows: rowsOf(placed[lane] ?? []) })))
  const guests = new Set(structure.guests)
  const cards = placed.flatMap((places, lane) => {
    const band = bands[lane]
    return band ? places.toSorted(byColumn).map((place) => boxOf(place, lane, band, guests.has(place.id))) : []
  })
  const drawn = new Set(cards.map((card) => card.id))
  const edges = structure.edges.filter(({ from, to }) => drawn.has(from) && drawn.has(to))
  const implied = impliedEdges(edges)
  const routes = routeEdges(
    edges.filter((edge) => !implied.has(edgeId(edge))),
    cards,
    bands,
  )
  return framed(
    lanes.map(({ id, folded }) => ({ id, folded })),
    bands,
    cards,
    routes,
  )
}

const byColumn = (a: Place, b: Place) => a.col - b.col || a.row - b.row
const rowsOf = (places: readonly Place[]) => places.reduce((rows, place) => Math.max(rows, place.row + 1), 0)

function boxOf(place: Place, lane: number, band: Band, guest: boolean): CardBox {
  return { ...place, lane, guest, x: columnLeft(place.col), y: rowTop(band, place.row), ...CARD }
}

function framed(lanes: readonly { id: string; folded: boolean }[], bands: readonly Band[], cards: CardBox[], routes: Route[]): Layout {
  const columns = cards.reduce<number>((most, card) => Math.max(most, card.col + 1), LANE.columns)
  const width = columnLeft(columns) - GUTTER.x + 2 * LANE.side
  const boxes = lanes.map((lane, at) => ({ ...lane, x: -LANE.side, y: bands[at]?.top ?? 0, width, height: bands[at]?.height ?? 0 }))
  const last = bands.at(-1)
  const frame = { x: -LANE.side, y: 0, width, height: last ? last.top + last.height : 0 }
  return { bounds: widen(frame, routes), frame, lanes: boxes, cards, routes }
}

/** Edges that enter the first column from another lane, or leave the last, run outside the lanes. */
function widen(bounds: Box, routes: readonly Route[]): Box {
  const left = Math.min(bounds.x, ...routes.map((route) => route.left - 4))
  const right = Math.max(bounds.x + bounds.width, ...routes.map((route) => route.right + 4))
  return { ...bounds, x: left, width: right - left }
}

/** The order given, but for a lane that waits for another: it stands below it. */
function inOrder({ lanes, edges }: Structure) {
  const laneOf = new Map(lanes.flatMap((lane, at) => lane.cards.map((id) => [id, at] as const)))
  const awaited = lanes.map(() => new Set<number>())
  for (const { from, to } of edges) {
    const [a, b] = [laneOf.get(from), laneOf.get(to)]
    if (a !== undefined && b !== undefined && a !== b) awaited[b]?.add(a)
  }
  const order = new Set<number>()
  while (order.size < lanes.length) {
    const left = lanes.flatMap((_, at) => (order.has(at) ? [] : at))
    // Two lanes may wait for each other's checkpoints; such a pair has no before and after, so the first given goes first.
    const next = left.find((at) => [...(awaited[at] ?? [])].every((other) => order.has(other))) ?? left[0]
    if (next === undefined) break
    order.add(next)
  }
  return [...order].flatMap((at) => lanes[at] ?? [])
}

/** A guest stands in the first lane that waits for it, just before the waiting card; one that only waits for us, just behind. */
function placeAll(lanes: Structure['lanes'], { guests, edges }: Structure, saved?: ReadonlyMap<string, number>): Place[][] {
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
