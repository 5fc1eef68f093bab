import type { EventType } from '@/lib/domain/events'
import { FACE_CHANGED } from '@/lib/domain/face-change'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import type { ShownEvent } from '@/lib/domain/views/event'
import { deedOf, type Part, phraseOf } from './event-words'

// Beside the words of checkpoints, which the drawer of a checkpoint loads too, the log tells of everything else.

/** A part of a phrase, or a project that is to be named. */
export type LogPart = Part | { project_id: string }

type OtherType = Exclude<EventType, `checkpoint.${string}` | `claim.${string}` | `proposal.${string}` | `ballot.${string}`>
type DataOf<T extends EventType> = Extract<ShownEvent, { type: T }>['data']

const who = (principal_id: string): LogPart => ({ principal_id })
const AS = { owner: 'the owner', admin: 'an admin', member: 'a member' } as const

/** What someone did, where the group, the project or the milestone itself is "it". */
const PHRASES: { [T in OtherType]: (data: DataOf<T>) => LogPart[] } = {
  'person.registered': ({ name }) => ['registered ', { written: name }],
  'person.updated': ({ name }) => (name === undefined ? ['changed an e-mail address'] : ['changed a name to ', { written: name }]),
  'agent_profile.created': ({ name }) => ['created the agent ', { written: name }],
  'agent_profile.updated': ({ principal_id, name }) =>
    name === undefined ? ['edited the description of the agent ', who(principal_id)] : ['renamed an agent to ', { written: name }],
  'agent_profile.assigned': ({ principal_id, accountable_id }) => [
    'made ',
    who(accountable_id),
    ' accountable for the agent ',
    who(principal_id),
  ],
  'agent_profile.suspended': ({ principal_id }) => ['suspended the agent ', who(principal_id)],
  'agent_profile.resumed': ({ principal_id }) => ['resumed the agent ', who(principal_id)],
  'agent_profile.deleted': ({ principal_id }) => ['deleted the agent ', who(principal_id)],
  'key.created': ({ name, principal_id, hint }) => ['created the key ', { written: name }, ` (…${hint}) for `, who(principal_id)],
  'key.revoked': ({ principal_id }) => ['revoked a key of ', who(principal_id)],
  'group.created': () => ['created it'],
  'group.updated': (data) =>
    edited(data.name, [
      data.slug !== undefined && [`changed its slug to ${data.slug}`],
      data.description !== undefined && ['edited the description'],
      data.visibility !== undefined && [data.visibility === 'private' ? 'made it private' : 'opened it to everybody here'],
      data.max_failures !== undefined && [`let a checkpoint fail after ${data.max_failures} attempts`],
    ]),
  'group.transferred': ({ from, to }) => ['changed the owner: ', who(from), ' → ', who(to)],
  'member.added': ({ principal_id, role }) => ['made ', who(principal_id), ` ${AS[role]}`],
  'member.role_changed': ({ principal_id, role }) => ['changed the role of ', who(principal_id), `, who is ${AS[role]} now`],
  'member.removed': ({ principal_id }) => ['removed ', who(principal_id)],
  'invitation.created': ({ role }) => [`invited someone to be ${AS[role]}`],
  'invitation.accepted': () => ['accepted an invitation'],
  'invitation.revoked': () => ['revoked an invitation'],
  'project.created': () => ['created it'],
  'project.updated': (data) =>
    edited(data.title, [
      data.slug !== undefined && [`changed its slug to ${data.slug}`],
      data.description !== undefined && ['edited the description'],
      data.color !== undefined && ['changed its colour'],
    ]),
  'project.completed': () => ['completed it'],
  'project.archived': () => ['archived it'],
  'project.reopened': () => ['reopened it'],
  'milestone.created': () => ['created it'],
  'milestone.updated': ({ title, description, project_id }) =>
    edited(title, [description !== undefined && ['edited the description'], project_id !== undefined && ['moved it to ', { project_id }]]),
  'milestone.closed': () => ['closed it'],
  'milestone.reopened': ({ cause }) => ['reopened it', ...(cause === null ? [] : [' because of ', { checkpoint_id: cause }])],
  'milestone.deleted': () => ['deleted it'],
}

/** What was changed of something, beginning with its new name. */
function edited(name: string | undefined, others: readonly (LogPart[] | false)[]): LogPart[] {
  const parts = [name !== undefined && ['renamed it to ', { written: name }], ...others].flatMap((part) => (part ? [part] : []))
  return parts.flatMap((part, at) => [...(at === 0 ? [] : [at === parts.length - 1 ? ' and ' : ', ']), ...part])
}

/** What an event tells, as the end of a sentence that begins with a name, or else a sentence of its own. */
export function logPhraseOf(event: LoggedEvent): LogPart[] {
  const { type, data } = event
  if (type === FACE_CHANGED)
    return [`A checkpoint that you may not read, for which others wait, changed. It is ${String(data.state).replaceAll('_', ' ')} now`]
  if (!isOther(type)) return phraseOf(event)
  const parts = otherPhrase(type, data)
  return parts.length > 0 ? parts : [deedOf(type)]
}

/** The cast holds because the server shows exactly these fields of an event of this type. */
const otherPhrase = <T extends OtherType>(type: T, data: LoggedEvent['data']) => PHRASES[type](data as DataOf<T>)

const isOther = (type: string): type is OtherType => Object.hasOwn(PHRASES, type)
