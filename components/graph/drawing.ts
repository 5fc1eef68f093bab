import { useMemo, useState } from 'react'
import type { Graph } from '@/lib/client/graph'
import { CARD, LANE } from './grid'
import { type Box, type Gap, type Layout, layout, type Structure, structureOf } from './layout'
import { type FlowEdge, type FlowNode, Position } from './rf'

export const laneNode = (milestone_id: string) => `lane:${milestone_id}`
export const headNode = (milestone_id: string) => `head:${milestone_id}`
export const milestoneOf = (node: string) => node.slice('lane:'.length)

/** The layout with what React Flow is given for it. */
export type Drawing = { structure: Structure; layout: Layout; nodes: FlowNode[]; edges: FlowEdge[]; boxes: ReadonlyMap<string, Box> }

/** Changes only when the structure does, and then moves as little as it can. */
export function useDrawing(graph: Graph, folded: ReadonlySet<string>): Drawing {
  const structure = useMemo(() => structureOf(graph, folded), [graph, folded])
  const [drawing, setDrawing] = useState(() => draw(structure))
  if (isSame(drawing.structure, structure)) return drawing
  const next = draw(structure, drawing)
  setDrawing(next)
  return next
}

const isSame = (a: Structure, b: Structure) => a === b || JSON.stringify(a) === JSON.stringify(b)

function draw(structure: Structure, before?: Drawing): Drawing {
  const rows = new Map(before?.layout.cards.map(({ id, row }) => [id, row]))
  const made = layout(structure, rows)
  const known = new Map(before?.nodes.map((node) => [node.id, node]))
  // In the order of reading, which is the order of the markup: lane, column, row.
  const nodes = made.lanes.flatMap((lane, at) => [
    nodeOf(laneNode(lane.id), 'lane', lane, known),
    nodeOf(headNode(lane.id), 'head', { ...lane, height: LANE.head }, known, lane.gap),
    ...made.cards.filter((card) => card.lane === at).map((card) => nodeOf(card.id, card.guest ? 'stub' : 'card', card, known)),
  ])
  const edges = made.routes.map(({ id, from, to, d, tip }): FlowEdge => ({ ...HIDDEN, id, source: from, target: to, data: { d, tip } }))
  const boxes = new Map(nodes.map((node) => [node.id, { ...node.position, width: node.width ?? 0, height: node.height ?? 0 }]))
  return { structure, layout: made, nodes, edges, boxes }
}

// The list says in words what the lines show; a screen reader is spared them.
const HIDDEN = { type: 'dependency' as const, domAttributes: { 'aria-hidden': true, 'aria-roledescription': undefined } }
const ABOVE_EDGES = 3
const NO_DATA = {}
const PLAIN = { 'aria-roledescription': undefined }
const HANDLES: NonNullable<FlowNode['handles']> = [
  { type: 'target', position: Position.Left, x: 0, y: CARD.height / 2, width: 1, height: 1 },
  { type: 'source', position: Position.Right, x: CARD.width - 1, y: CARD.height / 2, width: 1, height: 1 },
]

function nodeOf(
  id: string,
  type: FlowNode['type'],
  { x, y, width, height }: Box,
  known: ReadonlyMap<string, FlowNode>,
  gap: Gap | null = null,
): FlowNode {
  const node = known.get(id)
  const same = node?.data.gap?.from === gap?.from && node?.data.gap?.to === gap?.to
  const stands = node && same && node.position.x === x && node.position.y === y && node.width === width && node.height === height
  if (stands && node.type === type) return node
  const card = type === 'card' || type === 'stub'
  return {
    id,
    ...(type && { type }),
    position: { x, y },
    data: gap ? { gap } : NO_DATA,
    width,
    height,
    domAttributes: PLAIN,
    handles: card ? HANDLES : [],
    zIndex: type === 'lane' ? -1 : ABOVE_EDGES,
  }
}
