import type { LoggedEvent } from '../schemas/event'
import { titled } from './checkpoint'
import { lines, quote, second, words } from './quote'
import { next, type Say } from './say'

const MOST_OF_A_TEXT = 160

/** The fields whose values are ids, addresses, times and words of Cairn. Every other text was written by somebody, and is quoted. A colour decides nothing. */
const OWN_WORDS = new Set(
  'principal_id voter_id voting_type threshold_type voters deadline by accountable_id invitation_id from to key_id group_id project_id proposal_id cause withdrawn depends_on held_by role visibility state expires_at expired_at git_branch_url git_pr_url git_commit_url'.split(
    ' ',
  ),
)

/** The milestone, the present number and the title of a checkpoint. */
export type Named = { milestone_id: string; order: number; title: string }

/** The checkpoints that are still there, by id. */
export type Names = ReadonlyMap<string, Named>

/** One event on a line: its number, time and type, what it is about, who did it, and what it says. Checkpoints that are not in `names` are told by their ids. */
export const eventLine = (event: LoggedEvent, names: Names = new Map()): string => {
  const { seq, at, type, milestone_id, project_id, checkpoint_id, actor_name, on_behalf_of, data } = event
  const named = milestone_id && checkpoint_id ? names.get(checkpoint_id) : undefined
  return words(
    seq,
    second(at),
    type,
    named ? `${milestone_id}:${named.order}` : (milestone_id ?? project_id),
    named ? titled(named.title) : checkpoint_id,
    actor_name !== '' && `by ${titled(actor_name)}`,
    on_behalf_of !== null && `for ${titled(on_behalf_of)}`,
    ...Object.entries(data).flatMap(([field, value]) =>
      type === 'checkpoint.added' && named && isTold(named, field, value)
        ? []
        : fact(field, OWN_WORDS.has(field) ? numbered(value, milestone_id, names) : value),
    ),
  )
}

/** The numbers of the same milestone in place of the ids of its checkpoints. */
const numbered = (value: unknown, milestone_id: string | null, names: Names): unknown => {
  if (Array.isArray(value)) return value.map((one) => numbered(one, milestone_id, names))
  const named = typeof value === 'string' ? names.get(value) : undefined
  return named && named.milestone_id === milestone_id ? named.order : value
}

const isTold = ({ order, title }: Named, field: string, value: unknown): boolean =>
  (field === 'order' && value === order) || (field === 'title' && value === title)

const fact = (field: string, value: unknown): string[] => {
  if (field === 'color') return []
  if (typeof value === 'number') return [`${field} ${value}`]
  if (value === true) return [field]
  if (field === 'threshold_met') return ['threshold not met']
  // It may have hundreds of ids, and a reader pays for each.
  if (field === 'electorate' && Array.isArray(value)) return [`electorate ${value.length}`]
  if (Array.isArray(value)) return value.length > 0 && OWN_WORDS.has(field) ? [`${field} ${value.join(',')}`] : []
  if (typeof value !== 'string' || value === '') return []
  return [`${field} ${OWN_WORDS.has(field) ? second(value) : quote(value, MOST_OF_A_TEXT)}`]
}

type Listed = { events: LoggedEvent[]; next_after: number; next_before?: number | null | undefined }

export const eventsText = (
  { events, next_after, next_before }: Listed,
  say: Say,
  { after: _after, before: _before, ...asked }: Record<string, unknown>,
  names: Names,
): string =>
  lines(
    events.length === 0 && 'no events',
    events.map((event) => eventLine(event, names)),
    next_before === undefined && next(say, 'list_events', { after: next_after, ...asked }),
    typeof next_before === 'number' && next(say, 'list_events', { before: next_before, ...asked }),
  )
