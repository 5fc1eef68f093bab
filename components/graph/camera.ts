import { type RefObject, useCallback, useEffect, useRef } from 'react'
import type { Drawing } from './drawing'
import { type Flow, useNoSecondFit, useOnViewportChange, type Viewport } from './rf'
import { GUESS, isFarFromGuess, openingViewport, revealing, type Size } from './viewport'

type Root = RefObject<HTMLDivElement | null>

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** How long the camera travels, in milliseconds: not at all for those who asked for calm. */
export const duration = () => (calm() ? 0 : 200)

export function sizeOf(element: HTMLElement | null): Size {
  return element ? { width: element.clientWidth, height: element.clientHeight } : GUESS
}

/** Where the drawing is hidden, such as on a phone, its camera has nothing to be moved by. */
const isHidden = ({ width, height }: Size) => width === 0 || height === 0

/** Once, after the first frame, and only where the server guessed the container badly: later the camera is the reader's. */
export function useOpening(root: Root, flow: Flow, { layout }: Drawing, moved: RefObject<boolean>) {
  useNoSecondFit()
  const done = useRef(false)
  useEffect(() => {
    const size = sizeOf(root.current)
    if (done.current || isHidden(size)) return
    done.current = true
    if (!isFarFromGuess(size) || moved.current) return
    const better = openingViewport(layout.bounds, size)
    const drawn = flow.getViewport()
    // The server's was said as a fit, in whole pixels: what differs by their rounding only is the same.
    const same = better.zoom === drawn.zoom && Math.abs(better.x - drawn.x) < 2 && Math.abs(better.y - drawn.y) < 2
    if (!same) void flow.setViewport(better)
  }, [root, flow, layout, moved])
}

/** Brings a card into view by the shortest way; one that is in view stays where it is. */
export function useReveal(flow: Flow, root: Root, { boxes }: Drawing) {
  return useCallback(
    (id: string) => {
      const box = boxes.get(id)
      const size = sizeOf(root.current)
      const next = box && !isHidden(size) && revealing(flow.getViewport(), box, size)
      // Straight: the default flight zooms out and in again on its way.
      if (next) void flow.setViewport(next, { duration: duration(), interpolate: 'linear' })
    },
    [flow, root, boxes],
  )
}

/** Titles stay at the left edge while their lanes pass; written to the page directly, for it happens in every frame. */
export function useStickyHeads(root: Root, flow: Flow, { layout }: Drawing) {
  const place = useCallback(
    ({ x, zoom }: Viewport) => {
      for (const head of root.current?.querySelectorAll<HTMLElement>('[data-lane-head]') ?? []) {
        const room = Number(head.dataset.laneHead) - 320
        const by = Math.min(room, Math.max(0, -x / zoom - layout.frame.x))
        head.style.transform = by > 0 ? `translateX(${by}px)` : ''
      }
    },
    [root, layout],
  )
  useOnViewportChange({ onChange: place })
  useEffect(() => place(flow.getViewport()), [place, flow])
}
