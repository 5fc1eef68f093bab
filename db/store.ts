import type { ClientBase, QueryConfig } from 'pg'
import type { Need } from '@/lib/domain/access'
import type { Kind } from '@/lib/domain/entities'
import type { Event } from '@/lib/domain/events'
import { type Ids, KIND_NAMES, type Nothing } from '@/lib/domain/kinds'
import type { Change, Changes } from '@/lib/domain/world'
import type { rememberedAnswers } from './schema/log'
import { prepared } from './statement'
import {
  deleteByKeys,
  insertEvents,
  insertMembers,
  type List,
  listsOf,
  primaryKeyOf,
  TABLES,
  upsertFromJson,
  upsertRemembered,
} from './tables'

/** The call that was made under an idempotency key, and its outcome. */
export type Remembered = {
  principal_id: string
  idempotency_key: string
  fingerprint: string
  seq: number
  changed: boolean
  /** The needs of the call in addition to its permission, at the state of that time. A replay needs them again. */
  needs: readonly Need[]
  /** The ids of what the call was about and of what it made. */
  ids: Ids
}

/** A field without a column would be dropped in silence. */
export type RememberedFieldsWithoutColumn = Nothing<Exclude<keyof Remembered, keyof (typeof rememberedAnswers)['$inferSelect']>>

/** The position of the workspace's counter: its number, and the random id that the last batch wrote. */
export type Position = { seq: number; head: string }

export type Batch = {
  workspace_id: string
  before: Position
  after: Position
  now: string
  events: readonly Event[]
  remembered: readonly Remembered[]
}

type Pair = readonly [owner: string, member: string]
type Added = { owner: string; members: readonly string[] }

const changesOf = (changes: Changes, kind: Kind): [id: string, change: Change][] => [...changes[kind]]

const membersIn = (entity: object | null, field: string): readonly string[] => (entity ? Reflect.get(entity, field) : [])

/** The rows to delete from the table of a list, and the members to add, by the difference between the stored and the present field. */
const pairsOf = (changes: Changes, kind: Kind, field: string): { gone: Pair[]; added: Added[] } => {
  const gone: Pair[] = []
  const added: Added[] = []
  for (const [id, { from, to }] of changesOf(changes, kind)) {
    const [was, is] = [membersIn(from, field), membersIn(to, field)]
    if (was === is) continue
    for (const member of was) if (!is.includes(member)) gone.push([id, member])
    const members = is.filter((member) => !was.includes(member))
    if (members.length > 0) added.push({ owner: id, members })
  }
  return { gone, added }
}

export type Statements = { deletes: QueryConfig[]; put: QueryConfig }

/**
 * The statements that write the changes of a batch: the deletes, and one statement for everything else. Edges are deleted before checkpoints, and both
 * are put in one statement, because a trigger checks at the end of each statement that no edge lacks an end. The last statement fails with a division
 * by zero if the counter has moved, so that the commit that follows answers ROLLBACK.
 */
export const statementsFor = (changes: Changes, { workspace_id, before, after, now, events, remembered }: Batch): Statements => {
  const lists = KIND_NAMES.flatMap((kind) => listsOf(kind).map(([field, list]) => ({ list, ...pairsOf(changes, kind, field) })))
  const deletes = [
    ...lists.flatMap(({ list, gone }) => deletePairs(workspace_id, list, gone)),
    ...KIND_NAMES.flatMap((kind) => deleteGone(workspace_id, changes, kind)),
  ]
  const values: unknown[] = [workspace_id, before.seq, before.head, after.seq, after.head, events.length > 0 ? now : null]
  const parts: string[] = []
  const add = (sql: (parameter: number) => string, rows: readonly unknown[]) => {
    if (rows.length === 0) return
    values.push(JSON.stringify(rows))
    parts.push(`put_${parts.length} as (${sql(values.length)})`)
  }
  for (const kind of KIND_NAMES) {
    // Lists have tables of their own.
    const lists = Object.fromEntries(listsOf(kind).map(([field]) => [field, undefined]))
    const rows = changesOf(changes, kind).flatMap(([, { to }]) => (to ? { ...to, ...lists, workspace_id } : []))
    add((parameter) => upsertFromJson(TABLES[kind], parameter), rows)
  }
  for (const { list, added } of lists) add((parameter) => insertMembers(list, parameter), added)
  add(
    insertEvents,
    events.map((event) => ({ ...event, workspace_id, batch: after.head })),
  )
  add(
    upsertRemembered,
    remembered.map((answer) => ({ ...answer, workspace_id, batch: after.head, created_at: now })),
  )
  parts.push(`counter as (
    update workspaces set seq = $4, head = $5, last_event_at = coalesce($6::timestamptz, last_event_at)
    where workspace_id = $1 and seq = $2 and head = $3 returning 1)`)
  return { deletes, put: prepared(`with ${parts.join(',\n')} select 1 / count(*) as moved from counter`, values) }
}

/** Sends the statements and the commit together, and waits for all of them. @throws the first error of a statement, or else of the commit */
export const sendAndCommit = async (client: ClientBase, { deletes, put }: Statements): Promise<void> => {
  const sent = [...deletes, put].map((statement) => client.query(statement))
  const committed = client.query('commit')
  for (const result of await Promise.allSettled([...sent, committed])) if (result.status === 'rejected') throw result.reason
  const { command } = await committed
  if (command !== 'COMMIT') throw new Error(`commit answered ${command}`)
}

/** Deletes the rows of removed entities by primary key. Their order does not matter, because foreign keys are checked at the commit. */
const deleteGone = (workspace_id: string, changes: Changes, kind: Kind): QueryConfig[] => {
  const gone = changesOf(changes, kind).flatMap(([, { from, to }]) => (from && !to ? from : []))
  if (gone.length === 0) return []
  const key = primaryKeyOf(TABLES[kind])
  const columns = key.map(({ name }) => gone.map((entity) => Reflect.get(entity, name)))
  return [prepared(deleteByKeys(TABLES[kind], key), [workspace_id, ...columns])]
}

const deletePairs = (workspace_id: string, { table, owner, member }: List, gone: readonly Pair[]): QueryConfig[] => {
  if (gone.length === 0) return []
  const text = deleteByKeys(table, [
    { name: owner, type: 'text' },
    { name: member, type: 'text' },
  ])
  return [prepared(text, [workspace_id, gone.map(([id]) => id), gone.map(([, id]) => id)])]
}
