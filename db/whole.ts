import type { ClientBase } from 'pg'
import type { Event } from '@/lib/domain/events'
import { WorldState } from '@/lib/domain/world'
import { loadAll } from './load'
import { events } from './schema/log'
import { selectList } from './tables'

/** A whole workspace as its rows say. For proofs and the doctor, never for a request. */
export const loadWhole = async (client: ClientBase, workspace_id: string): Promise<WorldState> => {
  const world = new WorldState(true)
  await loadAll(client, workspace_id, world)
  return world
}

/** The whole log, in order. */
export const loadLog = async (client: ClientBase, workspace_id: string): Promise<Event[]> => {
  const { rows } = await client.query<Event>(`select ${selectList(events, 't')} from events t where t.workspace_id = $1 order by t.seq`, [
    workspace_id,
  ])
  return rows
}
