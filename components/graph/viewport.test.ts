import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openingFit, openingViewport, revealing } from './viewport'

const size = { width: 1216, height: 760 }
const box = fc.record({
  x: fc.integer({ min: -80, max: 0 }),
  y: fc.constant(0),
  width: fc.integer({ min: 300, max: 9000 }),
  height: fc.integer({ min: 40, max: 9000 }),
})

describe('the opening view', () => {
  it('is the same corner, said as a fit', () => {
    fc.assert(
      fc.property(box, (bounds) => {
        const wanted = openingViewport(bounds, size)
        const { viewport } = openingFit({ ...bounds, x: bounds.x + 12, width: bounds.width - 20 }, bounds, size)
        expect(viewport.zoom).toBe(wanted.zoom)
        expect(Math.abs(viewport.x - wanted.x)).toBeLessThanOrEqual(1.5)
        expect(Math.abs(viewport.y - wanted.y)).toBeLessThanOrEqual(1.5)
      }),
    )
  })

  it('stays readable', () => {
    fc.assert(
      fc.property(box, (bounds) => {
        const { zoom } = openingViewport(bounds, size)
        expect(zoom >= 0.6 && zoom <= 1).toBe(true)
      }),
    )
  })
})

describe('revealing a card', () => {
  const viewport = { x: 0, y: 0, zoom: 1 }

  it('leaves the camera where the card is in view', () => {
    expect(revealing(viewport, { x: 100, y: 100, width: 220, height: 64 }, size)).toBeNull()
  })

  it('moves nothing for a card that is near an edge and yet all in view, in a low pane too', () => {
    expect(revealing(viewport, { x: 20, y: 20, width: 220, height: 64 }, size)).toBeNull()
    expect(revealing(viewport, { x: 20, y: 52, width: 220, height: 64 }, { width: 700, height: 190 })).toBeNull()
  })

  it('does not leave it under the tools', () => {
    expect(revealing(viewport, { x: 100, y: 660, width: 220, height: 64 }, size)?.y).toBeLessThan(0)
  })

  it('moves no further than it must', () => {
    expect(revealing(viewport, { x: 1200, y: 100, width: 220, height: 64 }, size)).toEqual({ x: -268, y: 0, zoom: 1 })
  })
})
