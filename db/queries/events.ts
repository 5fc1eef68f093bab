import { and, asc, desc, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Caller } from '@/lib/domain/context'
import type { Event } from '@/lib/domain/events'
import type { Source } from '../read'
import { events } from '../schema/log'
import { principals } from '../schema/people'
import { on, readable } from './source'

type EventFilter = {
  after: number
  /** If it is given, the newest events come first. */
  before?: number | undefined
  limit: number
  group_id?: string | undefined
  project_id?: string | undefined
  milestone_id?: string | undefined
  checkpoint_id?: string | undefined
}

/**
 * The events between two places in the log that the caller may read, each with the name of its actor. The owner of the instance may read the whole
 * log, unless the call is made with a key of group scope.
 */
export const listEvents = async (source: Source, caller: Caller, filter: EventFilter): Promise<Logged[]> => {
  const whole = caller.principal.instance_owner && !caller.key?.group_id
  const rows = await selectEvents(source)
    .where(
      and(
        ...inPlace(source, filter),
        gt(events.seq, filter.after),
        filter.before === undefined ? undefined : lt(events.seq, filter.before),
        whole ? undefined : readable(source, caller, events.group_id),
        filter.group_id === undefined ? undefined : eq(events.group_id, filter.group_id),
      ),
    )
    .orderBy(filter.before === undefined ? asc(events.seq) : desc(events.seq))
    .limit(filter.limit)
  return rows.map(logged)
}

/** An event as the log has it, with the name of its actor. `batch` names the transaction that wrote it. */
export type Logged = { event: Event; actor_name: string; batch: string }

/** The events after a place in the log, whoever may read them. */
export const listLoggedAfter = async (source: Source, after: number, limit: number): Promise<Logged[]> => {
  const rows = await selectEvents(source)
    .where(and(eq(events.workspace_id, source.workspace_id), gt(events.seq, after)))
    .orderBy(asc(events.seq))
    .limit(limit)
  return rows.map(logged)
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
      and ${inArray(events.type, ['checkpoint.completed', 'checkpoint.reopened'])} offset 0) e`
  const [row] = await on(source)
    .select({ found: sql<boolean>`exists (select from ${events} where ${and(here, own)}) or exists (${ofDependencies})` })
    .from(sql`(values (1)) as one`)
  return row?.found ?? false
}

const selectEvents = (source: Source) =>
  on(source)
    .select({
      seq: events.seq,
      type: events.type,
      at: events.at,
      actor_id: events.actor_id,
      actor_type: events.actor_type,
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
    })
    .from(events)
    .innerJoin(principals, and(eq(principals.workspace_id, events.workspace_id), eq(principals.principal_id, events.actor_id)))

/**
 * The conditions on the places, from the narrowest to the widest. Each place has an index in the order of seq, and only the index of the narrowest may
 * be read in that order: through the index of a wider one, PostgreSQL would walk past all its events in the hope of meeting enough of the narrower one
 * soon. It knows the order of an index by the equality of a single value, which a list of one is not.
 */
const inPlace = ({ workspace_id }: Source, { project_id, milestone_id, checkpoint_id }: EventFilter): SQL[] => {
  const places: [PgColumn, string | undefined][] = [
    [events.checkpoint_id, checkpoint_id],
    [events.milestone_id, milestone_id],
    [events.project_id, project_id],
    [events.workspace_id, workspace_id],
  ]
  return places
    .filter(([, id]) => id !== undefined)
    .map(([column, id], at) => (at === 0 ? eq(column, id) : sql`${column} = any(${sql.param([id])})`))
}

type Row = Omit<Event, 'type' | 'data'> & { type: string; data: Record<string, unknown> }

const logged = ({ actor_name, batch, ...row }: Row & { actor_name: string; batch: string }): Logged => ({
  event: fromLog(row),
  actor_name,
  batch,
})

/** The cast holds because only the lane writes the log, and it writes events. */
const fromLog = (row: Row): Event => row as Event
