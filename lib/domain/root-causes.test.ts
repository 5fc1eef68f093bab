import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRootCauses } from './root-causes'

const edges = (sketch: Record<string, string[]>) => new Map(Object.entries(sketch))

describe('root causes', () => {
  it('are those at which the edges end, nearest first, with the shortest way to each', () => {
    const { roots, pathTo } = findRootCauses('a', edges({ a: ['b', 'c'], b: ['d'], c: ['e', 'd'], d: ['e', 'f'], x: ['a'] }))
    expect(roots).toEqual([
      { id: 'e', distance: 2 },
      { id: 'f', distance: 3 },
    ])
    expect(pathTo('e')).toEqual(['a', 'c', 'e'])
    expect(pathTo('f')).toEqual(['a', 'b', 'd', 'f'])
  })

  it('do not exist for what waits for nothing', () => {
    expect(findRootCauses('a', edges({ b: ['a'] })).roots).toEqual([])
  })

  /** A graph without loops: each id depends only on ones before it. */
  const graph = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 14 }).map((rows) => {
    const made = rows.map((on, at): [string, string[]] => [`n${at}`, at === 0 ? [] : [...new Set(on.map((by) => `n${by % at}`))]])
    return { from: `n${rows.length - 1}`, edges: new Map(made) }
  })

  /** All ways from an id to where the edges end. */
  const ways = (id: string, of: ReadonlyMap<string, string[]>): string[][] => {
    const on = of.get(id) ?? []
    return on.length === 0 ? [[id]] : on.flatMap((target) => ways(target, of).map((way) => [id, ...way]))
  }

  it('have the shortest of all ways, in any graph, whatever the order of its edges', () => {
    fc.assert(
      fc.property(graph, ({ from, edges: of }) => {
        const all = ways(from, of).filter((way) => way.length > 1)
        const shortest = new Map<string, number>()
        for (const way of all) {
          const root = way.at(-1) ?? ''
          shortest.set(root, Math.min(shortest.get(root) ?? Number.POSITIVE_INFINITY, way.length - 1))
        }
        const { roots, pathTo } = findRootCauses(from, of)
        expect(new Map(roots.map(({ id, distance }) => [id, distance]))).toEqual(shortest)
        expect(roots.map(({ distance }) => distance)).toEqual(roots.map(({ distance }) => distance).sort((a, b) => a - b))
        const backwards = findRootCauses(from, new Map([...of].reverse().map(([id, on]) => [id, [...on].reverse()])))
        for (const { id, distance } of roots) {
          expect(all).toContainEqual(pathTo(id))
          expect(pathTo(id)).toHaveLength(distance + 1)
          expect(backwards.pathTo(id)).toEqual(pathTo(id))
        }
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
