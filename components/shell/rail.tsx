'use client'
import clsx from 'clsx'
import { ChevronRight, Plus } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { shown } from '@/lib/domain/bidi'
import { inputClass } from '../ui/field'
import { Written } from '../ui/written'
import { useGroupHere } from './here'

export type RailGroup = { group_id: string; slug: string; name: string; own: boolean }

/** Up to so many groups are all in sight. Of more, only one's own are, and the others are behind a filter. */
const MOST_SHOWN = 12

/** A link at the top of the rail. What it says is drawn by the server, so that no page has to load words and icons as scripts. */
export type RailEntry = { href: string; label: ReactNode }

export function Rail({ groups, entries }: { groups: readonly RailGroup[]; entries: readonly RailEntry[] }) {
  const here = useGroupHere()
  const pathname = usePathname()
  const { shown, rest } = split(groups, here)
  return (
    <>
      {entries.map(({ href, label }) => (
        <RailLink key={href} href={href} current={pathname === href && (href !== '/' || here === null)}>
          {label}
        </RailLink>
      ))}
      <h2 className="px-2 pt-4 pb-1 text-[11px] leading-4 font-semibold text-faint">Groups</h2>
      <GroupList groups={shown} here={here} />
      {rest.length > 0 && <Rest groups={rest} here={here} />}
      <RailLink href="/?new=group" current={false}>
        <Plus size={15} aria-hidden="true" />
        New group
      </RailLink>
    </>
  )
}

function GroupList({ groups, here }: { groups: readonly RailGroup[]; here: string | null }) {
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-px">
      {groups.map(({ group_id, slug, name, own }) => (
        <li key={group_id}>
          <RailLink href={`/?group=${slug}`} current={here === slug}>
            <Written text={name} title={shown(name)} className="truncate" />
            {!own && <span className="ml-auto flex-none text-[11px] text-faint">read-only</span>}
          </RailLink>
        </li>
      ))}
    </ul>
  )
}

/** The groups that are not in sight; native, so that it opens before JavaScript. The filter needs it. */
function Rest({ groups, here }: { groups: readonly RailGroup[]; here: string | null }) {
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const found = groups.filter(({ name, slug }) => name.toLowerCase().includes(wanted) || slug.includes(wanted))
  return (
    <details className="group/rest">
      <summary className="flex h-[30px] items-center pointer-coarse:h-10 gap-2 rounded-md px-2 font-medium text-muted select-none hover:bg-sunken hover:text-text">
        <ChevronRight size={15} aria-hidden="true" className="transition-transform group-open/rest:rotate-90" />
        {groups.length === 1 ? '1 more group' : `${groups.length} more groups`}
      </summary>
      <input
        type="search"
        aria-label="Find a group"
        placeholder="Find a group"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={clsx(inputClass, 'needs-js my-1 h-8')}
      />
      <GroupList groups={found} here={here} />
      {found.length === 0 && <p className="px-2 py-1 text-muted">No other group has this in its name.</p>}
    </details>
  )
}

/** One's own groups first, each part by name. The group of the present page is always in sight. */
function split(groups: readonly RailGroup[], here: string | null) {
  const sorted = groups.toSorted((a, b) => Number(b.own) - Number(a.own) || a.name.localeCompare(b.name, 'en', { numeric: true }))
  if (sorted.length <= MOST_SHOWN) return { shown: sorted, rest: [] }
  const first = sorted.filter(({ own }) => own).slice(0, MOST_SHOWN)
  const shown = sorted.filter((group) => first.includes(group) || group.slug === here)
  return { shown, rest: sorted.filter((group) => !shown.includes(group)) }
}

function RailLink({ href, current, children }: { href: string; current: boolean; children: ReactNode }) {
  return (
    <Link
      href={href}
      aria-current={current ? 'page' : undefined}
      className={clsx(
        'flex h-[30px] min-w-0 items-center gap-2 rounded-md px-2 font-medium pointer-coarse:h-10',
        current ? 'bg-sunken text-text' : 'text-muted hover:bg-sunken hover:text-text active:bg-line',
      )}
    >
      {children}
    </Link>
  )
}
