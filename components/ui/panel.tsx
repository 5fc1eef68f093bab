'use client'
import clsx from 'clsx'
import { type ReactNode, type SyntheticEvent, useEffect, useRef } from 'react'
import { hasUnsentIn } from '@/lib/client/unsent'
import { type ButtonLook, buttonClass } from './button'

type PanelProps = {
  summary: ReactNode
  /** What it is called where its words alone would not say what it is about. */
  label?: string | undefined
  look?: ButtonLook
  open?: boolean
  /** Where the panel is, and how wide. */
  className?: string
  children: ReactNode
}

/**
 * A button that opens a panel under itself. Native, so that it opens before JavaScript; with it, Escape closes it, and so does going elsewhere with the
 * pointer or the focus.
 */
export function Panel({ summary, label, look = 'plain', open = false, className, children }: PanelProps) {
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
    <details ref={details} open={open} onToggle={showWhole} className="relative">
      <summary aria-label={label} className={buttonClass(look)}>
        {summary}
      </summary>
      <div
        className={clsx(
          'z-20 grid gap-3 rounded-lg border border-line-strong bg-panel p-3 shadow-lg',
          className ?? 'mt-1 w-80 max-w-[calc(100vw-40px)] sm:absolute sm:right-0',
        )}
      >
        {children}
      </div>
    </details>
  )
}

/** What opens near the end of the window is scrolled to. */
function showWhole({ currentTarget }: SyntheticEvent<HTMLDetailsElement>) {
  if (currentTarget.open) currentTarget.lastElementChild?.scrollIntoView({ block: 'nearest' })
}
