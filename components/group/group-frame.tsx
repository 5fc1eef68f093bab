import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Group } from '@/lib/domain/schemas/group'
import { PageTitle } from '../ui/page-title'
import { tabClass, tabsClass } from '../ui/tab'
import { Written } from '../ui/written'
import { ROLE_WORDS } from './roles'

const TABS = [
  { tab: 'members', path: '', word: 'Members' },
  { tab: 'agents', path: '/agents', word: 'Agents' },
  { tab: 'keys', path: '/keys', word: 'Keys' },
  { tab: 'settings', path: '/settings', word: 'Settings' },
] as const

export type GroupTab = (typeof TABS)[number]['tab']

/** The head of the pages of a group, whose tabs are addresses. */
export function GroupFrame({ group, tab, children }: { group: Group; tab: GroupTab; children: ReactNode }) {
  const role =
    group.role === null
      ? 'You are not a member'
      : `You are ${group.role === 'member' ? 'a member' : `its ${group.role === 'owner' ? 'owner' : 'admin'}`}`
  return (
    <>
      <header className="grid gap-0.5 px-5 pt-3.5">
        <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
          <PageTitle className="wrap-anywhere">{group.name}</PageTitle>
          <span className="rounded-full border border-line-strong px-2 text-xs text-muted">
            {group.visibility === 'private' ? 'Private' : 'Everybody here can read it'}
          </span>
          <span className="text-muted" title={group.role ? ROLE_WORDS[group.role] : undefined}>
            {role}
          </span>
          <Link href={`/?group=${group.slug}`} className="ml-auto font-medium text-accent underline">
            Projects
          </Link>
        </div>
        {group.description !== '' && (
          <p className="max-w-[80ch] whitespace-pre-line text-muted wrap-anywhere">
            <Written text={group.description} />
          </p>
        )}
      </header>
      <nav aria-label="Group" className="border-b border-line px-5 pt-1.5">
        <div className={tabsClass}>
          {TABS.map(({ tab: one, path, word }) => (
            <Link
              key={one}
              href={`/g/${group.slug}${path}`}
              aria-current={one === tab ? 'page' : undefined}
              className={tabClass(one === tab)}
            >
              {word}
            </Link>
          ))}
        </div>
      </nav>
      <div className="grid max-w-[1240px] grid-cols-[minmax(0,1fr)] gap-6 px-5 pt-4.5 pb-10">{children}</div>
    </>
  )
}
