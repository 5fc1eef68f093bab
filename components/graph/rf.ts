// The one door to React Flow: a new major version is met here and nowhere else.
import {
  type Edge,
  type EdgeProps,
  getViewportForBounds,
  type Node,
  type NodeProps,
  type ReactFlowInstance,
  useOnViewportChange,
  useReactFlow,
  useStore,
  useStoreApi,
  type Viewport,
} from '@xyflow/react'
import { useLayoutEffect } from 'react'

export { Background, Handle, Position, ReactFlow, ReactFlowProvider } from '@xyflow/react'
export type { Viewport }
export { getViewportForBounds, useOnViewportChange, useReactFlow }

/** `gap` is told to the head of a lane that lines cross. */
export type FlowNode = Node<{ gap?: { from: number; to: number } | null }, 'card' | 'stub' | 'lane' | 'head'>
export type FlowEdge = Edge<{ d: string; tip: { x: number; y: number } }, 'dependency'>
export type FlowNodeProps = NodeProps<FlowNode>
export type FlowEdgeProps = EdgeProps<FlowEdge>
export type Flow = ReactFlowInstance<FlowNode, FlowEdge>

export type Detail = 'full' | 'compact' | 'far'

/** Derived and rounded on purpose: whatever subscribes to the zoom itself is drawn again in every frame of a gesture. */
export function useDetail(): Detail {
  return useStore((state) => (state.transform[2] >= 0.5 ? 'full' : state.transform[2] >= 0.28 ? 'compact' : 'far'))
}

/** React Flow would repeat, in the real container, the fit by which the server drew; the camera is ours from the first frame on. */
export function useNoSecondFit() {
  const store = useStoreApi()
  useLayoutEffect(() => store.setState({ fitViewQueued: false }), [store])
}

export function usePercent() {
  return useStore((state) => Math.round(state.transform[2] * 100))
}
