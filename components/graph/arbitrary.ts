import fc from 'fast-check'
import type { GraphEdge } from '@/lib/domain/schemas/graph'
import type { Structure } from './layout'

const id = (lane: number, at: number) => `${lane}.${at}`

/** Plans as the rules allow them: inside a milestone dependencies point backwards; between milestones they may point anywhere. */
export const anyStructure: fc.Arbitrary<Structure> = fc
  .record({
    sizes: fc.array(fc.nat(12), { minLength: 1, maxLength: 5 }),
    guests: fc.nat(5),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 }),
    folded: fc.nat(15),
  })
  .map(({ sizes, guests, picks, folded }) => {
    const lanes = sizes.map((size, lane) => ({
      id: `lane${lane}`,
      cards: Array.from({ length: size }, (_, at) => id(lane, at)),
      folded: ((folded >> lane) & 1) === 1 && lane % 2 === 1,
    }))
    // One order for all, so that no pick can close a cycle.
    const all = [...Array.from({ length: guests }, (_, at) => `guest${at}`), ...lanes.flatMap((lane) => lane.cards)]
    return { lanes, guests: all.slice(0, guests), edges: unique(picks.flatMap(([p, q]) => between(all, p, q))) }
  })

function between(all: readonly string[], p: number, q: number): GraphEdge[] {
  const [a, b] = [p % Math.max(1, all.length), q % Math.max(1, all.length)]
  const [from, to] = [all[Math.min(a, b)], all[Math.max(a, b)]]
  return from && to && from !== to ? [{ from, to }] : []
}

const unique = (edges: readonly GraphEdge[]) => [...new Map(edges.map((edge) => [`${edge.from}>${edge.to}`, edge])).values()]
