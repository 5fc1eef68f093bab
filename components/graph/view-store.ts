import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Graph, Milestone } from '@/lib/client/graph'
import { type Plan, readPlan } from '@/lib/client/plan'
import type { CheckpointState } from '@/lib/domain/state'
import { type Face, facesOf } from './faces'
import { reachable } from './reduce'

/**
 * What cards and edges show, kept out of React Flow's node array: a status that changes redraws one card, not the array.
 */
export type View = {
  plan: Plan
  faces: ReadonlyMap<string, Face>
  milestones: ReadonlyMap<string, Milestone>
  /** Closed milestones that are drawn as a strip; one that closes before one's eyes stays as it is. */
  folded: ReadonlySet<string>
  selected: string | null
  /** The selected card with all that it waits for and all that waits for it. */
  trail: ReadonlySet<string> | null
  hovered: string | null
  states: ReadonlySet<CheckpointState>
  refused: string | null
  /** The one card or lane that Tab reaches; null before JavaScript, when all can be reached. */
  stop: string | null
}

export type Tone = 'plain' | 'selected' | 'far'
export type EdgeTone = 'plain' | 'hot' | 'near' | 'far'
export type ViewStore = ReturnType<typeof createViewStore>
type Given = { graph: Graph; selected: string | null; refused: string | null }

export function createViewStore(given: Given) {
  const listeners = new Set<() => void>()
  const empty = { hovered: null, states: new Set<CheckpointState>(), stop: null }
  let graph = given.graph
  let view: View = { ...empty, ...read(graph, given.selected, new Map(), closedIn(graph)), refused: given.refused }

  function change(patch: Partial<View>) {
    view = { ...view, ...patch }
    for (const listener of listeners) listener()
  }

  return {
    get: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    change,
    receive(next: Given) {
      if (next.graph === graph && next.selected === view.selected && next.refused === view.refused) return
      graph = next.graph
      change({ ...read(graph, next.selected, view.faces, view.folded), refused: next.refused })
    },
  }
}

/** Where nothing else is drawn, folding would leave nothing. */
function closedIn({ milestones }: Graph): ReadonlySet<string> {
  if (milestones.length < 2) return new Set()
  return new Set(
    milestones.filter(({ status, checkpoints }) => status === 'closed' && checkpoints.length > 0).map((each) => each.milestone_id),
  )
}

function read(graph: Graph, selected: string | null, known: ReadonlyMap<string, Face>, folded: ReadonlySet<string>) {
  const plan = readPlan(graph)
  const node = selected === null ? undefined : plan.nodes.get(selected)
  const trail = node
    ? new Set([
        ...reachable([node.id], (id) => plan.nodes.get(id)?.waits_for ?? []),
        ...reachable([node.id], (id) => plan.nodes.get(id)?.unblocks ?? []),
      ])
    : null
  const milestones = new Map(graph.milestones.map((milestone) => [milestone.milestone_id, milestone]))
  const hidden = node?.milestone_id
  const open = hidden && folded.has(hidden) ? new Set([...folded].filter((id) => id !== hidden)) : folded
  return { plan, milestones, folded: open, faces: facesOf(plan, known), selected: node ? node.id : null, trail }
}

export function toneOf(view: View, id: string): Tone {
  if (view.selected === id) return 'selected'
  if (view.trail && !view.trail.has(id)) return 'far'
  return view.states.size > 0 && !shows(view, id) ? 'far' : 'plain'
}

const shows = ({ faces, states }: View, id: string) => {
  const face = faces.get(id)
  return face !== undefined && states.has(face.state)
}

export function edgeToneOf(view: View, from: string, to: string): EdgeTone {
  if (view.trail?.has(from) && view.trail.has(to)) return 'hot'
  if (view.hovered === from || view.hovered === to) return 'near'
  if (view.trail) return 'far'
  return view.states.size > 0 && !(shows(view, from) && shows(view, to)) ? 'far' : 'plain'
}

const Context = createContext<ViewStore | null>(null)
export const ViewStoreProvider = Context.Provider

export function useViewStore() {
  const store = useContext(Context)
  if (!store) throw new Error('useViewStore is called outside a graph')
  return store
}

/** What `select` gives must be equal by identity when nothing changed. */
export function useView<Value>(select: (view: View) => Value): Value {
  const store = useViewStore()
  const read = () => select(store.get())
  return useSyncExternalStore(store.subscribe, read, read)
}
