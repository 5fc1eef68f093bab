import { useCallback, useEffect, useRef } from 'react'
import type { Draft } from './milestone-rows'

/** Returns a function that moves the focus to an element, as soon as it is in the page: a row that is added is there only with the next draft. */
export function useFocusOn(draft: Draft) {
  const wanted = useRef<() => HTMLElement | null>(null)
  const focus = useCallback(() => {
    const target = wanted.current?.()
    if (!target?.isConnected) return
    wanted.current = null
    target.focus()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that was added is there after this
  useEffect(focus, [draft])
  return useCallback(
    (find: () => HTMLElement | null) => {
      wanted.current = find
      focus()
    },
    [focus],
  )
}
