import type { ClientBase } from 'pg'
import type { Event } from '@/lib/domain/events'
import type { WorldState } from '@/lib/domain/world'
import { insertEvents, KINDS, nameOf, TABLES, upsertFromJson, upsertRemembered } from './tables'

export type Remembered = {
  principal_id: string
  idempotency_key: string
  fingerprint: string
  seq: number
  changed: boolean
  scope: Record<string, string | null>
}

/** Where the workspace's counter stands: its number and the random id that the last batch wrote. */
export type Position = { seq: number; head: string }

export type Batch = {
  workspace_id: string
  before: Position
  after: Position
  now: string
  events: readonly Event[]
  remembered: readonly Remembered[]
}

/** Deleted before anything is written; what hangs on a row goes before it. */
const DELETABLE = ['proposal', 'checkpoint', 'milestone'] as const
const KEY_OF = { proposal: 'proposal_id', checkpoint: 'checkpoint_id', milestone: 'milestone_id' } as const

const edgesOf = (world: WorldState, events: readonly Event[]) => {
  const touched = new Set<string>()
  for (const event of events) {
    const edges =
      event.type === 'checkpoint.added' || event.type === 'checkpoint.dependency_added' || event.type === 'checkpoint.dependency_removed'
    if (edges && event.checkpoint_id) touched.add(event.checkpoint_id)
  }
  const gone = world.changes.get('checkpoint')
  const kept = [...touched].filter((id) => gone?.get(id) !== 'removed')
  const edges = kept.flatMap((id) => (world.find('checkpoint', id)?.depends_on ?? []).map((target) => [id, target] as const))
  return { touched: [...touched], edges }
}

/** Writes what a batch changed, set-wise: deletes, then everything else in one statement. */
export const store = async (client: ClientBase, world: WorldState, batch: Batch): Promise<void> => {
  const { workspace_id, before, after, now } = batch
  const { touched, edges } = edgesOf(world, batch.events)
  await deleteGone(client, workspace_id, world, touched)

  const values: unknown[] = [workspace_id, before.seq, before.head, after.seq, after.head, batch.events.length > 0 ? now : null]
  const parts: string[] = []
  const names: string[] = []
  const add = (name: string, sql: (parameter: number) => string, value: unknown) => {
    names.push(name)
    values.push(value)
    parts.push(`put_${name} as (${sql(values.length)})`)
  }
  for (const kind of KINDS) {
    const changed = [...(world.changes.get(kind) ?? [])].filter(([, how]) => how === 'put')
    const rows = changed.map(([id]) => ({ ...world.present(kind, id), workspace_id }))
    if (rows.length > 0) add(kind, (parameter) => upsertFromJson(TABLES[kind], parameter), JSON.stringify(rows))
  }
  if (edges.length > 0) {
    const sql = (parameter: number) =>
      `insert into dependencies (workspace_id, checkpoint_id, depends_on_id) select $1, e->>0, e->>1 from json_array_elements($${parameter}::json) e on conflict do nothing`
    add('edges', sql, JSON.stringify(edges))
  }
  if (batch.events.length > 0) {
    const rows = batch.events.map((event) => ({ ...event, workspace_id, batch: after.head }))
    add('event', insertEvents, JSON.stringify(rows))
  }
  if (batch.remembered.length > 0) {
    const rows = batch.remembered.map((answer) => ({ ...answer, workspace_id, batch: after.head, created_at: now }))
    add('answers', upsertRemembered, JSON.stringify(rows))
  }
  parts.push(`counter as (
    update workspaces set seq = $4, head = $5, last_event_at = coalesce($6::timestamptz, last_event_at)
    where workspace_id = $1 and seq = $2 and head = $3 returning 1)`)
  const text = `with ${parts.join(',\n')} select count(*)::int as moved from counter`
  const { rows } = await client.query({ name: `store ${names.map((name) => name.slice(0, 4)).join(' ')}`, text, values })
  if (rows[0]?.moved !== 1) throw new Error('the counter moved under the lock: another writer does not take it')
}

const deleteGone = async (client: ClientBase, workspace_id: string, world: WorldState, touched: readonly string[]) => {
  const gone = (kind: (typeof DELETABLE)[number]) =>
    [...(world.changes.get(kind) ?? [])].flatMap(([id, how]) => (how === 'removed' ? id : []))
  const checkpoints = gone('checkpoint')
  const edges = [...new Set([...touched, ...checkpoints])]
  if (edges.length > 0)
    await client.query('delete from dependencies where workspace_id = $1 and checkpoint_id = any($2)', [workspace_id, edges])
  for (const kind of DELETABLE) {
    const ids = gone(kind)
    if (ids.length > 0)
      await client.query(`delete from ${nameOf(TABLES[kind])} where workspace_id = $1 and ${KEY_OF[kind]} = any($2)`, [workspace_id, ids])
  }
}
