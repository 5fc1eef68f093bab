'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { historyQuery } from '@/lib/client/queries'
import { Button } from '../ui/button'
import { Activity } from './activity'
import { Attempts } from './attempts-list'

/** What has happened to this checkpoint. Asked for once the drawer is open, and again when the checkpoint changes. */
export function History({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const history = useInfiniteQuery(historyQuery(node.id))
  const { data, error, refetch } = history
  const version = JSON.stringify([checkpoint, node.waits_for])
  const asked = useRef(version)
  useEffect(() => {
    if (asked.current === version) return
    asked.current = version
    void refetch()
  }, [version, refetch])
  const events = data?.pages.flatMap((page) => page.events)
  const isWaiting = !data && !error

  return (
    <>
      {checkpoint.attempts > 0 && (events || isWaiting) && (
        <section aria-label="Attempts" aria-busy={isWaiting} className="needs-js px-5 py-4">
          <h3 className={headingClass}>Attempts</h3>
          {isWaiting && <Skeleton />}
          {events && <Attempts events={events} checkpoint={checkpoint} />}
        </section>
      )}
      <section aria-label="Activity" aria-busy={isWaiting} className="needs-js px-5 py-4">
        <h3 className={headingClass}>Activity</h3>
        {error && !data && <p className="text-muted">The activity could not be read. {error.message}</p>}
        {isWaiting && <Skeleton />}
        {events && <Activity events={events} node={node} checkpoint={checkpoint} />}
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
    </>
  )
}

const headingClass = 'mb-1.5 text-xs font-semibold text-muted'

/** As high as the shortest history, so that what follows does not jump; seen only where the answer takes its time. */
function Skeleton() {
  return (
    <div aria-hidden="true" className="flex h-[18px] animate-[appear_0s_300ms_both] items-center gap-2">
      <i className="size-[18px] rounded-[5px] bg-line" />
      <i className="h-2 w-48 rounded bg-line" />
    </div>
  )
}
