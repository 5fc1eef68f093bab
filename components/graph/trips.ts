import type { GraphEdge } from '@/lib/domain/schemas/graph'
import { type Band, CARD, type Cell, GUTTER, LANE, rowMiddle, rowTop } from './grid'

/** The part of a gutter that lines may use, so that none touches a card or a lane's border. */
const USABLE = { row: 12, foot: 6, gap: 18 } as const

export type Channel = { key: string; middle: number; usable: number }
export type Way = { kind: 'straight' } | { kind: 'one'; gutter: number } | { kind: 'two'; leave: number; channel: Channel; enter: number }
export type Trip = { edge: GraphEdge; a: Cell; b: Cell; ya: number; yb: number; way: Way }

/** The net that an edge belongs to where it leaves, and where it arrives. */
export const source = (trip: Trip) => `f:${trip.edge.from}`
export const target = (trip: Trip) => `t:${trip.edge.to}`

/** Which way each edge takes: straight, one turn, or two with a long stretch between rows or lanes. */
export function planTrips(edges: readonly GraphEdge[], cards: readonly Cell[], bands: readonly Band[]): Trip[] {
  const cells = new Map(cards.map((card) => [card.id, card]))
  const rows = new Rows(cards)
  const trips = edges.flatMap((edge): Trip[] => {
    const [a, b] = [cells.get(edge.from), cells.get(edge.to)]
    const [bandA, bandB] = [bands[a?.lane ?? -1], bands[b?.lane ?? -1]]
    if (!a || !b || !bandA || !bandB) return []
    return [{ edge, a, b, ya: rowMiddle(bandA, a.row), yb: rowMiddle(bandB, b.row), way: { kind: 'straight' } }]
  })
  // Short edges choose first: a straight line between neighbours is worth more than one across the lane.
  const short = trips.toSorted((p, q) => span(p) - span(q))
  for (const trip of short) trip.way = wayOf(trip, rows, bands)
  return trips
}

const span = ({ a, b }: Trip) => Math.abs(b.col - a.col) + Math.abs(b.row - a.row) + 100 * Math.abs(b.lane - a.lane)

function wayOf(trip: Trip, rows: Rows, bands: readonly Band[]): Way {
  const { a, b } = trip
  const nets = [source(trip), target(trip)]
  const sameRow = a.lane === b.lane && a.row === b.row
  if (sameRow && a.col < b.col && rows.claim(a, a.col + 1, b.col - 1, nets)) return { kind: 'straight' }
  for (let gutter = b.col; gutter > a.col && !sameRow; gutter -= 1) {
    if (!rows.isFree(a, a.col + 1, gutter - 1, [source(trip)]) || !rows.isFree(b, gutter, b.col - 1, [target(trip)])) continue
    rows.claim(a, a.col + 1, gutter - 1, [source(trip)])
    rows.claim(b, gutter, b.col - 1, [target(trip)])
    return { kind: 'one', gutter }
  }
  return { kind: 'two', leave: a.col + 1, channel: channelOf(a, b, bands), enter: b.col }
}

/** The empty cells of each row, and which lines run through them. */
class Rows {
  private readonly taken: Set<string>
  private readonly runs = new Map<string, Set<string>>()

  constructor(cards: readonly Cell[]) {
    this.taken = new Set(cards.map((card) => cellOf(card, card.col)))
  }

  isFree(row: Cell, from: number, to: number, nets: readonly string[]) {
    for (let col = from; col <= to; col += 1) {
      const cell = cellOf(row, col)
      const run = this.runs.get(cell)
      if (this.taken.has(cell) || (run && !nets.some((net) => run.has(net)))) return false
    }
    return true
  }

  claim(row: Cell, from: number, to: number, nets: readonly string[]) {
    if (!this.isFree(row, from, to, nets)) return false
    for (let col = from; col <= to; col += 1) this.runs.set(cellOf(row, col), new Set(nets))
    return true
  }
}

const cellOf = ({ lane, row }: Cell, col: number) => `${lane}:${row}:${col}`

function channelOf(a: Cell, b: Cell, bands: readonly Band[]): Channel {
  if (a.lane === b.lane) return rowChannel(a.lane, b.row < a.row ? a.row - 1 : a.row, bands[a.lane])
  const down = b.lane > a.lane
  // The long vertical part belongs on the right, away from the titles of the lanes that it passes.
  const nearSource = b.col > a.col
  const above = down ? (nearSource ? a.lane : b.lane - 1) : nearSource ? a.lane - 1 : b.lane
  const band = bands[above]
  return { key: `gap:${above}`, middle: band ? band.top + band.height + LANE.gap / 2 : 0, usable: USABLE.gap }
}

function rowChannel(lane: number, row: number, band: Band | undefined): Channel {
  if (!band) return { key: '', middle: 0, usable: 0 }
  const depth = row === band.rows - 1 ? LANE.foot : GUTTER.y
  return {
    key: `${lane}:${row}`,
    middle: rowTop(band, row) + CARD.height + depth / 2,
    usable: row === band.rows - 1 ? USABLE.foot : USABLE.row,
  }
}
