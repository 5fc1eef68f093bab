'use client'
import { useQueryClient } from '@tanstack/react-query'
import type { ActionResult } from '@/lib/domain/answer'
import { type Action, useAction } from './action'
import { GRAPHS } from './queries'

/** An action that changes a plan: whatever the answer, the graphs on screen are read again, since a refusal means that they were old. */
export function useChange<T>(action: Action<T>, onAnswer?: (result: ActionResult<T>) => void) {
  const queries = useQueryClient()
  return useAction(action, (result) => {
    void queries.invalidateQueries({ queryKey: GRAPHS })
    onAnswer?.(result)
  })
}
