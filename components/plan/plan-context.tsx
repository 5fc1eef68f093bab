'use client'
import { createContext, useContext } from 'react'
import type { Plan } from '@/lib/client/plan'
import type { ReadError } from '@/lib/client/read'

export type Freshness = {
  /** Why the last attempt to bring the plan up to date failed. */
  error: ReadError | null
  /** When the plan was read, in milliseconds. */
  updatedAt: number
  refresh: () => void
}

export type PlanView = {
  plan: Plan
  /** The checkpoint whose completion was just refused: the graph shows it on its card. */
  refused: string | null
  setRefused: (checkpoint_id: string | null) => void
  freshness: Freshness
}

const Context = createContext<PlanView | null>(null)

export const PlanProvider = Context.Provider

export function usePlan() {
  const view = useContext(Context)
  if (!view) throw new Error('usePlan is called outside a plan')
  return view
}
