import clsx from 'clsx'
import { Check, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { memo } from 'react'
import { Progress } from '../milestone/progress'
import { Time } from '../ui/time'
import { milestoneOf } from './drawing'
import { LANE } from './grid'
import type { FlowNodeProps } from './rf'
import { useView } from './view-store'

export const Lane = memo(function Lane({ id }: FlowNodeProps) {
  const closed = useView((view) => findMilestone(view, id)?.status === 'closed')
  return <div className={clsx('size-full rounded-xl border border-line', closed ? 'bg-transparent' : 'bg-lane')} />
})

/** A node of its own, above the edges: a line that passes behind a title leaves it readable. */
export const LaneHead = memo(function LaneHead({ id, width }: FlowNodeProps) {
  const milestone = useView((view) => findMilestone(view, id))
  const stop = useView((view) => (view.stop === null ? null : view.stop === id))
  const folded = useView((view) => view.folded.has(milestoneOf(id)))
  if (!milestone) return null
  const { milestone_id, title, group_slug, status, closed_at, checkpoints } = milestone
  const closed = status === 'closed'
  return (
    <div data-lane-head={width} style={{ height: LANE.head - 4 }} className={clsx('graph-head', closed ? 'bg-bg' : 'bg-lane')}>
      {closed && <Check size={14} strokeWidth={2.5} aria-hidden="true" className="flex-none text-done" />}
      <Link
        href={`/m/${milestone_id}`}
        prefetch={false}
        data-stop={id}
        draggable={false}
        tabIndex={stop === null ? undefined : stop ? 0 : -1}
        aria-label={`Milestone ${title}`}
        className={clsx('max-w-80 truncate rounded font-semibold hover:underline', closed ? 'text-muted' : 'text-text')}
      >
        {title}
      </Link>
      <span className="text-muted">{group_slug}</span>
      {checkpoints.length > 0 ? <Progress milestone={milestone} /> : <span className="text-muted">No checkpoints yet</span>}
      {closed && closed_at && (
        <span className="whitespace-nowrap text-muted">
          Closed <Time at={closed_at} />
        </span>
      )}
      {closed && checkpoints.length > 0 && (
        <button
          type="button"
          data-fold={milestone_id}
          tabIndex={stop === null ? undefined : -1}
          aria-expanded={!folded}
          className="needs-js flex h-6 items-center gap-0.5 rounded px-1 text-muted hover:bg-line hover:text-text"
        >
          <ChevronRight size={14} aria-hidden="true" className={clsx(!folded && 'rotate-90')} />
          {folded ? 'Show' : 'Fold'}
        </button>
      )}
    </div>
  )
})

function findMilestone(view: Parameters<Parameters<typeof useView>[0]>[0], node: string) {
  return view.milestones.get(milestoneOf(node))
}
