import type { GraphEdge } from '@/lib/domain/schemas/graph'
import { groupBy } from './place'

export const edgeId = ({ from, to }: GraphEdge) => `${from}>${to}`

/** The edges that a longer way through others already says. On a cycle, which the rules refuse, nothing is called implied. */
export function impliedEdges(edges: readonly GraphEdge[]): ReadonlySet<string> {
  const outOf = groupBy(edges, (edge) => edge.from)
  const depth = depths(edges, outOf)
  const implied = new Set<string>()
  for (const direct of outOf.values()) {
    const furthest = Math.max(...direct.map((edge) => depth.get(edge.to) ?? Number.NaN))
    if (direct.length < 2 || Number.isNaN(furthest)) continue
    // Depth grows along every edge: what lies deeper than the furthest of these leads back to none of them.
    const within = (from: string) => outOf.get(from)?.flatMap(({ to }) => ((depth.get(to) ?? 0) <= furthest ? to : [])) ?? []
    const beyond = reachable(
      direct.flatMap((edge) => within(edge.to)),
      within,
    )
    for (const edge of direct) if (beyond.has(edge.to)) implied.add(edgeId(edge))
  }
  return implied
}

/** How many steps lie behind each checkpoint at most; those on a cycle or behind one have none. */
function depths(edges: readonly GraphEdge[], outOf: ReadonlyMap<string, readonly GraphEdge[]>): Map<string, number> {
  const awaited = new Map<string, number>()
  for (const { to } of edges) awaited.set(to, (awaited.get(to) ?? 0) + 1)
  const found = new Map<string, number>()
  let depth = 0
  for (let level = [...outOf.keys()].filter((id) => !awaited.has(id)); level.length > 0; depth += 1) {
    const next: string[] = []
    for (const id of level) {
      found.set(id, depth)
      for (const { to } of outOf.get(id) ?? []) {
        const left = (awaited.get(to) ?? 0) - 1
        awaited.set(to, left)
        if (left === 0) next.push(to)
      }
    }
    level = next
  }
  return found
}

/** The starting points and all that can be reached from them. */
export function reachable(from: Iterable<string>, next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set<string>(from)
  for (const id of seen) for (const other of next(id)) seen.add(other)
  return seen
}
