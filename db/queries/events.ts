import { and, asc, desc, eq, gt, inArray, lt, lte, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { mayReadWholeLog } from '@/lib/domain/access'
import type { Caller } from '@/lib/domain/context'
import { wantsFaces } from '@/lib/domain/event-filter'
import type { Event } from '@/lib/domain/events'
import { TYPES_THAT_CHANGE_FACES } from '@/lib/domain/face-change'
import type { Names } from '@/lib/domain/views/event'
import { COMPLETIONS } from '@/lib/domain/waiting'
import type { Source } from '../read'
import { events } from '../schema/log'
import { groups, principals } from '../schema/people'
import { checkpoints, dependencies, milestones } from '../schema/work'
import { belowOf, type EventFilter, type EventPlace, findLead, inFilter, type Lead, numbersOf, page } from './event-filter'
import { on, readable } from './source'

/** An event that a caller may be told. Of a `hidden` one, the caller may be told only that it changed the face of its checkpoint (E4). */
export type ReadableEvent = Logged & { hidden: boolean }

/** From more groups than these, events are read by walking the log, because each group costs a look-up. */
const MOST_GROUPS = 100

/** So many events of the log are looked at one by one for the faces that they changed. Beyond it, the log of each face is read. */
const SHORT_WALK = 5_000

/** The events between two places in the log that the caller may be told, each with the name of its actor. `end` is the number of the last event. */
export const listEvents = async (source: Source, caller: Caller, filter: EventFilter, end: number): Promise<ReadableEvent[]> => {
  if (mayReadWholeLog(caller)) return (await listIn(source, filter)).map((event) => ({ ...event, hidden: false }))
  const groups = await splitGroups(source, caller)
  const found = await listIn(source, filter, groups.readable)
  const shown = found.map((event) => ({ ...event, hidden: false }))
  if (groups.hidden.length === 0 || filter.checkpoint_id !== undefined || !wantsFaces(filter)) return shown
  // If the page is full, nothing beyond its last event belongs to it.
  const last = found.length === filter.limit ? found.at(-1)?.event.seq : undefined
  const beyond = Math.min(belowOf(filter), end + 1)
  const range =
    filter.before === undefined ? { above: filter.after, below: last ?? beyond } : { above: last ?? filter.after, below: beyond }
  const faces = await listFaceChanges(source, filter, groups, range)
  if (faces.length === 0) return shown
  const order = filter.before === undefined ? 1 : -1
  return [...shown, ...faces].sort((a, b) => order * (a.event.seq - b.event.seq)).slice(0, filter.limit)
}

/** All groups, by whether the caller may read them. */
const splitGroups = async (source: Source, caller: Caller): Promise<Groups> => {
  const rows = await on(source)
    .select({ group_id: groups.group_id, is_readable: sql<boolean>`${readable(source, caller, groups.group_id)}` })
    .from(groups)
    .where(eq(groups.workspace_id, source.workspace_id))
  const where = (wanted: boolean) => rows.flatMap(({ group_id, is_readable }) => (is_readable === wanted ? [group_id] : []))
  return { readable: where(true), hidden: where(false) }
}

type Groups = { readable: string[]; hidden: string[] }

/** The events of a filter, which are in one of these groups if any are given. */
const listIn = async (source: Source, filter: EventFilter, readable?: readonly string[]): Promise<Logged[]> => {
  const lead = await findLead(source, filter, readable && readable.length <= MOST_GROUPS ? readable : undefined)
  const rows = await selectEvents(source)
    .where(lead ? byLead(source, filter, lead, readable) : inLog(source, filter, readable))
    .orderBy(filter.before === undefined ? asc(events.seq) : desc(events.seq))
    .limit(filter.limit)
  return rows.map(logged)
}

const byLead = (source: Source, filter: EventFilter, lead: Lead, readable?: readonly string[]): SQL | undefined => {
  const others = inFilter(source, filter, lead, readable)
  const [value, ...more] = lead.values
  return value !== undefined && more.length === 0 ? and(eq(lead.column, value), others) : bySeq(source, numbersOf(filter, lead, others))
}

/** The condition by which the whole log is walked. */
const inLog = ({ workspace_id }: Source, filter: EventFilter, readable?: readonly string[]): SQL | undefined =>
  and(
    eq(events.workspace_id, workspace_id),
    gt(events.seq, filter.after),
    lt(events.seq, belowOf(filter)),
    readable && sql`${events.group_id} = any(${sql.param(readable)}::uuid[])`,
  )

const bySeq = ({ workspace_id }: Source, numbers: SQL): SQL | undefined =>
  and(eq(events.workspace_id, workspace_id), sql`${events.seq} = any(array(${numbers}))`)

type Range = { above: number; below: number }

/** The events in hidden groups that may have changed the face of a checkpoint on which something in the place depends that the caller may read (E4). */
const listFaceChanges = async (source: Source, filter: EventFilter, groups: Groups, between: Range): Promise<ReadableEvent[]> => {
  const { above, below } = between
  if (groups.readable.length === 0 || below - above <= 1) return []
  const numbers = below - above <= SHORT_WALK ? numbersByWalk : numbersByFace
  const rows = await selectEvents(source).where(bySeq(source, numbers(source, filter, groups, between)))
  return rows.map((row) => ({ ...logged(row), hidden: true }))
}

/** Says it so that the events are not read by the index of types, of which a checkpoint has few. */
const changesFace = sql`(e.type = any(${sql.param(TYPES_THAT_CHANGE_FACES)})) is true`

const numbersByWalk = (source: Source, filter: EventFilter, groups: Groups, between: Range): SQL => {
  const w = source.workspace_id
  return sql`select e.seq from ${events} e where e.workspace_id = ${w} and e.seq > ${between.above} and e.seq < ${between.below} and ${changesFace} and e.group_id = any(${sql.param(groups.hidden)}::uuid[])
    and exists (select from ${dependencies} d
      cross join lateral (select c.milestone_id from ${checkpoints} c where c.workspace_id = ${w} and c.checkpoint_id = d.checkpoint_id offset 0) c
      cross join lateral (select from ${milestones} m where m.workspace_id = ${w} and m.milestone_id = c.milestone_id and ${inOneOf(filter, groups)} offset 0) m
      where d.workspace_id = ${w} and d.depends_on_id = e.checkpoint_id) ${page(filter, sql`e.seq`)}`
}

/** First finds the hidden checkpoints on which something in the place depends, and then reads the events of each by its own index. */
const numbersByFace = (source: Source, filter: EventFilter, groups: Groups, between: Range): SQL => {
  const range = sql`e.seq > ${between.above} and e.seq < ${between.below} and e.workspace_id || '' = ${source.workspace_id}`
  const w = source.workspace_id
  return sql`with face as materialized (
      select distinct d.depends_on_id as id from ${milestones} m
      join ${checkpoints} c on c.workspace_id = m.workspace_id and c.milestone_id = m.milestone_id
      join ${dependencies} d on d.workspace_id = c.workspace_id and d.checkpoint_id = c.checkpoint_id
      where m.workspace_id = ${w} and ${inOneOf(filter, groups)}),
    hidden as materialized (
      select face.id from face
      cross join lateral (select c.milestone_id from ${checkpoints} c where c.workspace_id = ${w} and c.checkpoint_id = face.id offset 0) c
      cross join lateral (select from ${milestones} m where m.workspace_id = ${w} and m.milestone_id = c.milestone_id and m.group_id = any(${sql.param(groups.hidden)}::uuid[]) offset 0) m)
    select n.seq from hidden
    cross join lateral (select e.seq from ${events} e where e.checkpoint_id = hidden.id and ${range} and ${changesFace} ${page(filter, sql`e.seq`)}) n ${page(filter, sql`n.seq`)}`
}

/** The condition that a milestone `m` is in a group that the caller may read, and in the place. */
const inOneOf = ({ group_id, project_id, milestone_id }: EventPlace, { readable }: Groups): SQL =>
  sql.join(
    [
      sql`m.group_id = any(${sql.param(readable)}::uuid[])`,
      ...(group_id === undefined ? [] : [sql`m.group_id = ${group_id}`]),
      ...(project_id === undefined ? [] : [sql`m.project_id = ${project_id}`]),
      ...(milestone_id === undefined ? [] : [sql`m.milestone_id = ${milestone_id}`]),
    ],
    sql` and `,
  )

/** An event as the log has it, with the names of those who did it. `batch` names the transaction that wrote it. */
export type Logged = { event: Event; names: Names; batch: string }

/** The events after a place in the log, whoever may read them. */
export const listLoggedAfter = async (source: Source, after: number, limit: number): Promise<Logged[]> => {
  const rows = await selectEvents(source)
    .where(and(eq(events.workspace_id, source.workspace_id), gt(events.seq, after)))
    .orderBy(asc(events.seq))
    .limit(limit)
  return rows.map(logged)
}

/** The first events after one place in the log and up to another by which checkpoints were completed or reopened, in order. */
export const listCompletions = async (source: Source, after: number, end: number, limit: number): Promise<Logged[]> => {
  const here = and(eq(events.workspace_id, source.workspace_id), gt(events.seq, after), lte(events.seq, end))
  const rows = await selectEvents(source)
    .where(and(here, inArray(events.type, COMPLETIONS)))
    .orderBy(asc(events.seq))
    .limit(limit)
  return rows.map(logged)
}

/** The number of the first event that is not before a time, or one more than `end`, the last number, if there is none. Time in the log never goes back. */
export const findFirstSince = async (source: Source, at: string, end: number): Promise<number> => {
  const atMiddle = sql`(select e.at from ${events} e where e.workspace_id = ${source.workspace_id} and e.seq = (low + high) / 2)`
  const search = sql`with recursive search(low, high) as (select 1::bigint, ${end + 1}::bigint union all
    select case when ${atMiddle} < ${at} then (low + high) / 2 + 1 else low end, case when ${atMiddle} < ${at} then high else (low + high) / 2 end
    from search where low < high) select low from search where low = high`
  const [row] = await on(source)
    .select({ seq: sql<number>`(${search})`.mapWith(Number) })
    .from(sql`(values (1)) as one`)
  return row?.seq ?? end + 1
}

/** The batch that wrote an event, or null if the log has no such event. */
export const findBatch = async (source: Source, seq: number): Promise<string | null> => {
  const [row] = await on(source)
    .select({ batch: events.batch })
    .from(events)
    .where(and(eq(events.workspace_id, source.workspace_id), eq(events.seq, seq)))
  return row?.batch ?? null
}

/** What a wait for a change is about: a checkpoint, or else a milestone, and the checkpoints whose completion or reopening concerns it. */
type About = { milestone_id: string; checkpoint_id: string | null; dependencies: readonly string[] }

/** Whether there is an event about this after a place in the log. */
export const hasChangedSince = async (
  source: Source,
  after: number,
  { milestone_id, checkpoint_id, dependencies }: About,
): Promise<boolean> => {
  const here = and(eq(events.workspace_id, source.workspace_id), gt(events.seq, after))
  const own = checkpoint_id === null ? eq(events.milestone_id, milestone_id) : eq(events.checkpoint_id, checkpoint_id)
  // Each dependency is a look-up by the index of its events: OFFSET 0 keeps the planner from reading all events after the place.
  const ofDependencies = sql`select from unnest(${sql.param(dependencies)}::text[]) as dependency(id) cross join lateral (
    select from ${events} where ${here} and ${events.checkpoint_id} = dependency.id
      and ${inArray(events.type, COMPLETIONS)} offset 0) e`
  const [row] = await on(source)
    .select({ found: sql<boolean>`exists (select from ${events} where ${and(here, own)}) or exists (${ofDependencies})` })
    .from(sql`(values (1)) as one`)
  return row?.found ?? false
}

const people = alias(principals, 'people')

const selectEvents = (source: Source) =>
  on(source)
    .select({
      seq: events.seq,
      type: events.type,
      at: events.at,
      actor_id: events.actor_id,
      actor_type: events.actor_type,
      on_behalf_of: events.on_behalf_of,
      key_id: events.key_id,
      session_id: events.session_id,
      via: events.via,
      group_id: events.group_id,
      project_id: events.project_id,
      milestone_id: events.milestone_id,
      checkpoint_id: events.checkpoint_id,
      data: events.data,
      batch: events.batch,
      actor_name: principals.name,
      person_name: people.name,
    })
    .from(events)
    .innerJoin(principals, and(eq(principals.workspace_id, events.workspace_id), eq(principals.principal_id, events.actor_id)))
    .leftJoin(people, and(eq(people.workspace_id, events.workspace_id), eq(people.principal_id, events.on_behalf_of)))

type Row = Omit<Event, 'type' | 'data'> & { type: string; data: Record<string, unknown> }

type FoundRow = Row & { actor_name: string; person_name: string | null; batch: string }

const logged = ({ actor_name, person_name, batch, ...row }: FoundRow): Logged => ({
  event: fromLog(row),
  names: { actor_name, on_behalf_of: person_name },
  batch,
})

/** The cast holds because only the lane writes the log, and it writes events. */
const fromLog = (row: Row): Event => row as Event
