import { ChevronRight } from 'lucide-react'
import type { ActivityPage, EventNames } from '@/lib/domain/schemas/activity'
import { Written } from '../ui/written'
import { EventFacts } from './event-facts'
import { daysOf, deedsIn, type EventGroup, groupEvents, milestoneOf } from './event-groups'
import { Doer, EventSentence, Face } from './event-sentence'

/** The events of a page by days, and in these by who did them in one session and minute. */
export function ActivityList({ page: { events, names } }: { page: ActivityPage }) {
  return daysOf(groupEvents(events)).map(({ day, groups }) => (
    <section key={groups[0]?.first.seq} aria-label={wordsOf(day)}>
      <h2 className="border-b border-line bg-sunken px-5 py-1.5 text-xs font-semibold text-muted">{wordsOf(day)}</h2>
      <ol className="divide-y divide-line border-b border-line bg-panel">
        {groups.map((group) => (
          <li key={group.first.seq}>
            <Group group={group} names={names} />
          </li>
        ))}
      </ol>
    </section>
  ))
}

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const wordsOf = (day: string) => DAY.format(new Date(day))

const rowClass = 'grid grid-cols-[20px_minmax(0,1fr)] gap-x-2.5 px-5 py-2.5'

function Group({ group: { first, events }, names }: { group: EventGroup; names: EventNames }) {
  if (events.length === 1) {
    return (
      <div className={rowClass}>
        <Face event={first} />
        <div className="min-w-0">
          <p className="wrap-anywhere">
            <EventSentence event={first} names={names} named />
          </p>
          <EventFacts event={first} names={names} leadsToActor />
        </div>
      </div>
    )
  }
  const milestone = milestoneOf(events)
  return (
    <details className="group/events">
      <summary className={`${rowClass} hover:bg-sunken`}>
        <Face event={first} />
        <span className="flex min-w-0 items-baseline gap-2">
          <span className="min-w-0 flex-1 wrap-anywhere">
            <Doer event={first} /> {deedsIn(events)}
            {milestone && names.milestones[milestone] !== undefined && (
              <>
                {' in '}
                <Written text={names.milestones[milestone]} className="font-medium" />
              </>
            )}
          </span>
          <span className="flex flex-none items-center gap-1.5 text-xs text-muted tabular-nums">
            {first.at.slice(11, 16)}
            <ChevronRight size={14} aria-hidden="true" className="transition-transform group-open/events:rotate-90" />
          </span>
        </span>
      </summary>
      <ol className="grid gap-2 border-t border-line bg-bg py-2.5 pr-5 pl-[50px]">
        {events.map((event) => (
          <li key={event.seq} className="min-w-0">
            <p className="wrap-anywhere">
              <EventSentence event={event} names={names} />
            </p>
            <EventFacts event={event} names={names} leadsToActor={event === first} />
          </li>
        ))}
      </ol>
    </details>
  )
}
