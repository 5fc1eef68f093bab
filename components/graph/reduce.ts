import type { GraphEdge } from '@/lib/domain/schemas/graph'
import { groupBy } from './place'

export const edgeId = ({ from, to }: GraphEdge) => `${from}>${to}`

/**
 * The edges that a longer way through others already says. On a cycle, which the rules refuse, nothing is called implied. It goes from the last
 * checkpoints to the first, so that each walk follows only the edges that were kept, and few plans keep many.
 */
export function impliedEdges(edges: readonly GraphEdge[]): ReadonlySet<string> {
  const outOf = groupBy(edges, (edge) => edge.from)
  const depth = depths(edges, outOf)
  const depthOf = (id: string) => depth.get(id) ?? 0
  const kept = new Map<string, string[]>()
  const implied = new Set<string>()
  for (const from of [...depth.keys()].reverse()) {
    const targets = outOf.get(from)?.map((edge) => edge.to) ?? []
    const isOnWay = targets.every((to) => depth.has(to))
    targets.sort((a, b) => depthOf(a) - depthOf(b))
    const furthest = depthOf(targets.at(-1) ?? '')
    const reached = new Set<string>()
    const direct: string[] = []
    for (const to of targets) {
      if (reached.has(to) && isOnWay) implied.add(edgeId({ from, to }))
      else direct.push(to)
      // Depth grows along every edge: what lies deeper than the furthest target leads back to none of them.
      const waiting = reached.has(to) ? [] : [to]
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        reached.add(id)
        for (const next of kept.get(id) ?? []) if (!reached.has(next) && depthOf(next) <= furthest) waiting.push(next)
      }
    }
    kept.set(from, direct)
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
