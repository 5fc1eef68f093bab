import Link from 'next/link'
import { Fragment } from 'react'
import { FACE_CHANGED } from '@/lib/domain/face-change'
import type { EventNames } from '@/lib/domain/schemas/activity'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { Avatar, For, isAgent } from '../ui/avatar'
import { Written } from '../ui/written'
import { isOwnSentence } from './event-words'
import { type LogPart, logPhraseOf } from './log-phrases'

type EventProps = { event: LoggedEvent; names: EventNames }

const isNobodys = (event: LoggedEvent) => isOwnSentence(event) || event.type === FACE_CHANGED

/** The picture of who did it. */
export function Face({ event: { actor_id, actor_name } }: { event: LoggedEvent }) {
  return actor_id === '' ? <span aria-hidden="true" /> : <Avatar name={actor_name} agent={isAgent(actor_id)} size={20} />
}

/** "atlas, for Maria," */
export function Doer({ event: { actor_id, actor_name, on_behalf_of } }: { event: LoggedEvent }) {
  if (actor_id === '') return null
  return (
    <>
      <Written text={actor_name} className="font-medium" />
      {isAgent(actor_id) && <span className="sr-only"> (agent)</span>}
      <For name={on_behalf_of} within />
    </>
  )
}

/** What happened, with links to what it was about. `named` says who did it, too. */
export function EventSentence({ event, names, named = false }: EventProps & { named?: boolean }) {
  const parts = logPhraseOf(event)
  const at = parts.findIndex((part) => typeof part === 'string' && /\bit\b/.test(part))
  const object = event.type === FACE_CHANGED ? null : <Subject event={event} names={names} />
  return (
    <>
      {named && !isNobodys(event) && (
        <>
          <Doer event={event} />{' '}
        </>
      )}
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part has no identity but its place in the phrase
        <Fragment key={index}>
          {index === at && object && typeof part === 'string' ? (
            <Around text={part}>{part.startsWith('renamed') ? `the ${nounOf(event)}` : object}</Around>
          ) : (
            <PartOf part={part} names={names} />
          )}
        </Fragment>
      ))}
      {at === -1 && object && hasSubject(event) && (
        <>
          {joinerAfter(parts.at(-1), event)}
          {object}
        </>
      )}
    </>
  )
}

/** What is renamed has its new name already, which would be told twice. */
const nounOf = ({ type }: LoggedEvent) => type.replace(/\..*/, '')

const hasSubject = ({ checkpoint_id, milestone_id, project_id, group_id }: LoggedEvent) =>
  (checkpoint_id ?? milestone_id ?? project_id ?? group_id) !== null

/** The word between what was done and where. After a text that someone wrote, it is a mark. */
function joinerAfter(last: LogPart | undefined, { checkpoint_id, milestone_id, project_id }: LoggedEvent): string {
  if (typeof last === 'string' && /description$/.test(last)) return ' of '
  if (typeof last === 'object' && 'written' in last) return ' · '
  return (checkpoint_id ?? milestone_id ?? project_id) === null ? ' in ' : ' on '
}

/** A text in which the thing itself takes the place of the first "it". */
function Around({ text, children }: { text: string; children: React.ReactNode }) {
  const [before = '', ...after] = text.split(/\bit\b/)
  return (
    <>
      {before}
      {children}
      {after.join('it')}
    </>
  )
}

const linkClass = 'rounded font-medium hover:underline'

/** The narrowest thing that an event is about, as far as it is still there and may be read. */
function Subject({ event: { checkpoint_id, milestone_id, project_id, group_id, data }, names }: EventProps) {
  const vote = typeof data.proposal_id === 'string' ? names.proposals[data.proposal_id] : undefined
  if (vote !== undefined) {
    return (
      <Link href={`/proposals/${data.proposal_id}`} className={linkClass}>
        <Written text={vote} />
      </Link>
    )
  }
  if (checkpoint_id !== null) {
    return (
      <>
        <CheckpointName id={checkpoint_id} names={names} />
        {milestone_id !== null && (
          <>
            {' in '}
            <MilestoneName id={milestone_id} names={names} />
          </>
        )}
      </>
    )
  }
  if (milestone_id !== null) return <MilestoneName id={milestone_id} names={names} />
  if (project_id !== null) return <ProjectName id={project_id} names={names} />
  if (group_id === null) return 'it'
  const group = names.groups[group_id]
  if (!group) return <code>{group_id}</code>
  return (
    <Link href={`/?group=${group.slug}`} className={linkClass}>
      <Written text={group.name} />
    </Link>
  )
}

function CheckpointName({ id, names }: { id: string; names: EventNames }) {
  const found = names.checkpoints[id]
  if (!found) return <code>{id}</code>
  return (
    <Link href={`/m/${found.milestone_id}?cp=${id}`} className={linkClass}>
      <span className="text-muted">{found.order}</span> <Written text={found.title} />
    </Link>
  )
}

function MilestoneName({ id, names }: { id: string; names: EventNames }) {
  const title = names.milestones[id]
  if (title === undefined) return <code>{id}</code>
  return (
    <Link href={`/m/${id}`} className={linkClass}>
      <Written text={title} />
    </Link>
  )
}

function ProjectName({ id, names }: { id: string; names: EventNames }) {
  const title = names.projects[id]
  if (title === undefined) return <code>{id}</code>
  return (
    <Link href={`/p/${id}`} className={linkClass}>
      <Written text={title} />
    </Link>
  )
}

function PartOf({ part, names }: { part: LogPart; names: EventNames }) {
  if (typeof part === 'string') return part
  if ('written' in part) return <Written text={part.written} className="font-medium" />
  if ('checkpoint_id' in part) return <CheckpointName id={part.checkpoint_id} names={names} />
  if ('project_id' in part) return <ProjectName id={part.project_id} names={names} />
  return <Written text={names.principals[part.principal_id] ?? part.principal_id} className="font-medium" />
}
