'use client'
import { createContext, useContext } from 'react'
import type { Plan } from '@/lib/client/plan'

export type PlanView = {
  plan: Plan
  /** The checkpoint whose completion was just refused: the graph shows it on its card. */
  refused: string | null
  setRefused: (checkpoint_id: string | null) => void
  /** Why the last attempt to bring the plan up to date failed. */
  error: Error | null
}

const Context = createContext<PlanView | null>(null)

export const PlanProvider = Context.Provider

export function usePlan() {
  const view = useContext(Context)
  if (!view) throw new Error('usePlan is called outside a plan')
  return view
}
