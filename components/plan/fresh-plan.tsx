'use client'
import { QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { type PackedGraph, unpackGraph } from '@/lib/client/graph'
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
  const { data, error, dataUpdatedAt, refetch } = useQuery({ ...query, initialData: sent, initialDataUpdatedAt: now })
  // The browser may have kept an older answer from an earlier visit to the page. Of two answers, the newer one is kept.
  useEffect(() => void queries.setQueryData(query.queryKey, sent), [queries, query, sent])
  useEffect(() => renewAfterActions(() => queries.invalidateQueries({ queryKey: GRAPHS })), [queries])
  const plan = useMemo(() => readPlan(data.graph), [data.graph])
  const freshness = useMemo(() => ({ error, updatedAt: dataUpdatedAt, refresh: () => void refetch() }), [error, dataUpdatedAt, refetch])
  const view = useMemo(() => ({ plan, refused, setRefused, freshness }), [plan, refused, freshness])
  useTabTitle(noun, plan, selected)
  return <PlanProvider value={view}>{children}</PlanProvider>
}

/** The tab says which checkpoint is open, as the server would for the same address: the drawer opens without asking it. */
function useTabTitle(noun: PlanSource['noun'], plan: Plan, selected: string | null) {
  const title = `${titleOf(plan.graph, noun, selected)} - Cairn`
  useEffect(() => {
    document.title = title
  }, [title])
}
