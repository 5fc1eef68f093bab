import type { ReactNode } from 'react'

/** One of the numbered parts of a page that leads somewhere step by step. */
export function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  const id = `step-${number}`
  return (
    <section aria-labelledby={id} className="col-start-1 grid grid-cols-[minmax(0,1fr)] gap-3.5 border-t border-line py-5">
      <h2 id={id} className="flex items-center gap-2.5 text-[15px] leading-6 font-semibold">
        <span
          aria-hidden="true"
          className="grid size-6 flex-none place-items-center rounded-full border border-line-strong bg-panel text-xs text-muted tabular-nums"
        >
          {number}
        </span>
        {title}
      </h2>
      {children}
    </section>
  )
}
