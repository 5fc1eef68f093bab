'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { type PackedGraph, unpackGraph } from '@/lib/client/graph'
import { type Plan, readPlan, titleOf } from '@/lib/client/plan'
import { milestoneGraphQuery, projectGraphQuery } from '@/lib/client/queries'
import { usePlace } from './place'
import { PlanProvider } from './plan-context'

export type PlanSource = { noun: 'project' | 'milestone'; id: string; graph: PackedGraph; seq: number; now: number }

/** Gives the plan that came with the page to everything below, derived once for each answer, and keeps it fresh. */
export function FreshPlan({ source, children }: { source: PlanSource; children: ReactNode }) {
  const { selected } = usePlace()
  const [refused, setRefused] = useState<string | null>(null)
  const query = source.noun === 'project' ? projectGraphQuery(source.id) : milestoneGraphQuery(source.id)
  const queries = useQueryClient()
  const sent = useMemo(() => ({ graph: unpackGraph(source.graph), seq: source.seq }), [source.graph, source.seq])
  const { data, error } = useQuery({ ...query, initialData: sent, initialDataUpdatedAt: source.now })
  // The browser may have kept an older answer from an earlier visit to the page. Of two answers, the newer one is kept.
  useEffect(() => void queries.setQueryData(query.queryKey, sent), [queries, query.queryKey[2], sent])
  const plan = useMemo(() => readPlan(data.graph), [data.graph])
  const view = useMemo(() => ({ plan, refused, setRefused, error }), [plan, refused, error])
  useTabTitle(source.noun, plan, selected)
  return <PlanProvider value={view}>{children}</PlanProvider>
}

/** The tab says which checkpoint is open, as the server would for the same address: the drawer opens without asking it. */
function useTabTitle(noun: PlanSource['noun'], plan: Plan, selected: string | null) {
  const title = `${titleOf(plan.graph, noun, selected)} - Cairn`
  useEffect(() => {
    document.title = title
  }, [title])
}
