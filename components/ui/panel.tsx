'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import { hasUnsentIn } from '@/lib/client/unsent'
import { buttonClass } from './button'

/**
 * A button that opens a panel under itself. Native, so that it opens before JavaScript; with it, Escape closes it, and so does going elsewhere with the
 * pointer or the focus.
 */
export function Panel({ summary, open = false, children }: { summary: string; open?: boolean; children: ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null)

  useEffect(() => {
    function onElsewhere({ target }: Event) {
      const panel = details.current
      if (!panel?.open || !(target instanceof Element) || panel.contains(target) || target.closest('dialog')) return
      // What was entered stays in sight until it is saved.
      if (!hasUnsentIn(panel)) panel.open = false
    }
    function onKey(event: KeyboardEvent) {
      const panel = details.current
      if (event.key !== 'Escape' || !panel?.open) return
      event.preventDefault()
      panel.open = false
      panel.querySelector('summary')?.focus()
    }
    document.addEventListener('pointerdown', onElsewhere)
    document.addEventListener('focusin', onElsewhere)
    document.addEventListener('keydown', onKey, true)
    return () => {
      document.removeEventListener('pointerdown', onElsewhere)
      document.removeEventListener('focusin', onElsewhere)
      document.removeEventListener('keydown', onKey, true)
    }
  }, [])

  return (
    <details ref={details} open={open} className="relative">
      <summary className={buttonClass()}>{summary}</summary>
      <div className="z-20 mt-1 grid w-80 max-w-[calc(100vw-40px)] gap-3 rounded-lg border border-line-strong bg-panel p-3 shadow-lg sm:absolute sm:right-0">
        {children}
      </div>
    </details>
  )
}
