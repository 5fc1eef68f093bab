import clsx from 'clsx'
import { Check, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { type CSSProperties, memo } from 'react'
import type { Milestone } from '@/lib/client/graph'
import { isolated, shown } from '@/lib/domain/bidi'
import { Progress } from '../status/progress'
import { Time } from '../ui/time'
import { cutClass, Written } from '../ui/written'
import { milestoneOf } from './drawing'
import { LANE } from './grid'
import type { Gap } from './layout'
import type { FlowNodeProps } from './rf'
import { useView } from './view-store'

export const Lane = memo(function Lane({ id }: FlowNodeProps) {
  const closed = useView((view) => findMilestone(view, id)?.status === 'closed')
  return <div className={clsx('size-full rounded-xl border border-line', closed ? 'bg-transparent' : 'bg-lane')} />
})

/** A node of its own, above the edges. It leaves free where lines cross it, so that none seems to end at a title. */
export const LaneHead = memo(function LaneHead({ id, width, data }: FlowNodeProps) {
  const milestone = useView((view) => findMilestone(view, id))
  const stop = useView((view) => (view.stop === null ? null : view.stop === id))
  const folded = useView((view) => view.folded.has(milestoneOf(id)))
  const group = useView((view) => view.plan.graph.group.name)
  if (!milestone) return null
  const { milestone_id, title, status, closed_at, checkpoints } = milestone
  const closed = status === 'closed'
  const ground = closed ? 'bg-bg' : 'bg-lane'
  const gap = data.gap && lengthOf(milestone, group) > data.gap.from - CLEAR ? data.gap : null
  return (
    <div
      data-lane-head={width}
      data-split={gap ? '' : undefined}
      style={{ height: LANE.head - 4, ...roomAround(gap) }}
      className="graph-head"
    >
      <span className="graph-head-name">
        <span className={clsx('graph-head-part', ground)}>
          {closed && <Check size={14} strokeWidth={2.5} aria-hidden="true" className="flex-none text-done" />}
          <Link
            href={`/m/${milestone_id}`}
            prefetch={false}
            data-stop={id}
            draggable={false}
            tabIndex={stop === null ? undefined : stop ? 0 : -1}
            aria-label={`Milestone ${isolated(title)}`}
            title={shown(title)}
            className={clsx('max-w-100 min-w-0 rounded font-semibold hover:underline', closed ? 'text-muted' : 'text-text')}
          >
            <Written text={title} className={cutClass} />
          </Link>
          <Written text={group} className="min-w-0 shrink-3 truncate text-muted" />
        </span>
      </span>
      <span className={clsx('graph-head-part', ground)}>
        {checkpoints.length > 0 ? (
          <Progress states={checkpoints.map(({ state }) => state)} />
        ) : (
          <span className="text-muted">No checkpoints yet</span>
        )}
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
      </span>
    </div>
  )
})

/** Between a line and what is written beside it. */
const CLEAR = 8
const MARGIN = 2

function roomAround(gap: Gap | null): CSSProperties {
  if (!gap) return {}
  return { '--before': `${gap.from - CLEAR - MARGIN}px`, '--between': `${gap.to - gap.from + 2 * CLEAR}px` } as CSSProperties
}

/** Roughly, for the server knows no fonts: whether a title ends before a line that crosses its band. */
function lengthOf({ title, checkpoints, status }: Milestone, group: string) {
  const progress = checkpoints.length > 0 && checkpoints.length <= 24 ? 140 : 50
  return 24 + title.length * 7.2 + group.length * 6.8 + 20 + progress + (status === 'closed' ? 220 : 0)
}

function findMilestone(view: Parameters<Parameters<typeof useView>[0]>[0], node: string) {
  return view.milestones.get(milestoneOf(node))
}
