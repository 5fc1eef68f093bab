'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { historyQuery } from '@/lib/client/queries'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { type Part, phraseOf } from '../activity/event-words'
import { NodeName } from '../plan/node-link'
import { usePlan } from '../plan/plan-context'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { Written } from '../ui/written'

/** Who did what to this checkpoint, the latest first. Asked for once the drawer is open, and again when the checkpoint changes. */
export function Activity({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const history = useInfiniteQuery(historyQuery(node.id))
  const { data, error, refetch } = history
  const version = JSON.stringify([checkpoint, node.waits_for])
  const asked = useRef(version)
  useEffect(() => {
    if (asked.current === version) return
    asked.current = version
    void refetch()
  }, [version, refetch])

  return (
    <section aria-label="Activity" aria-busy={!data && !error} className="needs-js px-5 py-4">
      <h3 className="mb-1.5 text-xs font-semibold text-muted">Activity</h3>
      {error && !data && <p className="text-muted">The activity could not be read. {error.message}</p>}
      {!data && !error && <Skeleton />}
      <ol className="grid gap-1.5">
        {data?.pages
          .flatMap(({ events }) => events)
          .map((event) => (
            <Entry key={event.seq} event={event} node={node} />
          ))}
      </ol>
      {history.isFetchNextPageError && <p className="text-muted">Earlier activity could not be read. {error?.message}</p>}
      {history.hasNextPage && (
        <Button
          look="quiet"
          busy={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage({ cancelRefetch: false })}
          className="-ml-2.5 px-2.5!"
        >
          Show earlier activity
        </Button>
      )}
    </section>
  )
}

function Entry({ event, node }: { event: LoggedEvent; node: PlanNode }) {
  const agent = event.actor_type === 'agent_profile'
  return (
    <li className="flex gap-2">
      <Avatar name={event.actor_name} agent={agent} size={18} />
      <p className="min-w-0 wrap-anywhere">
        <Written text={event.actor_name} className="font-medium" />
        {agent && <span className="sr-only"> (agent)</span>}{' '}
        {phraseOf(event).map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a part has no identity but its place in the phrase
          <PhrasePart key={index} part={part} node={node} />
        ))}
        <span className="text-muted">
          {' · '}
          <Time at={event.at} className="whitespace-nowrap" />
        </span>
      </p>
    </li>
  )
}

function PhrasePart({ part, node }: { part: Part; node: PlanNode }) {
  const { plan } = usePlan()
  if (typeof part === 'string') return part
  if ('written' in part) return <Written text={part.written} className="font-medium" />
  const named = plan.nodes.get(part.checkpoint_id)
  // What this page does not have was deleted, or is no neighbour any more.
  return named ? <NodeName node={named} milestone_id={node.milestone_id} className="font-medium" /> : 'another checkpoint'
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
