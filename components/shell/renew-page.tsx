'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { renewAfterActions } from '@/lib/client/renewal'

/** Asks the server for the page again after every action on it. `sent` is an object of its own in every answer of the server. */
export function RenewPage({ sent }: { sent: object }) {
  const router = useRouter()
  const waiting = useRef<(() => void)[]>([])

  useEffect(
    () =>
      renewAfterActions(
        () =>
          new Promise<void>((resolve) => {
            waiting.current.push(resolve)
            router.refresh()
          }),
      ),
    [router],
  )

  // The answer that is waited for is a new one, or a page that has nothing of this one any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer is what is waited for
  useEffect(() => {
    const end = () => {
      for (const resolve of waiting.current.splice(0)) resolve()
    }
    end()
    return end
  }, [sent])
  return null
}
