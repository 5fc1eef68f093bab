import { type KeyboardEvent, type MouseEvent, type PointerEvent, useCallback, useEffect, useId, useRef } from 'react'
import { duration, sizeOf, useOpening, useReveal, useStickyHeads } from './camera'
import { CheckpointCard } from './checkpoint-card'
import { DepEdge } from './dep-edge'
import type { Drawing } from './drawing'
import { Lane, LaneHead } from './lane'
import { Background, type FlowEdge, type FlowNode, ReactFlow, useDetail, useReactFlow, type Viewport } from './rf'
import { StubCard } from './stub-card'
import { Tools } from './tools'
import { useViewStore } from './view-store'
import { fittingViewport, GUESS, ZOOM } from './viewport'
import { type Step, walk } from './walk'

const NODE_TYPES = { card: CheckpointCard, stub: StubCard, lane: Lane, head: LaneHead }
const EDGE_TYPES = { dependency: DepEdge }
/** Beyond this many cards only those in view are in the page. */
const CULLING = 150
const HOVER_MS = 150

type CanvasProps = {
  drawing: Drawing
  opening: Viewport
  selected: string | null
  onSelect: (checkpoint_id: string | null) => void
  title: string
}

export function Canvas({ drawing, opening, selected, onSelect, title }: CanvasProps) {
  const { layout, nodes, edges } = drawing
  const store = useViewStore()
  const flow = useReactFlow<FlowNode, FlowEdge>()
  const detail = useDetail()
  const root = useRef<HTMLDivElement>(null)
  const moved = useRef(false)
  const hint = useId()

  const reveal = useReveal(flow, root, drawing)
  useStickyHeads(root, flow, drawing)
  useOpening(root, flow, drawing, moved)
  useTabStop(drawing, selected)

  useEffect(() => {
    if (selected === null) return
    // The drawer that a selection opens takes its room in the same frame; what it covers is known in the next.
    const frame = requestAnimationFrame(() => reveal(selected))
    return () => cancelAnimationFrame(frame)
  }, [selected, reveal])

  function onClick(event: MouseEvent<HTMLDivElement>) {
    const fold = closest(event.target, '[data-fold]')?.dataset.fold
    if (fold) {
      const folded = new Set(store.get().folded)
      if (!folded.delete(fold)) folded.add(fold)
      store.change({ folded })
      return
    }
    const id = closest(event.target, '[data-open]')?.dataset.open
    if (!id || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    onSelect(id)
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.key === 'Escape') {
      if (selected !== null) onSelect(null)
      else if (store.get().states.size > 0) store.change({ states: new Set() })
      return
    }
    const stop = event.target instanceof HTMLElement ? event.target.dataset.stop : undefined
    if (!stop || event.altKey || event.shiftKey) return
    const open = closest(event.target, '[data-open]')?.dataset.open
    if (event.key === ' ' && open) {
      event.preventDefault()
      onSelect(open)
      return
    }
    const step = stepOf(event)
    if (!step) return
    event.preventDefault()
    const next = walk(layout, stop, step)
    if (!next) return
    store.change({ stop: next, hovered: next })
    reveal(next)
    focusWhenDrawn(root.current, next)
  }

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  function onPointerOver(event: PointerEvent<HTMLDivElement>) {
    clearTimeout(timer.current)
    const id = closest(event.target, '.graph-card') ? (closest(event.target, '.react-flow__node')?.dataset.id ?? null) : null
    if (id === store.get().hovered) return
    timer.current = setTimeout(() => store.change({ hovered: id }), HOVER_MS)
  }

  const fit = useCallback(() => {
    void flow.setViewport(fittingViewport(layout.bounds, sizeOf(root.current)), { duration: duration() })
  }, [flow, layout])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens for the links and buttons within, once for all of them
    <div
      ref={root}
      className="graph @container relative size-full min-h-0 overflow-hidden bg-bg"
      data-detail={detail}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onPointerOver={onPointerOver}
      onPointerLeave={() => {
        clearTimeout(timer.current)
        store.change({ hovered: null })
      }}
      onFocus={({ target }) => {
        const { stop } = target.dataset
        if (stop && stop !== store.get().stop && store.get().stop !== null) store.change({ stop })
      }}
    >
      <p id={hint} className="sr-only">
        Arrow keys follow dependencies, Enter opens a checkpoint, Escape steps back. The list shows the same in rows.
      </p>
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        width={GUESS.width}
        height={GUESS.height}
        defaultViewport={opening}
        minZoom={ZOOM.least}
        maxZoom={ZOOM.most}
        onlyRenderVisibleElements={layout.cards.length > CULLING}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        edgesReconnectable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        panOnScroll
        zoomOnDoubleClick={false}
        onMoveStart={(event) => {
          if (event) moved.current = true
        }}
        onPaneClick={() => onSelect(null)}
        aria-label={`Dependency graph of ${title}`}
        aria-describedby={hint}
      >
        <Background gap={22} size={1.5} color="var(--line-strong)" />
      </ReactFlow>
      <Tools flow={flow} onFit={fit} />
    </div>
  )
}

const closest = (target: EventTarget, selector: string) => (target instanceof Element ? target.closest<HTMLElement>(selector) : null)

const STEPS: Record<string, Step> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' }

function stepOf({ key, ctrlKey, metaKey }: KeyboardEvent): Step | null {
  if (!ctrlKey && !metaKey) return STEPS[key] ?? null
  if (key === 'ArrowUp') return 'lane-up'
  return key === 'ArrowDown' ? 'lane-down' : null
}

/** A card that was out of view is drawn only some frames after the camera came. */
function focusWhenDrawn(root: HTMLElement | null, stop: string, tries = 20) {
  const element = root?.querySelector<HTMLElement>(`[data-stop="${CSS.escape(stop)}"]`)
  if (element) element.focus({ preventScroll: true })
  else if (tries > 0) requestAnimationFrame(() => focusWhenDrawn(root, stop, tries - 1))
}

/** Tab reaches one place in the graph: the selected card, else where one was last. Without JavaScript it reaches all. */
function useTabStop({ layout, boxes }: Drawing, selected: string | null) {
  const store = useViewStore()
  useEffect(() => {
    const { stop } = store.get()
    const wanted = selected !== null && boxes.has(selected) ? selected : stop
    const next = wanted !== null && boxes.has(wanted) ? wanted : (layout.cards[0]?.id ?? null)
    if (next !== stop) store.change({ stop: next })
  }, [store, layout, boxes, selected])
}
