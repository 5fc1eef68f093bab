import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyStructure } from './arbitrary'
import { layout, type Structure } from './layout'
import { impliedEdges } from './reduce'
import type { Point, Route } from './route'

const pointsOf = (route: Route): Point[] => {
  const numbers = route.d.match(/-?[\d.]+/g)?.map(Number) ?? []
  return numbers.flatMap((x, at) => (at % 2 === 0 ? [{ x, y: numbers[at + 1] ?? 0 }] : []))
}

const segmentsOf = (route: Route) => {
  const points = pointsOf(route)
  return points.slice(1).flatMap((b, at) => {
    const a = points[at]
    return a ? [{ left: Math.min(a.x, b.x), right: Math.max(a.x, b.x), top: Math.min(a.y, b.y), bottom: Math.max(a.y, b.y) }] : []
  })
}

const lane = (id: string, ...cards: string[]) => ({ id, cards, folded: false })
const edge = (text: string) => ({ from: text.split('>')[0] ?? '', to: text.split('>')[1] ?? '' })

describe('an edge', () => {
  it('crosses no card', () => {
    let drawn = 0
    fc.assert(
      fc.property(anyStructure, (structure) => {
        const { cards, routes } = layout(structure)
        for (const route of routes) {
          for (const { left, right, top, bottom } of segmentsOf(route)) {
            const hit = cards.filter((c) => left < c.x + c.width && right > c.x && top < c.y + c.height && bottom > c.y)
            expect(hit).toEqual([])
            drawn++
          }
        }
      }),
    )
    expect(drawn).toBeGreaterThan(100)
  })

  it('starts at the right side of its source and points at the left side of its target', () => {
    let drawn = 0
    fc.assert(
      fc.property(anyStructure, (structure) => {
        const { cards, routes } = layout(structure)
        const byId = new Map(cards.map((card) => [card.id, card]))
        for (const route of routes) {
          const [a, b, start] = [byId.get(route.from), byId.get(route.to), pointsOf(route)[0]]
          expect(start).toEqual(a && { x: a.x + a.width, y: a.y + a.height / 2 })
          expect(b && route.tip.x < b.x && Math.abs(route.tip.y - b.y - b.height / 2) <= 10).toBe(true)
          drawn++
        }
      }),
    )
    expect(drawn).toBeGreaterThan(100)
  })

  it('is drawn for each dependency that no longer way implies', () => {
    fc.assert(
      fc.property(anyStructure, (structure) => {
        const { cards, routes } = layout(structure)
        const drawn = new Set(cards.map((card) => card.id))
        const edges = structure.edges.filter(({ from, to }) => drawn.has(from) && drawn.has(to))
        expect(routes.length + impliedEdges(edges).size).toBe(edges.length)
      }),
    )
  })

  it('runs straight between neighbours in a row', () => {
    const plan: Structure = { lanes: [lane('m', 'a', 'b')], guests: [], edges: [edge('a>b')] }
    expect(layout(plan).routes[0]?.d).toBe('M220 72L283 72')
  })

  it('does not lie on another that leaves at the height at which it arrives', () => {
    const plan: Structure = {
      lanes: [lane('m', 'a', 'b', 'c', 'd')],
      guests: [],
      edges: ['a>d', 'b>c'].map(edge),
    }
    const [down, up] = layout(plan).routes
    const flat = (route: Route | undefined) => (route ? segmentsOf(route).filter((s) => s.top === s.bottom && s.right > s.left) : [])
    const both = flat(down).flatMap((p) => flat(up).map((q) => [p, q] as const))
    expect(both).not.toEqual([])
    expect(both.filter(([p, q]) => p.top === q.top && p.left < q.right && q.left < p.right)).toEqual([])
  })
})

describe('what is implied', () => {
  it('is the edge that a chain already says', () => {
    expect([...impliedEdges(['a>b', 'b>c', 'c>d', 'a>c', 'a>d', 'b>e'].map(edge))]).toEqual(['a>c', 'a>d'])
  })

  it('is nothing on a cycle', () => {
    expect(impliedEdges(['a>b', 'b>a', 'a>c', 'b>c'].map(edge)).size).toBe(0)
  })

  it('is what a search of every way finds', () => {
    const plan = fc.uniqueArray(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 40, selector: ([a, b]) => `${a}>${b}` })
    fc.assert(
      fc.property(plan, (pairs) => {
        const edges = pairs.filter(([a, b]) => a < b).map(([a, b]) => ({ from: `n${a}`, to: `n${b}` }))
        const leads = (from: string, to: string): boolean =>
          edges.some((each) => each.from === from && (each.to === to || leads(each.to, to)))
        const longer = edges.filter(({ from, to }) => edges.some((first) => first.from === from && first.to !== to && leads(first.to, to)))
        expect([...impliedEdges(edges)].sort()).toEqual(longer.map(({ from, to }) => `${from}>${to}`).sort())
      }),
    )
  })
})
