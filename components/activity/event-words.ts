import type { EventType } from '@/lib/domain/events'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import type { ShownEvent } from '@/lib/domain/views/event'
import { enumerated } from '@/lib/domain/words'
import { GIT_FIELDS, GIT_NOUNS } from '../git/fields'

// Every type of event has its words here: one that has none does not compile.

/** What someone did, as the end of a sentence that begins with their name, where the thing itself is not named. */
const DEEDS: { [T in EventType]: string } = {
  'person.registered': 'registered a person',
  'person.updated': 'changed their name or e-mail address',
  'agent_profile.created': 'created an agent',
  'agent_profile.updated': 'edited an agent',
  'agent_profile.assigned': 'made someone accountable for an agent',
  'agent_profile.suspended': 'suspended an agent',
  'agent_profile.resumed': 'resumed an agent',
  'agent_profile.deleted': 'deleted an agent',
  'key.created': 'created a key',
  'key.revoked': 'revoked a key',
  'group.created': 'created the group',
  'group.updated': 'edited the group',
  'group.transferred': 'gave the group to another owner',
  'member.added': 'added a member',
  'member.role_changed': 'changed the role of a member',
  'member.removed': 'removed a member',
  'invitation.created': 'invited someone',
  'invitation.accepted': 'accepted an invitation',
  'invitation.revoked': 'revoked an invitation',
  'project.created': 'created the project',
  'project.updated': 'edited the project',
  'project.completed': 'completed the project',
  'project.archived': 'archived the project',
  'project.reopened': 'reopened the project',
  'milestone.created': 'created a milestone',
  'milestone.updated': 'edited a milestone',
  'milestone.closed': 'closed a milestone',
  'milestone.reopened': 'reopened a milestone',
  'milestone.deleted': 'deleted a milestone',
  'checkpoint.added': 'added a checkpoint',
  'checkpoint.updated': 'edited a checkpoint',
  'checkpoint.linked': 'linked work to a checkpoint',
  'checkpoint.dependency_added': 'added a dependency',
  'checkpoint.dependency_removed': 'removed a dependency',
  'checkpoint.completed': 'completed a checkpoint',
  'checkpoint.reopened': 'reopened a checkpoint',
  'checkpoint.failed': 'reported a failure',
  'checkpoint.retried': 'gave a checkpoint back',
  'checkpoint.relinked': 'changed what a checkpoint waits for',
  'checkpoint.withdrawn': 'withdrew a checkpoint',
  'checkpoint.deleted': 'deleted a checkpoint',
  'claim.taken': 'claimed a checkpoint',
  'claim.renewed': 'extended a claim',
  'claim.released': 'released a claim',
  'claim.expired': 'found that a claim had expired',
  'checkpoint.gated': 'asked for a vote on a checkpoint',
  'checkpoint.gate_lifted': 'lifted a gate',
  'proposal.created': 'asked for a vote',
  'proposal.opened': 'opened a vote',
  'proposal.round_started': 'began a new round of a vote',
  'proposal.voter_added': 'made someone a voter',
  'proposal.finalized': 'finalized a vote',
  'ballot.cast': 'voted',
}

/** A part of a phrase: words, a text that someone wrote, or a checkpoint, a person or an agent that is to be named. */
export type Part = string | { written: string } | { checkpoint_id: string } | { principal_id: string }

type CheckpointEventType = Extract<EventType, `checkpoint.${string}` | `claim.${string}` | `proposal.${string}` | `ballot.${string}`>
type DataOf<T extends EventType> = Extract<ShownEvent, { type: T }>['data']

