import type { ReactNode } from 'react'

/** A part of a page with a heading and, beside it, what one can do there. */
export function Section({ title, hint, action, children }: { title: string; hint?: ReactNode; action?: ReactNode; children: ReactNode }) {
  const id = `section-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`
  return (
    <section aria-labelledby={id} className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid max-w-[72ch] min-w-0 gap-0.5">
          <h2 id={id} tabIndex={-1} className="text-[15px] leading-6 font-semibold outline-none">
            {title}
          </h2>
          {hint && <p className="text-muted">{hint}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}
