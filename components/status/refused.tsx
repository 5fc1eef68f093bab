import clsx from 'clsx'
import type { ReactNode } from 'react'
import { StatusGlyph } from './status'

/** Why something was not done, which a screen reader says at once, and below it what one can do now. */
export function Refused({ message, children, className }: { message: string; children?: ReactNode; className?: string }) {
  return (
    <div role="alert" className={clsx('flex gap-2 rounded-md border border-refused/30 bg-refused-tint px-3 py-2', className)}>
      <StatusGlyph state="refused" className="mt-px" />
      <div className="grid min-w-0 gap-1.5">
        <p className="wrap-anywhere">{message}</p>
        {children && <div className="flex flex-wrap items-center gap-x-3 gap-y-1 empty:hidden">{children}</div>}
      </div>
    </div>
  )
}
