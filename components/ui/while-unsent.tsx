'use client'
import { type ReactNode, useRef } from 'react'
import { hasUnsentIn } from '@/lib/client/unsent'

type WhileUnsentProps = {
  offered: boolean
  /** Why it is not offered any more, and what one can do. */
  notice: string
  children: ReactNode
}

/** Shows a form as long as it is offered, and afterwards as long as something unsent is in it: what others do takes nothing away that was typed. */
export function WhileUnsent({ offered, notice, children }: WhileUnsentProps) {
  const frame = useRef<HTMLDivElement>(null)
  if (!offered && !hasUnsentIn(frame.current)) return null
  return (
    <div ref={frame} className="w-full">
      <div role="status" className="wrap-anywhere text-muted">
        {!offered && notice}
      </div>
      {children}
    </div>
  )
}
