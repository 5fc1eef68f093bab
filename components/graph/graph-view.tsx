'use client'
import '@xyflow/react/dist/base.css'
import './graph.css'
import { useLayoutEffect, useState, useSyncExternalStore } from 'react'
import type { Plan } from '@/lib/client/plan'
import { Canvas } from './canvas'
import { useDrawing } from './drawing'
import { ReactFlowProvider } from './rf'
import { createViewStore, ViewStoreProvider } from './view-store'
import { GUESS, openingFit } from './viewport'

export type GraphViewProps = {
  plan: Plan
  /** A checkpoint's id; the graph dims what has nothing to do with it. */
  selected: string | null
  onSelect: (checkpoint_id: string | null) => void
  /** The checkpoint whose completion was just refused. */
  refused?: string | null
}

/** The plan as a drawing. It fills its container, and all of it is in the HTML that the server sends. */
export function GraphView({ plan, selected, onSelect, refused = null }: GraphViewProps) {
  const [store] = useState(() => createViewStore({ plan, selected, refused }))
  useLayoutEffect(() => store.receive({ plan, selected, refused }), [store, plan, selected, refused])
  const folded = useSyncExternalStore(
    store.subscribe,
    () => store.get().folded,
    () => store.get().folded,
  )
  const drawing = useDrawing(plan.graph, folded)
  const [opening] = useState(() => openingFit(drawing.layout.frame, drawing.layout.bounds, GUESS))
  const { zoom } = opening.viewport
  // Of five ways to start, only this gives the same first frame on the server and in the browser: the provider fits, within
  // zooms that leave it no choice, and the flow itself is told the same viewport and does not fit.
  return (
    <ViewStoreProvider value={store}>
      <ReactFlowProvider
        initialNodes={drawing.nodes}
        initialEdges={drawing.edges}
        initialWidth={GUESS.width}
        initialHeight={GUESS.height}
        initialMinZoom={zoom}
        initialMaxZoom={zoom}
        fitView
        initialFitViewOptions={{ padding: opening.padding, minZoom: zoom, maxZoom: zoom }}
      >
        <Canvas drawing={drawing} opening={opening.viewport} selected={selected} onSelect={onSelect} title={plan.graph.project.title} />
      </ReactFlowProvider>
    </ViewStoreProvider>
  )
}
