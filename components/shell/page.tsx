import clsx from 'clsx'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { shown } from '@/lib/domain/bidi'
import { cutClass, Written } from '../ui/written'
import { FreshOnReturn } from './fresh-on-return'
import { MarkGroup } from './here'

export type Crumb = { label: string; href?: string }

type PageProps = {
  /** Where the page is, from the outermost on. The last one is the page itself. */
  crumbs: readonly Crumb[]
  /** The slug of the group that the page belongs to, which the rail marks. */
  group: string | null
  children: ReactNode
}

/** What each page adds to the frame: its place in the top bar, and its content. */
export function Page({ crumbs, group, children }: PageProps) {
  return (
    <>
      <Crumbs crumbs={crumbs} />
      <main id="content" tabIndex={-1} className="relative row-start-2 min-w-0 outline-none md:overflow-y-auto xl:col-start-2">
        {children}
      </main>
      <MarkGroup slug={group} />
      <FreshOnReturn sent={{}} />
    </>
  )
}

/** The beginning of the way to everything in a group. */
export const crumbsOfGroup = ({ slug, name }: { slug: string; name: string }): Crumb[] => [
  { label: 'Projects', href: '/' },
  { label: name, href: `/?group=${slug}` },
]

function Crumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="fixed top-0 right-(--crumbs-end) left-(--crumbs) z-30 flex h-12 items-center">
      <ol className="flex w-full min-w-0 items-center gap-1.5 text-muted">
        {crumbs.map(({ label, href }, index) => (
          <li
            key={href ?? label}
            className={clsx('flex items-center gap-1.5', index < crumbs.length - 1 ? 'max-w-[22%] flex-none max-sm:hidden' : 'min-w-0')}
          >
            {index > 0 && (
              <span aria-hidden="true" className="text-faint max-sm:hidden">
                /
              </span>
            )}
            {href ? (
              <Link href={href} title={shown(label)} className="min-w-0 rounded hover:text-text hover:underline">
                <Written text={label} className={cutClass} />
              </Link>
            ) : (
              <span aria-current="page" title={shown(label)} className="min-w-0 font-medium text-text">
                <Written text={label} className={cutClass} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
