'use client'
import { useQueryClient } from '@tanstack/react-query'
import type { ActionResult } from '@/lib/domain/answer'
import { type Action, useAction } from './action'
import { GRAPHS } from './queries'

/** Binds an action that changes a plan. The graphs are read again after a refusal too, because they may have been out of date. */
export function useChange<T>(action: Action<T>, onAnswer?: (result: ActionResult<T>) => void) {
  const queries = useQueryClient()
  return useAction(action, (result) => {
    void queries.invalidateQueries({ queryKey: GRAPHS })
    onAnswer?.(result)
  })
}
