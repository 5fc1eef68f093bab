'use client'
import clsx from 'clsx'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { shown } from '@/lib/domain/bidi'
import { BesideDrawer } from '../checkpoint/beside-drawer'
import { CheckpointList } from '../milestone/checkpoint-list'
import { FreshPlan, type PlanSource } from '../plan/fresh-plan'
import { GraphPane } from '../plan/graph-pane'
import { PlaceLink, usePlace, type View } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { Summary } from '../plan/summary'
import { buttonClass } from '../ui/button'
import { PageTitle } from '../ui/page-title'
import { tabClass, tabsClass } from '../ui/tab'
import { useMedia } from '../ui/use-media'
import { cutClass, Written } from '../ui/written'
import { ProjectActions } from './project-actions'

// A chunk of its own: most projects have milestones.
const NoMilestones = dynamic(() => import('./no-milestones').then((module) => module.NoMilestones))

/** `children` is what the menu of the project offers besides changes. */
export function ProjectScreen({ source, children }: { source: PlanSource; children: ReactNode }) {
  return (
    <FreshPlan source={source}>
      <BesideDrawer>
        <ProjectView>{children}</ProjectView>
      </BesideDrawer>
    </FreshPlan>
  )
}

function ProjectView({ children }: { children: ReactNode }) {
  const { graph } = usePlan().plan
  const { view, drawn } = useView()
  return (
    <>
      <header className="flex min-h-11.5 items-center gap-3 px-5 pt-3.5">
        <span aria-hidden="true" className="size-2.5 flex-none rounded-[3px]" style={{ background: graph.project.color }} />
        <PageTitle title={shown(graph.project.title)}>
          <Written text={graph.project.title} className={cutClass} />
        </PageTitle>
        <Written
          text={graph.group.name}
          title={shown(graph.group.name)}
          className="max-w-40 flex-none truncate text-muted @max-xl/plan:hidden"
        />
        {graph.project.status !== 'active' && (
          <span className="rounded-md border border-line-strong px-1.5 text-xs leading-5 text-muted">{graph.project.status}</span>
        )}
        <span className="ml-auto flex flex-none items-center gap-2">
          <ProjectActions>{children}</ProjectActions>
          {graph.may.write && graph.project.status === 'active' && (
            <Link href={`/p/${graph.project.project_id}/new`} className={buttonClass('primary')}>
              New milestone
            </Link>
          )}
        </span>
      </header>
      {graph.milestones.length === 0 ? (
        <NoMilestones />
      ) : (
        <>
          <div className="flex flex-wrap items-end justify-between gap-x-4 border-b border-line px-5 pt-1.5">
            <nav aria-label="View" className={tabsClass}>
              <Tab view="graph" current={view}>
                Graph
              </Tab>
              <Tab view="list" current={view}>
                List
              </Tab>
            </nav>
            <Summary className="-mx-1.5 pb-1 max-sm:-mx-1 @max-2xl/plan:order-first @max-2xl/plan:w-full" />
          </div>
          {drawn !== 'list' && (
            <section
              aria-label="Graph"
              className={clsx('min-h-0 flex-1 max-md:h-[calc(100dvh-170px)] max-md:flex-none', drawn === null && 'max-md:hidden')}
            >
              <GraphPane />
            </section>
          )}
          {drawn !== 'graph' && (
            <section aria-label="List" className={clsx('relative min-h-0 md:flex-1 md:overflow-y-auto', drawn === null && 'md:hidden')}>
              <CheckpointList most={drawn === null ? UNDECIDED : undefined} />
            </section>
          )}
        </>
      )}
    </>
  )
}

function Tab({ view, current, children }: { view: View; current: View | null; children: string }) {
  const { hrefOf } = usePlace()
  const on = view === current
  return (
    <PlaceLink
      href={hrefOf({ view, ...(view === 'graph' && { status: null }) })}
      step="replace"
      aria-current={on ? 'page' : undefined}
      className={tabClass(on)}
    >
      {children}
    </PlaceLink>
  )
}

/** Rows that are sent while nobody knows whether they will be seen: more than a phone shows at once. */
const UNDECIDED = 40

const WIDE = '(min-width: 768px)'

/**
 * The view that the address asks for. If it asks for none, that is the list on a phone, and the graph elsewhere. Only the browser knows which, so the
 * server sends both, and one of them is hidden.
 */
function useView(): { view: View | null; drawn: View | null } {
  const { view } = usePlace()
  const isWide = useMedia(WIDE)
  const fitting = isWide === null ? null : isWide ? 'graph' : 'list'
  return { view: view ?? fitting ?? 'graph', drawn: view ?? fitting }
}
