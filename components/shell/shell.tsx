import clsx from 'clsx'
import { Menu } from 'lucide-react'
import { cookies } from 'next/headers'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Group } from '@/lib/domain/schemas/group'
import { iconButtonClass } from '../ui/button'
import { Account, type Person } from './account'
import { Logo } from './logo'
import { Rail } from './rail'
import { RailPopover } from './rail-popover'
import { type Theme, ThemeMenu } from './theme-menu'

export type Crumb = { label: string; href?: string }

type ShellProps = {
  person: Person
  groups: readonly Group[]
  crumbs: readonly Crumb[]
  /** The group of what is shown: marked in the rail. */
  group?: string | undefined
  children: ReactNode
}

/** The frame of every page behind the sign-in: top bar, rail, content. Menus are native popovers: they need no JavaScript. */
export async function Shell({ person, groups, crumbs, group, children }: ShellProps) {
  const theme = themeOf((await cookies()).get('theme')?.value)
  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[48px_1fr] md:h-dvh xl:grid-cols-[240px_minmax(0,1fr)]">
      <header className="sticky top-0 z-30 col-span-full flex items-center gap-2 border-b border-line bg-panel pr-3 pl-2 xl:pl-4">
        <button type="button" popoverTarget="rail" aria-label="Menu" className={clsx(iconButtonClass, 'xl:hidden')}>
          <Menu size={18} />
        </button>
        <Link href="/" className="flex flex-none items-center gap-2 text-sm font-semibold tracking-tight max-xl:mr-3 xl:w-[236px]">
          <Logo />
          <span className="max-sm:sr-only">Cairn</span>
        </Link>
        <Crumbs crumbs={crumbs} />
        <ThemeMenu chosen={theme} />
        <Account person={person} />
      </header>
      <nav aria-label="Main" className="overflow-y-auto border-r border-line bg-panel p-2 max-xl:hidden">
        <Rail groups={groups} current={group} projects={crumbs.length === 0} />
      </nav>
      <RailPopover>
        <Rail groups={groups} current={group} projects={crumbs.length === 0} />
      </RailPopover>
      <main id="content" tabIndex={-1} className="min-w-0 outline-none md:overflow-y-auto">
        {children}
      </main>
    </div>
  )
}

function Crumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="mr-auto min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5 text-muted">
        {crumbs.map(({ label, href }, index) => (
          <li
            key={href ?? label}
            className={clsx('flex items-center gap-1.5', index > 0 && 'min-w-0', index < crumbs.length - 1 && 'max-sm:hidden')}
          >
            {index > 0 && (
              <span aria-hidden="true" className="text-faint max-sm:hidden">
                /
              </span>
            )}
            {href ? (
              <Link href={href} title={label} className="truncate rounded hover:text-text hover:underline">
                {label}
              </Link>
            ) : (
              <span aria-current="page" title={label} className="truncate font-medium text-text">
                {label}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

function themeOf(cookie: string | undefined): Theme {
  return cookie === 'light' || cookie === 'dark' ? cookie : 'system'
}
