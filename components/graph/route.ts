import type { GraphEdge } from '@/lib/domain/schemas/graph'
import { type Band, CARD, type Cell, columnLeft, GUTTER } from './grid'
import { edgeId } from './reduce'
import { assignTracks, type Net } from './tracks'
import { planTrips, source, type Trip, target } from './trips'

export type Point = { x: number; y: number }
/** A stretch of a line that runs up or down, from `top` to `bottom`. */
export type Fall = { x: number; top: number; bottom: number }
/** `d` ends where the arrowhead begins, whose point is `tip`; `left` and `right` are how far the line reaches. */
export type Route = GraphEdge & { id: string; d: string; tip: Point; left: number; right: number; falls: Fall[] }

export const ARROW = 8
const RADIUS = 8
const PORT = 10
/** Lines keep to the left of a gutter's middle: the arrowhead needs the right. */
const LEAN = -3
const USABLE = 42

/**
 * Edges leave a card's right side, turn in the gutters between columns, travel far in the gutters between rows and lanes,
 * and enter on the left. Only gutters and empty cells are used, so no line can cross a card.
 */
export function routeEdges(edges: readonly GraphEdge[], cards: readonly Cell[], bands: readonly Band[]): Route[] {
  const trips = planTrips(edges, cards, bands)
  const columns = columnNets(trips)
  const xs = offsets(columns, USABLE)
  const xOf = (gutter: number, net: string) => columnLeft(gutter) - GUTTER.x / 2 + LEAN + (xs.get(gutter)?.get(net) ?? 0)
  const ys = channelOffsets(trips, xOf)
  const leaving = leavingAt(columns)
  return trips.map((trip) => draw(trip, leaving, xOf, ys))
}

type Nets<Key> = Map<Key, Map<string, Net>>

function join<Key>(nets: Nets<Key>, where: Key, key: string, ends: readonly (readonly [number, 'low' | 'high'])[]) {
  const here = nets.get(where) ?? new Map<string, Net>()
  nets.set(where, here)
  const net = here.get(key) ?? { key, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, low: new Set(), high: new Set() }
  here.set(key, net)
  for (const [at, side] of ends) {
    net.min = Math.min(net.min, at)
    net.max = Math.max(net.max, at)
    net[side].add(at)
  }
}

function offsets<Key>(nets: Nets<Key>, usable: number): Map<Key, Map<string, number>> {
  return new Map([...nets].map(([where, here]) => [where, assignTracks([...here.values()], usable)]))
}

/** Lines of one source share a track where they leave, lines of one target where they arrive after a long way. */
function columnNets(trips: readonly Trip[]): Nets<number> {
  const nets: Nets<number> = new Map()
  for (const trip of trips) {
    const { way, ya, yb } = trip
    if (way.kind === 'one') {
      join(nets, way.gutter, source(trip), [
        [ya, 'low'],
        [yb, 'high'],
      ])
    }
    if (way.kind === 'two') {
      const onward = way.enter > way.leave
      const { middle } = way.channel
      join(nets, way.leave, source(trip), [
        [ya, 'low'],
        [middle, onward ? 'high' : 'low'],
      ])
      join(nets, way.enter, target(trip), [
        [middle, onward ? 'low' : 'high'],
        [yb, 'high'],
      ])
    }
  }
  return nets
}

type XOf = (gutter: number, net: string) => number

function channelOffsets(trips: readonly Trip[], xOf: XOf): Map<string, Map<string, number>> {
  const nets: Nets<string> = new Map()
  const usable = new Map<string, number>()
  for (const trip of trips) {
    const { way, ya, yb } = trip
    if (way.kind !== 'two') continue
    usable.set(way.channel.key, way.channel.usable)
    join(nets, way.channel.key, source(trip), [
      [xOf(way.leave, source(trip)), ya < way.channel.middle ? 'low' : 'high'],
      [xOf(way.enter, target(trip)), yb < way.channel.middle ? 'low' : 'high'],
    ])
  }
  return new Map([...nets].map(([key, here]) => [key, assignTracks([...here.values()], usable.get(key) ?? 0)]))
}

function draw(trip: Trip, leaving: Leaving, xOf: XOf, channels: Map<string, Map<string, number>>): Route {
  const { edge, a, b, ya, way } = trip
  const start = { x: columnLeft(a.col) + CARD.width, y: ya }
  const end = { x: columnLeft(b.col) - 1, y: trip.yb }
  const points = [start]
  if (way.kind === 'one') {
    const x = xOf(way.gutter, source(trip))
    end.y += port(trip, leaving, way.gutter, source(trip), ya, xOf)
    points.push({ x, y: ya }, { x, y: end.y })
  }
  if (way.kind === 'two') {
    const y = way.channel.middle + (channels.get(way.channel.key)?.get(source(trip)) ?? 0)
    const [leave, enter] = [xOf(way.leave, source(trip)), xOf(way.enter, target(trip))]
    end.y += port(trip, leaving, way.enter, target(trip), y, xOf)
    points.push({ x: leave, y: ya }, { x: leave, y }, { x: enter, y }, { x: enter, y: end.y })
  }
  points.push({ x: end.x - ARROW, y: end.y })
  const xs = points.map((point) => point.x)
  return { ...edge, id: edgeId(edge), d: rounded(points), tip: end, left: Math.min(...xs), right: Math.max(...xs), falls: fallsOf(points) }
}

function fallsOf(points: readonly Point[]): Fall[] {
  return points.flatMap((point, at) => {
    const next = points[at + 1]
    if (!next || next.x !== point.x || next.y === point.y) return []
    return { x: point.x, top: Math.min(point.y, next.y), bottom: Math.max(point.y, next.y) }
  })
}

/** Which lines come out of a card into a gutter, by the gutter and the height. */
type Leaving = ReadonlyMap<string, readonly string[]>

function leavingAt(columns: Nets<number>): Leaving {
  const leaving = new Map<string, string[]>()
  for (const [gutter, nets] of columns) {
    for (const net of nets.values()) {
      for (const y of net.low) leaving.set(`${gutter}:${y}`, [...(leaving.get(`${gutter}:${y}`) ?? []), net.key])
    }
  }
  return leaving
}

/** Where another line, on its way out, lies at the height at which this one comes in, this one takes a port beside the middle. */
function port({ yb }: Trip, leaving: Leaving, gutter: number, own: string, from: number, xOf: XOf) {
  const x = xOf(gutter, own)
  const clash = leaving.get(`${gutter}:${yb}`)?.some((net) => net !== own && xOf(gutter, net) >= x)
  if (!clash) return 0
  return from < yb ? -PORT : PORT
}

function rounded(points: readonly Point[]): string {
  let d = ''
  points.forEach((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]]
    if (!before || !after) {
      d += `${d === '' ? 'M' : 'L'}${point.x} ${point.y}`
      return
    }
    const radius = Math.min(RADIUS, distance(before, point) / 2, distance(point, after) / 2)
    const [into, out] = [toward(point, before, radius), toward(point, after, radius)]
    d += `L${into.x} ${into.y}Q${point.x} ${point.y} ${out.x} ${out.y}`
  })
  return d
}

const distance = (a: Point, b: Point) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y)

function toward(from: Point, to: Point, by: number): Point {
  const length = distance(from, to)
  if (length === 0) return from
  return { x: round(from.x + ((to.x - from.x) / length) * by), y: round(from.y + ((to.y - from.y) / length) * by) }
}

const round = (value: number) => Math.round(value * 100) / 100
