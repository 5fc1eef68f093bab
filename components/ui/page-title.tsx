import clsx from 'clsx'
import type { ReactNode } from 'react'

/** The main heading of a page behind the sign-in. An action that leads to the page moves the focus here. */
export function PageTitle({ className, title, children }: { className?: string; title?: string; children: ReactNode }) {
  return (
    <h1 tabIndex={-1} title={title} className={clsx('min-w-0 text-[17px] leading-6 font-semibold tracking-tight outline-none', className)}>
      {children}
    </h1>
  )
}
