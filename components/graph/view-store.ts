import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Graph, Milestone } from '@/lib/client/graph'
import type { Plan } from '@/lib/client/plan'
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
type Given = Pick<View, 'plan' | 'selected' | 'refused'>

export function createViewStore({ plan, selected, refused }: Given) {
  const listeners = new Set<() => void>()
  const empty = { hovered: null, states: new Set<CheckpointState>(), stop: null, folded: closedIn(plan.graph) }
  let view: View = select({ ...empty, ...drawnIn(plan, new Map()), trail: null, selected: null, refused }, selected)

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
      const isNew = next.plan !== view.plan
      if (!isNew && next.selected === view.selected && next.refused === view.refused) return
      const drawn = isNew ? { ...view, ...drawnIn(next.plan, view.faces) } : view
      change({ ...select(drawn, next.selected), refused: next.refused })
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

function drawnIn(plan: Plan, known: ReadonlyMap<string, Face>): Pick<View, 'plan' | 'faces' | 'milestones'> {
  const milestones = new Map(plan.graph.milestones.map((milestone) => [milestone.milestone_id, milestone]))
  return { plan, milestones, faces: facesOf(plan, known) }
}

/** A selected card is never hidden in a folded lane. */
function select(view: View, selected: string | null): View {
  const { nodes } = view.plan
  const node = selected === null ? undefined : nodes.get(selected)
  if (!node) return { ...view, selected: null, trail: null }
  const upstream = reachable([node.id], (id) => nodes.get(id)?.waits_for ?? [])
  const downstream = reachable([node.id], (id) => nodes.get(id)?.unblocks ?? [])
  const { milestone_id } = node
  const hides = milestone_id !== null && view.folded.has(milestone_id)
  const folded = hides ? new Set([...view.folded].filter((id) => id !== milestone_id)) : view.folded
  return { ...view, folded, selected: node.id, trail: new Set([...upstream, ...downstream]) }
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
