'use client'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Checkpoint } from '@/lib/client/graph'
import { GRAPHS, type GraphAt, historyQuery } from '@/lib/client/queries'
import { renewAfterActions } from '@/lib/client/renewal'
import { voteQuery } from '@/lib/client/vote-query'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { usePlan } from '../plan/plan-context'

type Gated = Pick<Checkpoint, 'checkpoint_id' | 'requires_proposal_id'>

/** The vote that a checkpoint needs. Its ballots are no part of the plan, so it is asked for once the drawer is open. */
export function useVote({ requires_proposal_id }: Gated) {
  return useQuery({ ...voteQuery(requires_proposal_id ?? ''), enabled: requires_proposal_id !== null })
}

/** Keeps the vote and the plan at the same state: each is asked for again when the other one has changed. */
export function useFreshVote(checkpoint: Checkpoint) {
  const { checkpoint_id, requires_proposal_id } = checkpoint
  const queries = useQueryClient()
  const vote = useVote(checkpoint)
  const { data, refetch } = vote
  useEffect(
    () => renewAfterActions(() => renew(queries, { checkpoint_id, requires_proposal_id })),
    [queries, checkpoint_id, requires_proposal_id],
  )

  const version = JSON.stringify(checkpoint)
  const asked = useRef(version)
  useEffect(() => {
    if (asked.current === version) return
    asked.current = version
    void refetch()
  }, [version, refetch])

  const { refresh } = usePlan().freshness
  const isBehind = data !== undefined && statusOf(data) !== checkpoint.proposal_status
  const toldBy = useRef<typeof data>(undefined)
  useEffect(() => {
    if (!isBehind || toldBy.current === data) return
    toldBy.current = data
    refresh()
  }, [isBehind, data, refresh])
  return vote
}

/** A ballot does not change the checkpoint, so the vote and the history are read after every action. The plan comes first: a vote that went with its gate is not asked for. */
async function renew(queries: QueryClient, { checkpoint_id, requires_proposal_id }: Gated): Promise<void> {
  if (requires_proposal_id === null) return
  // Whatever is read again begins at the same time, so that the plan is on its way now.
  await Promise.resolve()
  await queries.refetchQueries({ queryKey: GRAPHS, type: 'active' }, { cancelRefetch: false })
  const isGated = queries
    .getQueriesData<GraphAt>({ queryKey: GRAPHS })
    .some(([, at]) =>
      at?.graph.milestones.some(({ checkpoints }) => checkpoints.some((one) => one.requires_proposal_id === requires_proposal_id)),
    )
  if (!isGated) return
  // What has changed with the plan is being read again by now, and is not asked for twice.
  await new Promise((resolve) => setTimeout(resolve))
  const keys = [voteQuery(requires_proposal_id).queryKey, historyQuery(checkpoint_id).queryKey]
  await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey }, { cancelRefetch: false })))
}

/** How a vote stands, as a checkpoint says it. */
const statusOf = ({ status, threshold_met }: ProposalSummary) => (status === 'open' ? 'open' : threshold_met ? 'approved' : 'rejected')
