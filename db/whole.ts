import type { ClientBase } from 'pg'
import type { Edge } from '@/lib/domain/audit'
import type { Event } from '@/lib/domain/events'
import { WorldState } from '@/lib/domain/world'
import { loadAll } from './load'
import { events } from './schema/log'
import { unhurried } from './statement'
import { selectList } from './tables'

/** Loads a whole workspace from its rows. It is for the doctor and for tests, never for a request. */
export const loadWhole = async (client: ClientBase, workspace_id: string): Promise<WorldState> => {
  const world = new WorldState(true)
  await loadAll(client, workspace_id, world)
  return world
}

/** Loads the whole log in order. */
export const loadLog = async (client: ClientBase, workspace_id: string): Promise<Event[]> => {
  const text = `select ${selectList(events, 't')} from events t where t.workspace_id = $1 order by t.seq`
  const { rows } = await client.query<Event>(unhurried(text, [workspace_id]))
  return rows
}

/** Loads the stored edges of checkpoints that have no row. A world keeps edges on their checkpoint, so it cannot hold these. */
export const loadStrayEdges = async (client: ClientBase, workspace_id: string): Promise<Edge[]> => {
  const text = `select d.checkpoint_id, d.depends_on_id from dependencies d where d.workspace_id = $1 and not exists (
      select from checkpoints c where c.workspace_id = d.workspace_id and c.checkpoint_id = d.checkpoint_id
    ) order by 1, 2`
  const { rows } = await client.query<Edge>(unhurried(text, [workspace_id]))
  return rows
}
