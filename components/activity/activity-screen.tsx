import { Download } from 'lucide-react'
import Link from 'next/link'
import type { ActivityPage } from '@/lib/domain/schemas/activity'
import { buttonClass } from '../ui/button'
import { PageTitle } from '../ui/page-title'
import { ActivityList } from './activity-list'
import { FilterForm } from './filter-form'
import { type Filters, hrefOf, inputOf, searchOf } from './filters'
import { SearchForm } from './search-form'

export type GroupChoice = { slug: string; name: string }

type ActivityScreenProps = {
  filters: Filters
  actors: ActivityPage['actors']
  groups: readonly GroupChoice[]
  /** Why nothing is listed: what was asked could not be understood. `search` is what was written. */
  problem: string | null
  search: string | null
  page: ActivityPage | null
  /** The address begins with this event instead of the newest. */
  before: number | null
  /** The one event that the address names. */
  event: number | null
}

/** The log as an audit trail, the newest first. It needs no JavaScript. */
export function ActivityScreen({ filters, actors, groups, problem, search, page, before, event }: ActivityScreenProps) {
  return (
    <>
      <header className="flex min-h-11.5 flex-wrap items-center gap-x-3 gap-y-2 px-5 pt-3.5">
        <PageTitle className="mr-auto">{event === null ? 'Activity' : `Event ${event}`}</PageTitle>
        {event === null && !problem && <ExportLinks filters={filters} />}
      </header>
      {event === null && (
        <div className="grid gap-2 border-b border-line px-5 pt-2 pb-3">
          <SearchForm key={`search ${hrefOf(filters)}`} text={search ?? searchOf(filters, actors)} problem={problem} />
          <FilterForm key={hrefOf(filters)} filters={filters} actors={actors} groups={groups} />
        </div>
      )}
      {page && page.events.length > 0 && <ActivityList page={page} />}
      {page?.events.length === 0 && <Empty event={event} before={before} filters={filters} />}
      {page && (
        <nav aria-label="Pages" className="flex flex-wrap gap-2 px-5 py-4">
          {before !== null && (
            <Link href={hrefOf(filters)} className={buttonClass()}>
              Newest events
            </Link>
          )}
          {event === null && page.next_before !== null && (
            <Link href={hrefOf(filters, { before: String(page.next_before) })} className={buttonClass()}>
              Older events
            </Link>
          )}
          {event !== null && (
            <>
              <Link href={hrefOf({}, { before: String(event + 1) })} className={buttonClass()}>
                The log from here back
              </Link>
              <Link href="/activity" className={buttonClass('quiet')}>
                All activity
              </Link>
            </>
          )}
        </nav>
      )}
    </>
  )
}

/** The same events as files: everything that the filters leave, oldest first. */
function ExportLinks({ filters }: { filters: Filters }) {
  const parameters = new URLSearchParams(inputOf(filters))
  const query = parameters.size > 0 ? `?${parameters}` : ''
  return (
    <nav aria-label="Export" className="flex gap-1">
      <a href={`/api/events.csv${query}`} download className={buttonClass('quiet')}>
        <Download size={15} aria-hidden="true" />
        CSV
      </a>
      <a href={`/api/events.ndjson${query}`} download className={buttonClass('quiet')}>
        <Download size={15} aria-hidden="true" />
        JSON lines
      </a>
    </nav>
  )
}

function Empty({ event, before, filters }: Pick<ActivityScreenProps, 'event' | 'before' | 'filters'>) {
  const [title, text] = wordsOf(event, before, filters)
  return (
    <div className="grid max-w-xl gap-1.5 px-5 py-8">
      <h2 className="text-[15px] font-semibold">{title}</h2>
      <p className="text-muted">{text}</p>
      {isSet(filters) && (
        <p>
          <Link href="/activity" className="font-medium text-accent underline">
            Show all activity
          </Link>
        </p>
      )}
    </div>
  )
}

const isSet = (filters: Filters) => Object.keys(filters).length > 0

function wordsOf(event: number | null, before: number | null, filters: Filters): [string, string] {
  if (event !== null) return [`There is no event ${event} here`, 'The log does not have it yet, or you may not read it.']
  if (before !== null) return ['Nothing earlier', 'The log has no earlier event that you may read.']
  if (filters.ms !== undefined)
    return [
      'Nothing fits',
      `No event that you may read is about the milestone ${filters.ms} and has the rest of this. Look whether its id is right.`,
    ]
  if (isSet(filters)) return ['Nothing fits', 'No event that you may read has all of this. Take a filter away, or widen the time.']
  return [
    'Nothing has happened yet',
    'Every change that a person or an agent makes is written down here, with who made it, when and by which way.',
  ]
}
