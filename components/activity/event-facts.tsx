import Link from 'next/link'
import type { EventNames } from '@/lib/domain/schemas/activity'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { absolute } from '../ui/absolute'
import { Written } from '../ui/written'
import { hrefOf } from './filters'
import { VIA_WORDS } from './via-words'

/** When, by which way and in which session something happened, in which group, and the link to it. */
export function EventFacts({ event, names, leadsToActor }: { event: LoggedEvent; names: EventNames; leadsToActor: boolean }) {
  const { seq, at, via, session_id, actor_id, group_id, milestone_id } = event
  const group = group_id === null ? undefined : names.groups[group_id]
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-muted">
      <time dateTime={at} title={absolute(at)} className="tabular-nums">
        {at.slice(11, 19)} UTC
      </time>
      {via && <span>{VIA_WORDS[via]}</span>}
      {session_id !== null && (
        <span title={session_id} className="max-w-40 truncate">
          session <Written text={session_id} />
        </span>
      )}
      {group && <Written text={group.name} className="max-w-40 truncate" />}
      <Link href={hrefOf({}, { event: String(seq) })} className="rounded hover:text-text hover:underline">
        #{seq}
      </Link>
      {leadsToActor && actor_id !== '' && (
        <Link href={hrefOf({ actor: actor_id })} className="rounded hover:text-text hover:underline">
          Same actor
        </Link>
      )}
      {milestone_id !== null && names.milestones[milestone_id] !== undefined && (
        <Link href={hrefOf({ ms: milestone_id })} className="rounded hover:text-text hover:underline">
          Same milestone
        </Link>
      )}
    </p>
  )
}
