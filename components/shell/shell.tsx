import clsx from 'clsx'
import { Layers, type LucideIcon, Menu, Plug, ScrollText, Vote } from 'lucide-react'
import { cookies } from 'next/headers'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { iconButtonClass } from '../ui/button'
import { Account, type Person } from './account'
import { Announcer } from './announcer'
import { HereProvider } from './here'
import { LeaveGuard } from './leave-guard'
import { Logo } from './logo'
import { Rail, type RailEntry, type RailGroup } from './rail'
import { RailPopover } from './rail-popover'
import { type Theme, ThemeMenu } from './theme-menu'

type ShellProps = {
  person: Person
  groups: readonly RailGroup[]
  /** How many votes wait for the person's ballot, and whether there may be more. */
  waiting: { count: number; more: boolean }
  children: ReactNode
}

/** The frame of every page behind the sign-in: top bar and rail, which stay when one goes from page to page. Menus are native popovers: they need no JavaScript. */
export async function Shell({ person, groups, waiting, children }: ShellProps) {
  const entries = entriesOf(waiting)
  const theme = themeOf((await cookies()).get('theme')?.value)
  return (
    <HereProvider>
      <div
        data-shell=""
        className={clsx(
          'grid min-h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[48px_1fr] [--crumbs:84px] sm:[--crumbs:140px] md:h-dvh xl:grid-cols-[240px_minmax(0,1fr)] xl:[--crumbs:256px]',
          waiting.count > 0 ? '[--crumbs-end:156px] xl:[--crumbs-end:80px]' : '[--crumbs-end:80px]',
        )}
      >
        <header className="fixed inset-x-0 top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-panel pr-3 pl-2 xl:pl-4">
          <button type="button" popoverTarget="rail" aria-label="Menu" className={clsx(iconButtonClass, 'xl:hidden')}>
            <Menu size={18} />
          </button>
          <Link href="/" className="mr-auto flex flex-none items-center gap-2 text-sm font-semibold tracking-tight">
            <Logo />
            <span className="max-sm:sr-only">Cairn</span>
          </Link>
          {waiting.count > 0 && <Waiting waiting={waiting} />}
          <ThemeMenu chosen={theme} />
          <Account person={person} />
        </header>
        <nav aria-label="Main" className="row-start-2 overflow-y-auto border-r border-line bg-panel p-2 max-xl:hidden">
          <Rail groups={groups} entries={entries} />
        </nav>
        <RailPopover>
          <Rail groups={groups} entries={entries} />
        </RailPopover>
        {children}
      </div>
      <Announcer />
      <LeaveGuard />
    </HereProvider>
  )
}

function entriesOf(waiting: ShellProps['waiting']): RailEntry[] {
  return [
    { href: '/', label: entry(Layers, 'Projects') },
    {
      href: '/proposals',
      label: (
        <>
          {entry(Vote, 'Votes')}
          {waiting.count > 0 && <Count waiting={waiting} className="ml-auto text-vote" />}
        </>
      ),
    },
    { href: '/activity', label: entry(ScrollText, 'Activity') },
    { href: '/settings/connect', label: entry(Plug, 'Connect an agent') },
  ]
}

const entry = (Icon: LucideIcon, word: string) => (
  <>
    <Icon size={15} aria-hidden="true" />
    {word}
  </>
)

type CountProps = { waiting: ShellProps['waiting']; className: string }

/** "2", which is read out as "2 wait for you". */
const Count = ({ waiting: { count, more }, className }: CountProps) => (
  <span className={clsx('font-semibold tabular-nums', className)}>
    {count}
    {more && '+'}
    <span className="sr-only">{count === 1 ? ' waits for you' : ' wait for you'}</span>
  </span>
)

/** Where the rail is folded away, the top bar says that votes wait. */
const Waiting = ({ waiting }: { waiting: ShellProps['waiting'] }) => (
  <Link
    href="/proposals"
    title="Votes that wait for you"
    className="flex h-8 flex-none items-center gap-1.5 rounded-full border border-line-strong px-2.5 font-medium text-vote hover:bg-sunken xl:hidden"
  >
    <Vote size={15} aria-hidden="true" />
    <span className="sr-only">Votes: </span>
    <Count waiting={waiting} className="" />
  </Link>
)

function themeOf(cookie: string | undefined): Theme {
  return cookie === 'light' || cookie === 'dark' ? cookie : 'system'
}
