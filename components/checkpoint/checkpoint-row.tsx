'use client'
import clsx from 'clsx'
import type { MouseEvent } from 'react'
import type { Checkpoint, Milestone } from '@/lib/client/graph'
import { blockersOf, nameOf, type PlanNode } from '@/lib/client/plan'
import { shown } from '@/lib/domain/bidi'
import { GitLinks } from '../git/git-links'
import { NodeName } from '../plan/node-link'
import { go, PlaceLink, usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { STATUS, type Status, StatusLabel, statusOf } from '../status/status'
import { Who } from '../ui/avatar'
import { Time, TimeLeft } from '../ui/time'
import { Written } from '../ui/written'

// These states have a ground of their own, so that what can be acted on now is found by looking down the column.
const OWN_GROUND: ReadonlySet<Status> = new Set<Status>(['ready', 'claimed', 'failed', 'attention', 'awaiting_consensus', 'refused'])

export function CheckpointRow({ checkpoint, milestone }: { checkpoint: Checkpoint; milestone: Milestone }) {
  const { plan, refused } = usePlan()
  const { hrefOf, selected } = usePlace()
  const node = plan.nodes.get(checkpoint.checkpoint_id)
  if (!node) return null
  const href = hrefOf({ cp: node.id })
  const isOpen = selected === node.id
  const blockers = blockersOf(plan, node)
  const status = refused === node.id ? 'refused' : statusOf(checkpoint)
  const reason = node.state === 'failed' ? node.last_failure : isRejected(checkpoint) ? 'The vote did not pass' : null

  // The whole row is a target for the mouse; the title is the link for everything else.
  function onClick(event: MouseEvent) {
    if (event.target instanceof Element && event.target.closest('a, button')) return
    if (window.getSelection()?.toString()) return
    document.getElementById(`row-${node?.id}`)?.querySelector('a')?.focus({ preventScroll: true })
    go(href, selected ? 'replace' : 'push')
  }

  return (
    <tr
      id={`row-${node.id}`}
      onClick={onClick}
      className="group cursor-pointer border-b border-line @max-xl:grid @max-xl:grid-cols-[44px_minmax(0,1fr)_auto] @max-xl:items-start @max-xl:py-2 @max-xl:pr-5"
    >
      {/* A bar, not a tint: the greys of the states need the panel's own ground to be read. */}
      <td
        className={clsx(
          'h-9 w-11 min-w-11 px-2.5 text-right text-xs @max-xl:row-span-2 @max-xl:h-auto @max-xl:leading-[18px]',
          isOpen
            ? 'font-semibold text-accent shadow-[inset_3px_0_0_var(--accent)]'
            : 'text-faint group-hover:shadow-[inset_3px_0_0_var(--line-strong)]',
        )}
      >
        {checkpoint.order}
      </td>
      <th scope="row" className="px-2.5 py-1.5 text-left font-medium @max-xl:row-span-2 @max-xl:p-0 @max-xl:pr-3">
        <PlaceLink
          href={href}
          step={selected ? 'replace' : 'push'}
          aria-current={isOpen ? 'true' : undefined}
          className="rounded wrap-anywhere group-hover:underline"
        >
          <Written text={checkpoint.title} />
        </PlaceLink>
        {reason && (
          <span title={shown(reason)} className="line-clamp-2 text-xs font-normal wrap-anywhere text-muted @xl:line-clamp-1">
            <Written text={reason} />
          </span>
        )}
        <span
          className={clsx(
            'mt-0.5 block contain-inline-size text-xs font-normal wrap-anywhere text-muted',
            node.state === 'claimed' ? '@4xl:hidden' : '@xl:hidden',
          )}
        >
          <Second checkpoint={checkpoint} blockers={blockers} milestone_id={milestone.milestone_id} />
        </span>
      </th>
      <td className="px-2.5 @max-xl:justify-self-end @max-xl:p-0">
        <StatusLabel
          state={status}
          className={clsx(OWN_GROUND.has(status) && ['-mx-1.5 @max-xl:mr-0 rounded-md px-1.5 py-0.5', STATUS[status].tint])}
        />
      </td>
      <td className="max-w-0 px-2.5 py-1.5 @max-xl:hidden">
        <Blockers blockers={blockers} milestone_id={milestone.milestone_id} />
      </td>
      <td className="px-2.5 text-muted tabular-nums @max-xl:hidden @max-3xl:hidden">{node.unblocks.length || <None />}</td>
      <td className="max-w-0 px-2.5 @max-4xl:hidden">
        <Doer checkpoint={checkpoint} />
      </td>
      <td className="pr-5 pl-0.5 @max-xl:col-start-3 @max-xl:-mr-1 @max-xl:justify-self-end @max-xl:p-0">
        <GitLinks checkpoint={checkpoint} />
      </td>
    </tr>
  )
}

const isRejected = ({ state, proposal_status }: Checkpoint) => state === 'awaiting_consensus' && proposal_status === 'rejected'

/** Under the title where there is no room for columns. */
function Second({ checkpoint, blockers, milestone_id }: { checkpoint: Checkpoint; blockers: PlanNode[]; milestone_id: string }) {
  if (blockers.length > 0) {
    return (
      <>
        Waits for <Blockers blockers={blockers} milestone_id={milestone_id} />
      </>
    )
  }
  return <Doer checkpoint={checkpoint} />
}

function Blockers({ blockers, milestone_id }: { blockers: PlanNode[]; milestone_id: string }) {
  const [first, ...more] = blockers
  if (!first) return <None />
  return (
    <span className="flex min-w-0 gap-1 text-muted @max-xl:inline">
      <span className="truncate @max-xl:whitespace-normal" title={nameOf(first, milestone_id)}>
        <NodeName node={first} milestone_id={milestone_id} />
      </span>
      {more.length > 0 && (
        <span className="flex-none" title={more.map((node) => nameOf(node, milestone_id)).join(', ')}>
          {' '}
          and {more.length} more
        </span>
      )}
    </span>
  )
}

function Doer({ checkpoint }: { checkpoint: Checkpoint }) {
  const { state, claim, last_failure, completed_by, completed_by_name, completed_at } = checkpoint
  if (claim) {
    return (
      <Who id={claim.held_by} name={claim.held_by_name} person={claim.held_for_name} you={claim.held_by_you}>
        <TimeLeft until={claim.expires_at} className="whitespace-nowrap text-muted" />
      </Who>
    )
  }
  if (state === 'failed' && last_failure) {
    return (
      <Who id={last_failure.by} name={last_failure.by_name}>
        <Time at={last_failure.at} className="whitespace-nowrap text-muted" />
      </Who>
    )
  }
  if (!completed_by || !completed_at) return null
  return (
    <Who id={completed_by} name={completed_by_name ?? 'someone'} person={checkpoint.completed_for_name}>
      <Time at={completed_at} className="whitespace-nowrap text-muted" />
    </Who>
  )
}

const None = () => (
  <span className="text-faint">
    <span aria-hidden="true">–</span>
    <span className="sr-only">none</span>
  </span>
)
