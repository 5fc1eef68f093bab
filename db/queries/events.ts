import { and, asc, eq, gt } from 'drizzle-orm'
import type { Caller } from '@/lib/domain/context'
import type { Event } from '@/lib/domain/events'
import type { Source } from '../read'
import { events } from '../schema/log'
import { principals } from '../schema/people'
import { on, readable } from './source'

type EventFilter = {
  after: number
  limit: number
  group_id?: string | undefined
  project_id?: string | undefined
  milestone_id?: string | undefined
}

/**
 * The events after a seq that the caller may read, in order, each with the name of its actor. The owner of the instance may read the whole log, unless
 * the call is made with a key of group scope.
 */
export const listEvents = async (source: Source, caller: Caller, filter: EventFilter): Promise<{ event: Event; actor_name: string }[]> => {
  const whole = caller.principal.instance_owner && !caller.key?.group_id
  const rows = await on(source)
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
      actor_name: principals.name,
    })
    .from(events)
    .innerJoin(principals, and(eq(principals.workspace_id, events.workspace_id), eq(principals.principal_id, events.actor_id)))
    .where(
      and(
        eq(events.workspace_id, source.workspace_id),
        gt(events.seq, filter.after),
        whole ? undefined : readable(source, caller, events.group_id),
        filter.group_id === undefined ? undefined : eq(events.group_id, filter.group_id),
        filter.project_id === undefined ? undefined : eq(events.project_id, filter.project_id),
        filter.milestone_id === undefined ? undefined : eq(events.milestone_id, filter.milestone_id),
      ),
    )
    .orderBy(asc(events.seq))
    .limit(filter.limit)
  return rows.map(({ actor_name, ...row }) => ({ event: fromLog(row), actor_name }))
}

type Row = Omit<Event, 'type' | 'data'> & { type: string; data: Record<string, unknown> }

/** The cast holds because only the lane writes the log, and it writes events. */
const fromLog = (row: Row): Event => row as Event
