'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { historyQuery } from '@/lib/client/queries'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { usePlan } from '../plan/plan-context'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { sentenceOf } from './history'

const SHOWN = 6

/** Who did what to this checkpoint, the latest first. Asked for once the drawer is open, and again when the checkpoint changes. */
export function Activity({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const [all, setAll] = useState(false)
  const version = JSON.stringify([checkpoint, node.waits_for])
  const { data, error } = useQuery(historyQuery(node.milestone_id ?? '', node.id, version))
  const latest = data?.toReversed()
  const shown = all ? latest : latest?.slice(0, SHOWN)
  const more = (latest?.length ?? 0) - (shown?.length ?? 0)

  return (
    <section aria-label="Activity" aria-busy={!data && !error} className="needs-js px-5 py-4">
      <h3 className="mb-1.5 text-xs font-semibold text-muted">Activity</h3>
      {error && !data && <p className="text-muted">It could not be read: {error.message}</p>}
      {!data && !error && <Skeleton />}
      <ol className="grid gap-1.5">
        {shown?.map((event) => (
          <Entry key={event.seq} event={event} node={node} />
        ))}
      </ol>
      {more > 0 && (
        <Button look="quiet" onClick={() => setAll(true)} className="-ml-2.5 px-2.5!">
          {more === 1 ? 'Show one more' : `Show ${more} more`}
        </Button>
      )}
    </section>
  )
}

function Entry({ event, node }: { event: LoggedEvent; node: PlanNode }) {
  const { plan } = usePlan()
  const agent = event.actor_type === 'agent_profile'
  return (
    <li className="flex gap-2">
      <Avatar name={event.actor_name} agent={agent} size={18} />
      <p className="min-w-0 wrap-anywhere">
        <b className="font-medium">{event.actor_name}</b>
        {agent && <span className="sr-only"> (agent)</span>} {sentenceOf(event, plan, node.milestone_id)}
        <span className="text-muted">
          {' · '}
          <Time at={event.at} className="whitespace-nowrap" />
        </span>
      </p>
    </li>
  )
}

/** As high as the shortest history, so that what follows does not jump; seen only where the answer takes its time. */
function Skeleton() {
  return (
    <div aria-hidden="true" className="flex h-[18px] animate-[appear_0s_300ms_both] items-center gap-2">
      <i className="size-[18px] rounded-[5px] bg-line" />
      <i className="h-2 w-48 rounded bg-line" />
    </div>
  )
}
