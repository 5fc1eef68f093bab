import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { EventTraits } from '@/lib/domain/event-filter'
import type { Source } from '../read'
import { events } from '../schema/log'
import { on } from './source'

/** What events are to be about and like. */
export type EventPlace = EventTraits & {
  group_id?: string | undefined
  project_id?: string | undefined
  milestone_id?: string | undefined
  checkpoint_id?: string | undefined
}

export type EventFilter = EventPlace & {
  after: number
  /** If it is given, the newest events come first. */
  before?: number | undefined
  /** Only events with a smaller number, whatever comes first. */
  below?: number | undefined
  limit: number
}

/** A column, and the values of it that are looked up one by one in its index, which has the events of each in the order of the log. */
export type Lead = { column: PgColumn; values: readonly string[] }

/** Beyond so many events, a filter counts as wide. */
const MANY = 2_000

export const belowOf = ({ before, below }: EventFilter): number =>
  Math.min(before ?? Number.MAX_SAFE_INTEGER, below ?? Number.MAX_SAFE_INTEGER)

/** The part of a query that sorts by a number of the log and ends with the page. */
export const page = ({ before, limit }: Pick<EventFilter, 'before' | 'limit'>, seq: SQL | PgColumn): SQL =>
  sql`order by ${seq} ${before === undefined ? sql`asc` : sql`desc`} limit ${limit}`

/**
 * The column through whose index the events of a filter are read: the one with the fewest events. `groups` are those that the caller may read, if they are
 * few. Undefined if the log has to be walked.
 */
export const findLead = async (source: Source, filter: EventFilter, groups?: readonly string[]): Promise<Lead | undefined> => {
  const { checkpoint_id, milestone_id, project_id, group_id = groups, types, actor_id, via } = filter
  const [narrow] = leadsOf([events.checkpoint_id, checkpoint_id], [events.milestone_id, milestone_id])
  if (narrow) return narrow
  const wide = leadsOf(
    [events.type, types],
    [events.actor_id, actor_id],
    project_id === undefined ? [events.group_id, group_id] : [events.project_id, project_id],
    [events.via, via],
  )
  return wide.length > 1 ? findNarrowest(source, filter, wide) : wide[0]
}

const leadsOf = (...given: readonly [PgColumn, string | readonly string[] | undefined][]): Lead[] =>
  given.flatMap(([column, value]) => (value === undefined ? [] : [{ column, values: [value].flat() }]))

const findNarrowest = async (source: Source, filter: EventFilter, leads: readonly Lead[]): Promise<Lead | undefined> => {
  const first = { ...filter, limit: MANY }
  const counts = leads.map((lead) => sql`(select count(*) from (${numbersOf(first, lead, inRange(source, filter))}) n)::int`)
  const [row] = await on(source)
    .select({ counts: sql<number[]>`array[${sql.join(counts, sql`, `)}]` })
    .from(sql`(values (1)) as one`)
  const least = Math.min(...(row?.counts ?? []))
  return leads.find((_, at) => row?.counts[at] === least)
}

/** The numbers of the events that have one of the leading values. Each value is read by its own part of the index, and no further than the page may reach. */
export const numbersOf = (filter: EventFilter, { column, values }: Lead, where: SQL): SQL =>
  sql`select n.seq from unnest(${sql.param(values)}::${sql.raw(column.getSQLType())}[]) as v(id)
    cross join lateral (select ${events.seq} from ${events} where ${column} = v.id and ${where} ${page(filter, events.seq)}) n ${page(filter, sql`n.seq`)}`

/**
 * The conditions on an event besides that on its leading column. PostgreSQL must not see through them: it would use the index of another column, or the
 * primary key, and walk past all events there in the hope of meeting enough soon.
 */
export const inFilter = (source: Source, filter: EventFilter, lead: Lead, readable?: readonly string[]): SQL => {
  const { group_id, project_id, milestone_id, checkpoint_id, types, actor_id, via } = filter
  const wanted = leadsOf(
    [events.checkpoint_id, checkpoint_id],
    [events.milestone_id, milestone_id],
    [events.project_id, project_id],
    [events.group_id, group_id],
    [events.group_id, readable],
    [events.type, types],
    [events.actor_id, actor_id],
    [events.via, via],
  ).filter(({ column, values }) => column !== lead.column || !lead.values.every((value) => values.includes(value)))
  return sql.join([inRange(source, filter), ...wanted.map(opaque)], sql` and `)
}

/** The condition that an event is in the range of a filter. */
export const inRange = ({ workspace_id }: Source, filter: EventFilter): SQL =>
  sql`${events.seq} > ${filter.after} and ${events.seq} < ${belowOf(filter)} and ${opaque({ column: events.workspace_id, values: [workspace_id] })}`

/** IS TRUE hides a condition from the indexes, and leaves what PostgreSQL knows of how often it holds. */
const opaque = ({ column, values }: Lead): SQL => sql`(${column} = any(${sql.param(values)}::${sql.raw(column.getSQLType())}[])) is true`
