import { type Band, CARD, type Cell, columnLeft, GUTTER, LANE, rowTop, stack } from './grid'
import type { Place } from './place'
import { edgeId, impliedEdges } from './reduce'
import { type Route, routeEdges } from './route'
import { placeAll, rowsOf, type Structure, structureOf } from './structure'

export { type Structure, structureOf }

export type Box = { x: number; y: number; width: number; height: number }
export type CardBox = Box & Cell & { guest: boolean }
/** `gap` is where lines cross the band of the lane's title, seen from the lane's left border: what is written there leaves it free. */
export type LaneBox = Box & { id: string; folded: boolean; gap: Gap | null }
export type Gap = { from: number; to: number }
export type Layout = {
  /** All that is drawn, lines included; `frame` holds the lanes alone. */
  bounds: Box
  frame: Box
  lanes: LaneBox[]
  /** In the order of reading: lane, column, row. */
  cards: CardBox[]
  routes: Route[]
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

function boxOf(place: Place, lane: number, band: Band, guest: boolean): CardBox {
  return { ...place, lane, guest, x: columnLeft(place.col), y: rowTop(band, place.row), ...CARD }
}

function framed(lanes: readonly { id: string; folded: boolean }[], bands: readonly Band[], cards: CardBox[], routes: Route[]): Layout {
  const columns = cards.reduce<number>((most, card) => Math.max(most, card.col + 1), LANE.columns)
  const width = columnLeft(columns) - GUTTER.x + 2 * LANE.side
  const boxes = lanes.map((lane, at) => {
    const top = bands[at]?.top ?? 0
    return { ...lane, x: -LANE.side, y: top, width, height: bands[at]?.height ?? 0, gap: gapIn(top, routes) }
  })
  const last = bands.at(-1)
  const frame = { x: -LANE.side, y: 0, width, height: last ? last.top + last.height : 0 }
  return { bounds: widen(frame, routes), frame, lanes: boxes, cards, routes }
}

/** The first bundle of lines that pass the band of a title; further to the right nothing is written. */
function gapIn(top: number, routes: readonly Route[]): Gap | null {
  const crossing = routes.flatMap(({ falls }) => falls.filter((fall) => fall.top < top + LANE.head && fall.bottom > top).map(({ x }) => x))
  const inside = crossing.map((x) => x + LANE.side).filter((x) => x > 0 && x < LANE.title)
  if (inside.length === 0) return null
  const from = Math.min(...inside)
  return { from, to: Math.max(...inside.filter((x) => x < from + GUTTER.x)) }
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
