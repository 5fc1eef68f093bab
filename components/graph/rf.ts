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
  type Viewport,
} from '@xyflow/react'

export { Background, Handle, Position, ReactFlow, ReactFlowProvider } from '@xyflow/react'
export type { Viewport }
export { getViewportForBounds, useOnViewportChange, useReactFlow }

export type FlowNode = Node<Record<string, never>, 'card' | 'stub' | 'lane' | 'head'>
export type FlowEdge = Edge<{ d: string; tip: { x: number; y: number } }, 'dependency'>
export type FlowNodeProps = NodeProps<FlowNode>
export type FlowEdgeProps = EdgeProps<FlowEdge>
export type Flow = ReactFlowInstance<FlowNode, FlowEdge>

export type Detail = 'full' | 'compact' | 'far'

/** Derived and rounded on purpose: who subscribes to the zoom itself is drawn again in every frame of a gesture. */
export function useDetail(): Detail {
  return useStore((state) => (state.transform[2] >= 0.5 ? 'full' : state.transform[2] >= 0.28 ? 'compact' : 'far'))
}

export function usePercent() {
  return useStore((state) => Math.round(state.transform[2] * 100))
}