/** What someone did to one checkpoint, which is "it". */
const PHRASES: { [T in CheckpointEventType]: (data: DataOf<T>, actor_id: string) => Part[] } = {
  'checkpoint.added': () => ['added it'],
  'checkpoint.updated': ({ title, description }) => [
    ...(title === undefined ? [] : ['renamed it to ', { written: title }]),
    ...(description === undefined ? [] : [title === undefined ? 'edited the description' : ' and edited the description']),
  ],
  'checkpoint.linked': (data) => [linked(data)],
  'checkpoint.dependency_added': ({ depends_on }) => ['made it depend on ', { checkpoint_id: depends_on }],
  'checkpoint.dependency_removed': ({ depends_on }) => ['removed its dependency on ', { checkpoint_id: depends_on }],
  'checkpoint.completed': () => ['completed it'],
  'checkpoint.reopened': ({ reason, cause }) => [
    'reopened it',
    ...(cause ? [' together with ', { checkpoint_id: cause }] : []),
    ...(reason === '' ? [] : [': ', { written: reason }]),
  ],
  'checkpoint.failed': ({ reason, attempt }) => [`reported that attempt ${attempt} failed: `, { written: reason }],
  'checkpoint.retried': () => ['gave it back'],
  'checkpoint.relinked': ({ depends_on }) => [
    'withdrew a checkpoint that it waited for',
    ...(depends_on.length > 0 ? [', so that it waits for ', ...checkpoints(depends_on), ' instead'] : []),
  ],
  'checkpoint.withdrawn': ({ reason }) => ['withdrew it: ', { written: reason }],
  'checkpoint.deleted': () => ['deleted it'],
  'claim.taken': ({ attempt }) => [attempt === 1 ? 'claimed it' : `claimed it (attempt ${attempt})`],
  'claim.renewed': () => ['extended the claim'],
  'claim.released': ({ held_by }, actor_id) =>
    held_by === actor_id ? ['released it'] : ['released the claim of ', { principal_id: held_by }],
  'claim.expired': ({ held_by, attempt }) => ['The claim of ', { principal_id: held_by }, ` expired (attempt ${attempt})`],
  'checkpoint.gated': () => ['asked for a vote on it'],
  'checkpoint.gate_lifted': ({ reason }) => ['lifted its gate: ', { written: reason }],
  'proposal.created': () => ['asked for a vote on it'],
  'proposal.opened': () => ['opened the vote on it'],
  'proposal.round_started': ({ round, reason }) => [
    `began round ${round} of the vote on it`,
    ...(reason === undefined ? [] : [': ', { written: reason }]),
  ],
  'proposal.voter_added': ({ voter_id }) => ['added ', { principal_id: voter_id }, ' to those who vote on it'],
  'proposal.finalized': ({ threshold_met, result, by }) => [
    `${by === 'deadline' ? 'found that the vote on it had ended and ' : 'finalized the vote on it, which '}${threshold_met ? 'passed' : 'did not pass'}`,
    ...(result === null || result === 'yes' || result === 'no' ? [] : [', with ', { written: result }]),
  ],
  'ballot.cast': ({ vote, comment }) => ['voted ', { written: vote }, ' on it', ...(comment === '' ? [] : [': ', { written: comment }])],
}

/** What someone did, where the thing itself is not named. */
export function deedOf(type: string): string {
  return isKnown(type) ? DEEDS[type] : 'did something that this version of Cairn does not know'
}

/** What someone did to a checkpoint, as the end of a sentence that begins with their name, or else a sentence of its own. */
export function phraseOf({ type, data, actor_id }: Pick<LoggedEvent, 'type' | 'data' | 'actor_id'>): Part[] {
  return isOfCheckpoint(type) ? phrase(type, data, actor_id) : [deedOf(type)]
}

/** Whether the event was nobody's deed, so that its phrase is a sentence of its own. Whoever is named by it only came upon it. */
export const isOwnSentence = ({ type }: Pick<LoggedEvent, 'type'>) => type === 'claim.expired'

/** The cast holds because the server shows exactly these fields of an event of this type. */
const phrase = <T extends CheckpointEventType>(type: T, data: LoggedEvent['data'], actor_id: string) =>
  PHRASES[type](data as DataOf<T>, actor_id)

// The log of a newer build may have a type that this page does not know.
const isKnown = (type: string): type is EventType => Object.hasOwn(DEEDS, type)
const isOfCheckpoint = (type: string): type is CheckpointEventType => Object.hasOwn(PHRASES, type)

/** "[a], [b] and [c]". */
function checkpoints(ids: readonly string[]): Part[] {
  return ids.flatMap((checkpoint_id, at) => [...(at === 0 ? [] : [at === ids.length - 1 ? ' and ' : ', ']), { checkpoint_id }])
}

function linked(data: DataOf<'checkpoint.linked'>): string {
  const changed = GIT_FIELDS.filter((field) => field in data)
  const set = changed.flatMap((field) => (data[field] ? `the ${GIT_NOUNS[field]}` : []))
  const cleared = changed.flatMap((field) => (data[field] ? [] : `the link to the ${GIT_NOUNS[field]}`))
  const parts = [
    ...(set.length > 0 ? [`linked ${enumerated(set)}`] : []),
    ...(cleared.length > 0 ? [`removed ${enumerated(cleared)}`] : []),
    ...('note' in data ? [data.note ? 'wrote a note' : 'removed the note'] : []),
  ]
  return enumerated(parts) || 'changed its links'
}
