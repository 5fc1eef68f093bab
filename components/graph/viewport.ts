import type { Box } from './layout'
import { GUESS, MARGIN, openingZoom } from './opening'
import { getViewportForBounds, type Viewport } from './rf'

export { GUESS }

export type Size = { width: number; height: number }

export const ZOOM = { least: 0.05, most: 1.5 } as const
const FAR = '-100000px'

/** The corner from which a drawing is read: all of it if its width fits, else its beginning. */
export function openingViewport(bounds: Box, size: Size): Viewport {
  const zoom = openingZoom(bounds.width, size.width)
  return { x: MARGIN - bounds.x * zoom, y: MARGIN - bounds.y * zoom, zoom }
}

export type Opening = { viewport: Viewport; padding: Padding }
type Pixels = `${number}px`
type Padding = { left: Pixels; right: Pixels; top: Pixels; bottom: Pixels }

/**
 * The same corner said as a fit with paddings, because a fit is the only viewport that React Flow draws on the server.
 * `frame` is what it fits: the nodes, without the lines that run outside them.
 */
export function openingFit(frame: Box, bounds: Box, size: Size): Opening {
  const { x, y, zoom } = openingViewport(bounds, size)
  const [left, right] = pull(x + frame.x * zoom, frame.width * zoom, size.width)
  const [top, bottom] = pull(y + frame.y * zoom, frame.height * zoom, size.height)
  const padding = { left, right, top, bottom }
  return { padding, viewport: getViewportForBounds(frame, size.width, size.height, zoom, zoom, padding) }
}

/** The paddings that move a centred stretch to start at `wish`. */
function pull(wish: number, length: number, room: number): [Pixels, Pixels] {
  const centred = (room - length) / 2
  return wish < centred ? [FAR, `${Math.round(room - length - wish)}px`] : [`${Math.round(wish)}px`, FAR]
}

/** The nearest viewport that shows the box with some room around it; null where it is in view already. */
export function revealing({ x, y, zoom }: Viewport, box: Box, size: Size): Viewport | null {
  const dx = shift(box.x * zoom + x, box.width * zoom, size.width)
  const dy = shift(box.y * zoom + y, box.height * zoom, size.height - TOOLS)
  return dx === 0 && dy === 0 ? null : { x: x + dx, y: y + dy, zoom }
}

/** The height at the lower edge that zoom and legend cover. */
const TOOLS = 44
/** Nearer to an edge than this, a card is not well seen: what need not move stays. */
const NEAR = 12

function shift(start: number, length: number, room: number) {
  if (start >= NEAR && start + length <= room - NEAR) return 0
  const margin = Math.min(64, Math.max(0, (room - length) / 2))
  if (start < margin) return margin - start
  return Math.min(0, room - margin - length - start)
}

/** All of it, however small. */
export function fittingViewport(bounds: Box, size: Size): Viewport {
  return getViewportForBounds(bounds, size.width, size.height, ZOOM.least, 1, { x: '24px', top: '24px', bottom: '64px' })
}

/** A container of nearly the size that the server guessed keeps what the server drew. */
export function isFarFromGuess({ width, height }: Size) {
  return Math.abs(width - GUESS.width) > 0.15 * GUESS.width || Math.abs(height - GUESS.height) > 0.15 * GUESS.height
}
