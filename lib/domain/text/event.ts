import type { LoggedEvent } from '../schemas/event'
import { lines, quote, second, words } from './quote'

/** The facts of an event that are texts, in the order in which they are told. The others are in its JSON. */
const TOLD = ['title', 'name', 'reason', 'note', 'git_branch_url', 'git_pr_url', 'git_commit_url'] as const

/** One event on a line: its number, time and type, what it is about, who did it, and what it says. */
export const eventLine = ({ seq, at, type, milestone_id, project_id, checkpoint_id, actor_name, data }: LoggedEvent): string =>
  words(
    seq,
    second(at),
    type,
    milestone_id ?? project_id,
    checkpoint_id,
    actor_name !== '' && `by ${quote(actor_name)}`,
    ...TOLD.flatMap((field) => {
      const told = data[field]
      return typeof told === 'string' && told !== '' ? [`${field} ${quote(told, 160)}`] : []
    }),
  )

type Listed = { events: LoggedEvent[]; next_after: number; next_before?: number | null | undefined }

export const eventsText = ({ events, next_after, next_before }: Listed): string =>
  lines(
    events.length === 0 && 'no events',
    events.map(eventLine),
    next_before === undefined ? `next: after ${next_after}` : next_before !== null && `next: before ${next_before}`,
  )
