'use client'
import { CircleCheck, TriangleAlert, X } from 'lucide-react'
import { type FocusEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { type Announcement, announcements } from '@/lib/client/announce'

const SHOWN_MS = 8_000

const NONE: readonly Announcement[] = []

/** Says what became of an action, to the eye and to screen readers. The region that is read out is in the page from the beginning. */
export function Announcer() {
  const shown = useSyncExternalStore(announcements.subscribe, announcements.get, () => NONE)
  return (
    <div
      role="status"
      // What was said before is not said again when something is added.
      aria-atomic="false"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-40 grid justify-items-center gap-2 md:bottom-14"
    >
      {shown.map((one) => (
        <Said key={one.id} {...one} />
      ))}
    </div>
  )
}

/** It goes after a while, but not while the pointer or the focus is on it. */
function Said({ id, text, kind }: Announcement) {
  const [isPointed, setPointed] = useState(false)
  const [isFocused, setFocused] = useState(false)
  const cameFrom = useRef<Element | null>(null)
  const isHeld = isPointed || isFocused
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => announcements.hide(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, isHeld])

  function onFocus({ relatedTarget }: FocusEvent) {
    cameFrom.current = relatedTarget
    setFocused(true)
  }

  function dismiss() {
    announcements.hide(id)
    if (cameFrom.current instanceof HTMLElement) cameFrom.current.focus()
  }

  const Icon = kind === 'done' ? CircleCheck : TriangleAlert
  return (
    <div
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      className="pointer-events-auto flex w-fit max-w-xl animate-[toast_160ms_ease-out] items-start rounded-lg bg-text text-bg shadow-lg"
    >
      <p className="flex min-w-0 gap-2 py-2.5 pl-3.5 font-medium">
        <Icon size={15} aria-hidden="true" className="mt-px flex-none" />
        <span className="min-w-0 wrap-anywhere">{text}</span>
      </p>
      <button
        type="button"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={dismiss}
        onFocus={onFocus}
        onBlur={() => setFocused(false)}
        className="m-1 grid size-[30px] flex-none place-items-center rounded-md opacity-70 hover:opacity-100 focus-visible:-outline-offset-2 focus-visible:outline-bg"
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  )
}
