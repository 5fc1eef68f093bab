import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GraphEdge } from '@/lib/domain/schemas/graph'
import { anyStructure } from './arbitrary'
import { type Box, layout, type Structure } from './layout'

const overlaps = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
const pairs = <Item>(items: readonly Item[]) => items.flatMap((a, at) => items.slice(at + 1).map((b) => [a, b] as const))
const one = (cards: string[], edges: GraphEdge[]): Structure => ({ lanes: [{ id: 'm', cards, folded: false }], guests: [], edges })
const cellsOf = (structure: Structure) => new Map(layout(structure).cards.map(({ id, col, row }) => [id, [col, row]]))

describe('the layout', () => {
  it('draws a diamond with a tail as one line with a branch', () => {
    const edges = ['1>2', '1>3', '2>4', '3>4', '4>5'].map((edge) => ({ from: edge.slice(0, 1), to: edge.slice(2) }))
    expect([...cellsOf(one(['1', '2', '3', '4', '5'], edges))]).toEqual([
      ['1', [0, 0]],
      ['2', [1, 0]],
      ['3', [1, 1]],
      ['4', [2, 0]],
      ['5', [3, 0]],
    ])
  })

  it('puts a checkpoint of elsewhere just before the card that waits for it', () => {
    const plan = {
      ...one(
        ['a', 'b', 'c'],
        [
          { from: 'a', to: 'b' },
          { from: 'b', to: 'c' },
          { from: 'out', to: 'c' },
        ],
      ),
      guests: ['out'],
    }
    expect(cellsOf(plan).get('out')).toEqual([1, 1])
    const first = {
      ...one(
        ['a'],
        [
          { from: 'out', to: 'a' },
          { from: 'a', to: 'next' },
        ],
      ),
      guests: ['out', 'next'],
    }
    expect([...cellsOf(first)]).toEqual([
      ['out', [0, 0]],
      ['a', [1, 0]],
      ['next', [2, 0]],
    ])
  })

  it('keeps a remembered row where its cell is free', () => {
    const plan = one(['a', 'b'], [])
    const cards = layout(plan, new Map([['b', 3]])).cards
    expect(cards.map(({ id, row }) => [id, row])).toEqual([
      ['a', 0],
      ['b', 3],
    ])
  })

  it('lets no two cards overlap and keeps each inside its lane', () => {
    fc.assert(
      fc.property(anyStructure, (structure) => {
        const { cards, lanes, bounds } = layout(structure)
        expect(pairs(cards).filter(([a, b]) => overlaps(a, b))).toEqual([])
        expect(pairs(lanes).filter(([a, b]) => overlaps(a, b))).toEqual([])
        for (const card of cards) {
          const lane = lanes[card.lane]
          expect(lane && card.y > lane.y && card.y + card.height < lane.y + lane.height && card.x + card.width < lane.x + lane.width).toBe(
            true,
          )
          expect(card.x >= bounds.x).toBe(true)
        }
      }),
    )
  })

  it('draws every dependency inside a milestone to the right', () => {
    let inside = 0
    fc.assert(
      fc.property(anyStructure, (structure) => {
        const cards = new Map(layout(structure).cards.map((card) => [card.id, card]))
        const columns = structure.edges.flatMap(({ from, to }) => {
          const [a, b] = [cards.get(from), cards.get(to)]
          return a && b && a.lane === b.lane && !a.guest && !b.guest ? [[a.col, b.col] as const] : []
        })
        inside += columns.length
        expect(columns.filter(([a, b]) => a >= b)).toEqual([])
      }),
    )
    expect(inside).toBeGreaterThan(20)
  })

  it('gives equal drawings for equal plans', () => {
    fc.assert(
      fc.property(anyStructure, (structure) => {
        expect(layout(structuredClone(structure))).toEqual(layout(structure))
      }),
    )
  })

  it('moves a tenth of the other cards at most when one card or one edge is added', () => {
    const shares = fc.sample(fc.tuple(anyStructure, fc.nat(), fc.nat(), fc.boolean()), { numRuns: 300, seed: 20261122 }).flatMap(moved)
    expect(shares.length).toBeGreaterThan(100)
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeLessThanOrEqual(0.1)
  })
})

function moved([before, p, q, addsCard]: [Structure, number, number, boolean]): number[] {
  const all = before.lanes.flatMap((lane) => lane.cards)
  const [from, to] = [all[Math.min(p % all.length, q % all.length)], all[Math.max(p % all.length, q % all.length)]]
  if (all.length < 4 || !from || !to || from === to) return []
  const after: Structure = addsCard
    ? {
        ...before,
        lanes: before.lanes.map((lane) => (lane.cards.includes(from) ? { ...lane, cards: [...lane.cards, 'new'] } : lane)),
        edges: [...before.edges, { from, to: 'new' }],
      }
    : { ...before, edges: [...before.edges, { from, to }] }
  const [old, now] = [cellsOf(before), cellsOf(after)]
  const others = [...old].filter(([id]) => id !== to && id !== 'new')
  if (others.length === 0) return []
  return [others.filter(([id, cell]) => String(now.get(id)) !== String(cell)).length / others.length]
}
