import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { enumerated } from '@/lib/domain/words'
import { deedOf } from './event-words'
import { deedsOf } from './many-words'

/** Events that one actor did one after another, in one session and minute. */
export type EventGroup = { first: LoggedEvent; events: LoggedEvent[] }

/** A deed is named so many times at most in the sentence of a group. */
const MOST_DEEDS = 3

const keyOf = ({ actor_id, on_behalf_of, session_id, via, at }: LoggedEvent) =>
  JSON.stringify([actor_id, on_behalf_of, session_id, via, at.slice(0, 16)])

/** The events of a page in groups, in the order of the page. */
export function groupEvents(events: readonly LoggedEvent[]): EventGroup[] {
  const groups: EventGroup[] = []
  for (const event of events) {
    const last = groups.at(-1)
    if (last && keyOf(last.first) === keyOf(event)) last.events.push(event)
    else groups.push({ first: event, events: [event] })
  }
  return groups
}

/** The groups of each day, in UTC, as the times of the log are. */
export function daysOf(groups: readonly EventGroup[]): { day: string; groups: EventGroup[] }[] {
  const days: { day: string; groups: EventGroup[] }[] = []
  for (const group of groups) {
    const day = group.first.at.slice(0, 10)
    const last = days.at(-1)
    if (last?.day === day) last.groups.push(group)
    else days.push({ day, groups: [group] })
  }
  return days
}

/** What was done in a group, such as "completed 3 checkpoints and closed a milestone", in the order in which it was done. */
export function deedsIn(events: readonly LoggedEvent[]): string {
  const counts = new Map<string, number>()
  for (const { type } of events.toReversed()) counts.set(type, (counts.get(type) ?? 0) + 1)
  const deeds = [...counts].map(([type, count]) => (count === 1 ? deedOf(type) : deedsOf(type, count)))
  const more = deeds.length - MOST_DEEDS
  // One more deed is as short as saying that there is one.
  if (more <= 1) return enumerated(deeds)
  return enumerated([...deeds.slice(0, MOST_DEEDS), 'more'])
}

/** The one milestone that all of these events are about, or null. */
export function milestoneOf(events: readonly LoggedEvent[]): string | null {
  const [first] = events
  const id = first?.milestone_id ?? null
  return events.every(({ milestone_id }) => milestone_id === id) ? id : null
}
