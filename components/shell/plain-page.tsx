import type { ReactNode } from 'react'
import { Logo } from './logo'

/** The frame of pages that know no person: sign-in, not found, failure. Within the frame of a person, it takes the place of the page. Its links load a whole page, because what is loaded may be broken. */
export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto grid min-h-dvh w-full max-w-lg content-center gap-4 px-5 py-16 outline-none in-data-shell:row-start-2 in-data-shell:min-h-0 in-data-shell:xl:col-start-2"
    >
      <a
        href="/"
        className="mb-2 inline-flex items-center in-data-shell:hidden gap-2 justify-self-start text-sm font-semibold tracking-tight"
      >
        <Logo size={22} />
        Cairn
      </a>
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      {children}
    </main>
  )
}
