import clsx from 'clsx'
import { Menu, Plug, ScrollText } from 'lucide-react'
import { cookies } from 'next/headers'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { iconButtonClass } from '../ui/button'
import { Account, type Person } from './account'
import { Announcer } from './announcer'
import { HereProvider } from './here'
import { LeaveGuard } from './leave-guard'
import { Logo } from './logo'
import { Rail, type RailGroup } from './rail'
import { RailPopover } from './rail-popover'
import { type Theme, ThemeMenu } from './theme-menu'

type ShellProps = { person: Person; groups: readonly RailGroup[]; children: ReactNode }

/** The frame of every page behind the sign-in: top bar and rail, which stay when one goes from page to page. Menus are native popovers: they need no JavaScript. */
export async function Shell({ person, groups, children }: ShellProps) {
  const plug = <Plug size={15} aria-hidden="true" />
  const log = <ScrollText size={15} aria-hidden="true" />
  const theme = themeOf((await cookies()).get('theme')?.value)
  return (
    <HereProvider>
      <div
        data-shell=""
        className="grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[48px_1fr] [--crumbs:84px] sm:[--crumbs:140px] md:h-dvh xl:grid-cols-[240px_minmax(0,1fr)] xl:[--crumbs:256px]"
      >
        <header className="fixed inset-x-0 top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-panel pr-3 pl-2 xl:pl-4">
          <button type="button" popoverTarget="rail" aria-label="Menu" className={clsx(iconButtonClass, 'xl:hidden')}>
            <Menu size={18} />
          </button>
          <Link href="/" className="mr-auto flex flex-none items-center gap-2 text-sm font-semibold tracking-tight">
            <Logo />
            <span className="max-sm:sr-only">Cairn</span>
          </Link>
          <ThemeMenu chosen={theme} />
          <Account person={person} />
        </header>
        <nav aria-label="Main" className="row-start-2 overflow-y-auto border-r border-line bg-panel p-2 max-xl:hidden">
          <Rail groups={groups} plug={plug} log={log} />
        </nav>
        <RailPopover>
          <Rail groups={groups} plug={plug} log={log} />
        </RailPopover>
        {children}
      </div>
      <Announcer />
      <LeaveGuard />
    </HereProvider>
  )
}

function themeOf(cookie: string | undefined): Theme {
  return cookie === 'light' || cookie === 'dark' ? cookie : 'system'
}
