import type { ReactNode } from 'react'

/** A part of the account page, with its heading beside it where there is room. */
export function Section({ id, title, about, children }: { id: string; title: string; about: ReactNode; children: ReactNode }) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="grid scroll-mt-16 gap-x-10 gap-y-3 border-t border-line py-6 lg:grid-cols-[260px_minmax(0,1fr)]"
    >
      <div className="grid content-start gap-1">
        <h2 id={`${id}-title`} className="font-semibold">
          {title}
        </h2>
        <p className="max-w-[52ch] text-muted">{about}</p>
      </div>
      <div className="grid min-w-0 content-start gap-3">{children}</div>
    </section>
  )
}
