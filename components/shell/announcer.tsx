'use client'
import { CircleCheck } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { announcements } from '@/lib/client/announce'

const SHOWN_MS = 8_000

/** Says what was done, to the eye and to screen readers. It is in the page from the beginning, and it takes no room. */
export function Announcer() {
  const { text, count } = useSyncExternalStore(announcements.subscribe, announcements.get, announcements.get)
  const [hidden, setHidden] = useState(0)
  useEffect(() => {
    if (count === 0) return
    const timer = setTimeout(() => setHidden(count), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [count])
  const shown = count > hidden ? text : ''
  return (
    <div role="status" className="pointer-events-none fixed bottom-4 left-1/2 z-40 max-w-[calc(100vw-32px)] -translate-x-1/2">
      {shown && (
        <p
          key={count}
          className="flex animate-[toast_160ms_ease-out] items-center gap-2 rounded-lg bg-text px-3.5 py-2.5 font-medium text-bg shadow-lg"
        >
          <CircleCheck size={15} aria-hidden="true" className="flex-none" />
          <span className="min-w-0 wrap-anywhere">{shown}</span>
        </p>
      )}
    </div>
  )
}
