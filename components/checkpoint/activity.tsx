'use client'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { isOwnSentence, type Part, phraseOf } from '../activity/event-words'
import { NodeName } from '../plan/node-link'
import { usePlan } from '../plan/plan-context'
import { Avatar, For, isAgent } from '../ui/avatar'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { namesIn } from './attempts'

type ActivityProps = { events: readonly LoggedEvent[]; node: PlanNode; checkpoint: Checkpoint }

/** Who did what to this checkpoint, the latest first. */
export function Activity({ events, node, checkpoint }: ActivityProps) {
  const { claim, last_failure } = checkpoint
  const nameIn = namesIn(events)
  const nameOf = (principal_id: string) => {
    if (principal_id === claim?.held_by) return claim.held_by_name
    return nameIn(principal_id) ?? (principal_id === last_failure?.by ? last_failure.by_name : 'someone')
  }
  return (
    <ol className="grid gap-1.5">
      {events.map((event) => (
        <Entry key={event.seq} event={event} node={node} nameOf={nameOf} />
      ))}
    </ol>
  )
}

type NameOf = (principal_id: string) => string

function Entry({ event, node, nameOf }: { event: LoggedEvent; node: PlanNode; nameOf: NameOf }) {
  const isOwn = isOwnSentence(event)
  const doer = isOwn ? String(event.data.held_by) : event.actor_id
  const name = isOwn ? nameOf(doer) : event.actor_name
  return (
    <li className="flex gap-2">
      <Avatar name={name} agent={isAgent(doer)} size={18} />
      <p className="min-w-0 wrap-anywhere">
        {!isOwn && (
          <>
            <Written text={name} className="font-medium" />
            {isAgent(doer) && <span className="sr-only"> (agent)</span>}
            <For name={event.on_behalf_of} within />{' '}
          </>
        )}
        {phraseOf(event).map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a part has no identity but its place in the phrase
          <PhrasePart key={index} part={part} node={node} nameOf={nameOf} />
        ))}
        <span className="text-muted">
          {' · '}
          <Time at={isOwn ? String(event.data.expired_at) : event.at} className="whitespace-nowrap" />
        </span>
      </p>
    </li>
  )
}

function PhrasePart({ part, node, nameOf }: { part: Part; node: PlanNode; nameOf: NameOf }) {
  const { plan } = usePlan()
  if (typeof part === 'string') return part
  if ('written' in part) return <Written text={part.written} className="font-medium" />
  if ('principal_id' in part) return <Written text={nameOf(part.principal_id)} className="font-medium" />
  const named = plan.nodes.get(part.checkpoint_id)
  // What this page does not have was deleted, or is no neighbour any more.
  return named ? <NodeName node={named} milestone_id={node.milestone_id} className="font-medium" /> : 'another checkpoint'
}
