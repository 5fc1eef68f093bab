'use client'
import { ChevronDown, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import type { Milestone } from '@/lib/client/graph'
import { isolated } from '@/lib/domain/bidi'
import { Progress } from '../status/progress'
import { IconButton } from '../ui/button'
import { Time } from '../ui/time'
import { Written } from '../ui/written'

/** Closed milestones are folded until somebody unfolds them, so that what is done does not push away what is left. */
export function useFolded() {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const isFolded = ({ milestone_id, status }: Milestone) => (status === 'closed') !== turned.has(milestone_id)
  function toggle({ milestone_id }: Milestone) {
    const next = new Set(turned)
    if (!next.delete(milestone_id)) next.add(milestone_id)
    setTurned(next)
  }
  return [isFolded, toggle] as const
}

type MilestoneHeadProps = { milestone: Milestone; folded: boolean; toggle: (() => void) | null }

export function MilestoneHead({ milestone, folded, toggle }: MilestoneHeadProps) {
  const Chevron = folded ? ChevronRight : ChevronDown
  return (
    <tr className="@max-xl:block">
      <th colSpan={7} scope="rowgroup" className="border-b border-line bg-sunken p-0 text-left font-normal @max-xl:block">
        <span className="flex min-h-9 items-center gap-2 pr-4 pl-2">
          {toggle ? (
            <IconButton
              label={`${folded ? 'Show' : 'Hide'} the checkpoints of ${isolated(milestone.title)}`}
              aria-expanded={!folded}
              onClick={toggle}
              className="needs-js size-6! hover:bg-line!"
            >
              <Chevron size={14} />
            </IconButton>
          ) : (
            <span className="size-6" />
          )}
          <Link href={`/m/${milestone.milestone_id}`} className="min-w-0 truncate rounded font-semibold hover:underline">
            <Written text={milestone.title} />
          </Link>
          <Progress states={milestone.checkpoints.map(({ state }) => state)} />
          {milestone.closed_at && (
            <span className="truncate text-xs text-muted">
              closed <Time at={milestone.closed_at} />
            </span>
          )}
          {milestone.total_checkpoints === 0 && <span className="truncate text-xs text-muted">no checkpoints yet</span>}
        </span>
      </th>
    </tr>
  )
}
