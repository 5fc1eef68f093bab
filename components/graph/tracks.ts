/**
 * A line in a gutter, seen along it: from `min` to `max`, joined at `low` by what comes from its lower side (left, or above)
 * and at `high` by what leaves to its upper side (right, or below).
 */
export type Net = { key: string; min: number; max: number; low: Set<number>; high: Set<number> }

/** Nearer than this, ends of two lines on one track would look joined. */
const CLEARANCE = 18

/** How far from the gutter's middle each line runs: side by side where they pass each other, ordered so that few cross. */
export function assignTracks(nets: readonly Net[], usable: number): Map<string, number> {
  const offsets = new Map<string, number>()
  for (const cluster of clusters(nets)) {
    const tracks = packed(ordered(cluster))
    const last = Math.max(...tracks.values())
    const step = last === 0 ? 0 : Math.min(6, usable / last)
    for (const [key, track] of tracks) offsets.set(key, (track - last / 2) * step)
  }
  return offsets
}

/** Lines of two clusters never meet, so each cluster is centred by itself. */
function clusters(nets: readonly Net[]): Net[][] {
  const found: Net[][] = []
  let reach = Number.NEGATIVE_INFINITY
  for (const net of nets.toSorted((a, b) => a.min - b.min || a.max - b.max)) {
    if (net.min > reach + CLEARANCE) found.push([])
    found.at(-1)?.push(net)
    reach = Math.max(reach, net.max)
  }
  return found
}

function ordered(nets: readonly Net[]): Net[] {
  const order: Net[] = []
  for (const net of nets) {
    let best = { at: 0, cost: Number.POSITIVE_INFINITY }
    for (let at = 0; at <= order.length; at += 1) {
      const cost = order.reduce((sum, other, index) => sum + (index < at ? crossings(other, net) : crossings(net, other)), 0)
      if (cost < best.cost) best = { at, cost }
    }
    order.splice(best.at, 0, net)
  }
  return order
}

/** What it costs to run `a` on the lower side of `b`: a crossing 1, and much more when two lines would lie on each other. */
function crossings(a: Net, b: Net) {
  let cost = 0
  for (const at of b.low) {
    if (at > a.min && at < a.max) cost += 1
    if (a.high.has(at)) cost += 100
  }
  for (const at of a.high) if (at > b.min && at < b.max) cost += 1
  return cost
}

function packed(order: readonly Net[]): Map<string, number> {
  const tracks = new Map<string, number>()
  order.forEach((net, index) => {
    const beside = order.slice(0, index).filter((other) => other.min <= net.max + CLEARANCE && net.min <= other.max + CLEARANCE)
    tracks.set(net.key, Math.max(-1, ...beside.map((other) => tracks.get(other.key) ?? -1)) + 1)
  })
  return tracks
}
