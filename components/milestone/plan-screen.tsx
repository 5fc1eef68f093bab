'use client'
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { type PackedGraph, unpackGraph } from '@/lib/client/graph'
import { type Plan, readPlan, titleOf } from '@/lib/client/plan'
import { milestoneGraphQuery, projectGraphQuery } from '@/lib/client/queries'
import { Drawer } from '../checkpoint/drawer'
import { usePlace } from './place'
import { PlanProvider } from './plan-context'

export type PlanSource = { noun: 'project' | 'milestone'; id: string; graph: PackedGraph; now: number }

/** What the project's and the milestone's page share: the plan, kept fresh, and the drawer beside it. */
export function PlanScreen({ source, children }: { source: PlanSource; children: ReactNode }) {
  const [client] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={client}>
      <FreshPlan source={source}>{children}</FreshPlan>
    </QueryClientProvider>
  )
}

function FreshPlan({ source, children }: { source: PlanSource; children: ReactNode }) {
  const { selected } = usePlace()
  const narrow = useNarrow()
  const [refused, setRefused] = useState<string | null>(null)
  const query = source.noun === 'project' ? projectGraphQuery(source.id) : milestoneGraphQuery(source.id)
  // Seq 0: what came with the page gives way to the first answer, and to nothing that is not an answer.
  const { data, error } = useQuery({
    ...query,
    initialData: () => ({ graph: unpackGraph(source.graph), seq: 0 }),
    initialDataUpdatedAt: source.now,
  })
  const plan = useMemo(() => readPlan(data.graph), [data.graph])
  const view = useMemo(() => ({ plan, refused, setRefused }), [plan, refused])
  useTabTitle(source.noun, plan, selected)
  const covered = narrow === true && selected !== null

  return (
    <PlanProvider value={view}>
      <div className="flex min-h-0 md:h-full">
        <div inert={covered} className="@container/plan flex min-w-0 flex-1 flex-col md:h-full">
          {error && (
            <p role="status" className="border-b border-line bg-claimed-tint px-5 py-2">
              Not up to date: {error.message}
            </p>
          )}
          {children}
        </div>
        {selected && <Drawer id={selected} />}
      </div>
    </PlanProvider>
  )
}

/** The tab says which checkpoint is open, as the server would for the same address: the drawer opens without asking it. */
function useTabTitle(noun: PlanSource['noun'], plan: Plan, selected: string | null) {
  const title = `${titleOf(plan.graph, noun, selected)} - Cairn`
  useEffect(() => {
    document.title = title
  }, [title])
}

const DRAWER_BESIDE = '(min-width: 1024px)'

/** Whether the drawer lies over the plan; null until the browser is asked. */
function useNarrow() {
  return useSyncExternalStore<boolean | null>(
    (changed) => {
      const media = matchMedia(DRAWER_BESIDE)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => !matchMedia(DRAWER_BESIDE).matches,
    () => null,
  )
}
