import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { ActivityScreen } from '@/components/activity/activity-screen'
import { FILTERS, filtersOf, hrefOf, inputOf, understand } from '@/components/activity/filters'
import { Page } from '@/components/shell/page'
import { readActivity } from '@/lib/operations/activity'
import { listGroups } from '@/lib/operations/groups'
import { readPage } from '@/lib/transport/page'

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Past the end of every log. */
const NEWEST = Number.MAX_SAFE_INTEGER
const PAGE = 100

const numberIn = (text: string | string[] | undefined): number | null =>
  typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const event = numberIn((await searchParams).event)
  return { title: event === null ? 'Activity' : `Event ${event}` }
}

export default async function ActivityPage({ searchParams }: Props) {
  const parameters = await searchParams
  const { q } = parameters
  const event = numberIn(parameters.event)
  const before = event === null ? numberIn(parameters.before) : null
  const asked = event === null ? filtersOf(parameters) : filtersOf({})
  const place = event === null ? { before: before ?? NEWEST, limit: PAGE } : { before: event + 1, limit: 1 }
  const { data: known } = await readPage(listGroups, {})
  const isThere = (wanted: string) => known.groups.some(({ slug, group_id }) => slug === wanted || group_id === wanted)
  const wanted = asked.filters?.group
  const lost = wanted === undefined || isThere(wanted) ? null : `There is no group “${wanted}” here, or you may not read it.`
  const { data } = await readPage(readActivity, { ...inputOf(lost === null ? (asked.filters ?? {}) : {}), ...place })
  const searched = typeof q === 'string' ? understand(q, data.actors) : null
  if (searched?.filters) redirect(hrefOf(searched.filters))
  // The form sends the filters that are not set, too.
  if (asked.filters && FILTERS.some((filter) => parameters[filter] === '')) redirect(hrefOf(asked.filters))
  const problem = searched?.problem ?? asked.problem ?? lost
  return (
    <Page crumbs={[{ label: 'Activity' }]} group={lost === null ? (wanted ?? null) : null}>
      <ActivityScreen
        filters={asked.filters ?? {}}
        actors={data.actors}
        groups={known.groups.map(({ slug, name }) => ({ slug, name }))}
        problem={problem}
        search={typeof q === 'string' ? q : null}
        page={problem === null ? { ...data, events: data.events.filter(({ seq }) => event === null || seq === event) } : null}
        before={before}
        event={event}
      />
    </Page>
  )
}
