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
  /** Whether it needed the permission to loosen a plan, which a repeat needs again. */
  loosened: boolean
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

/** Whose stored edges are replaced, and all edges to write; a checkpoint that is new in this batch has none stored. */
const edgesOf = (world: WorldState, events: readonly Event[]) => {
  const added = new Set<string>()
  const changed = new Set<string>()
  for (const { type, checkpoint_id } of events) {
    if (checkpoint_id && type === 'checkpoint.added') added.add(checkpoint_id)
    if (checkpoint_id && (type === 'checkpoint.dependency_added' || type === 'checkpoint.dependency_removed')) changed.add(checkpoint_id)
  }
  const gone = world.changes.get('checkpoint')
  const kept = [...added, ...changed].filter((id) => gone?.get(id) !== 'removed')
  const edges = kept.flatMap((id) => (world.present('checkpoint', id)?.depends_on ?? []).map((target) => [id, target] as const))
  return { replaced: [...changed].filter((id) => !added.has(id)), edges }
}

/**
 * Writes what a batch changed, set-wise, and sends the commit along: deletes, then everything else in one statement, which fails where the counter moved,
 * so that the commit behind it answers ROLLBACK. What is awaited is the commit's own answer; an error of a statement comes first.
 */
export const storeAndCommit = async (client: ClientBase, world: WorldState, batch: Batch): Promise<void> => {
  const { workspace_id, before, after, now } = batch
  const { replaced, edges } = edgesOf(world, batch.events)
  const deleted = deleteGone(client, workspace_id, world, replaced)

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
  const text = `with ${parts.join(',\n')} select 1 / count(*) as moved from counter`
  const stored = client.query({ name: `store ${names.map((name) => name.slice(0, 4)).join(' ')}`, text, values })
  const committed = client.query('commit')
  const [deletes, puts, commit] = await Promise.allSettled([deleted, stored, committed])
  for (const result of [deletes, puts, commit]) if (result.status === 'rejected') throw result.reason
  if (commit.status === 'fulfilled' && commit.value.command !== 'COMMIT') throw new Error(`commit answered ${commit.value.command}`)
}

const deleteGone = (client: ClientBase, workspace_id: string, world: WorldState, replaced: readonly string[]): Promise<unknown> => {
  const gone = (kind: (typeof DELETABLE)[number]) =>
    [...(world.changes.get(kind) ?? [])].flatMap(([id, how]) => (how === 'removed' ? id : []))
  const without = (table: string, column: string, ids: readonly string[]) =>
    ids.length > 0 ? [client.query(`delete from ${table} where workspace_id = $1 and ${column} = any($2)`, [workspace_id, ids])] : []
  return Promise.all([
    ...without('dependencies', 'checkpoint_id', [...new Set([...replaced, ...gone('checkpoint')])]),
    ...DELETABLE.flatMap((kind) => without(nameOf(TABLES[kind]), KEY_OF[kind], gone(kind))),
  ])
}
