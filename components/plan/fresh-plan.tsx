'use client'
import { QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { type Graph, type PackedGraph, unpackGraph } from '@/lib/client/graph'
import { type Plan, readPlan, titleOf } from '@/lib/client/plan'
import { GRAPHS, milestoneGraphQuery, projectGraphQuery } from '@/lib/client/queries'
import { getQueryClient } from '@/lib/client/query-client'
import { renewAfterActions } from '@/lib/client/renewal'
import { usePlace } from './place'
import { PlanProvider } from './plan-context'

export type PlanSource = { noun: 'project' | 'milestone'; id: string; graph: PackedGraph; seq: number; now: number }

/** Gives the plan that came with the page to everything below, derived once for each answer, and keeps it fresh. */
export function FreshPlan(props: { source: PlanSource; children: ReactNode }) {
  const [client] = useState(getQueryClient)
  return (
    <QueryClientProvider client={client}>
      <KeptPlan {...props} />
    </QueryClientProvider>
  )
}

function KeptPlan({ source, children }: { source: PlanSource; children: ReactNode }) {
  const { noun, id, graph, seq, now } = source
  const { selected } = usePlace()
  const [refused, setRefused] = useState<string | null>(null)
  const queries = useQueryClient()
  const query = useMemo(() => (noun === 'project' ? projectGraphQuery(id) : milestoneGraphQuery(id)), [noun, id])
  const sent = useMemo(() => ({ graph: unpackGraph(graph), seq }), [graph, seq])
  const { data: kept, error, dataUpdatedAt, refetch } = useQuery({ ...query, initialData: sent, initialDataUpdatedAt: now })
  // The browser may have kept an older answer from an earlier visit to the page. Of two answers, the newer one is shown and kept.
  const data = sent.seq > kept.seq ? sent : kept
  useEffect(() => void queries.setQueryData(query.queryKey, sent), [queries, query, sent])
  useEffect(() => renewAfterActions(() => queries.invalidateQueries({ queryKey: GRAPHS })), [queries])
  const plan = useMemo(() => readPlan(data.graph), [data.graph])
  const freshness = useMemo(() => ({ error, updatedAt: dataUpdatedAt, refresh: () => void refetch() }), [error, dataUpdatedAt, refetch])
  const view = useMemo(() => ({ plan, refused, setRefused, freshness }), [plan, refused, freshness])
  useTabTitle(noun, plan, selected)
  useFreshFrame(framed(noun, data.graph), framed(noun, sent.graph))
  return <PlanProvider value={view}>{children}</PlanProvider>
}

/** What the frame around the plan says of it. */
const framed = (noun: PlanSource['noun'], { group, project, milestones }: Graph) =>
  JSON.stringify([group.name, project.title, noun === 'milestone' && milestones[0]?.title])

/** The frame comes with the page, and is asked for again when what it says has changed. */
function useFreshFrame(now: string, sent: string) {
  const router = useRouter()
  useEffect(() => {
    if (now !== sent) router.refresh()
  }, [now, sent, router])
}

/** The tab says which checkpoint is open, as the server would for the same address: the drawer opens without asking it. */
function useTabTitle(noun: PlanSource['noun'], plan: Plan, selected: string | null) {
  const title = `${titleOf(plan.graph, noun, selected)} - Cairn`
  useEffect(() => {
    document.title = title
  }, [title])
}
