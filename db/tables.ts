import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Entities, Kind } from '@/lib/domain/entities'
import type { Event } from '@/lib/domain/events'
import type { Nothing } from '@/lib/domain/kinds'
import { events, rememberedAnswers } from './schema/log'
import { groups, invitations, keys, members, principals } from './schema/people'
import { ballots, checkpoints, dependencies, milestones, projects, proposals, proposalVoters } from './schema/work'

/** The table of each kind of entity. A column has the name of the entity's field, so that neither loading nor storing names fields. */
export const TABLES = {
  principal: principals,
  key: keys,
  invitation: invitations,
  group: groups,
  member: members,
  project: projects,
  milestone: milestones,
  checkpoint: checkpoints,
  proposal: proposals,
  ballot: ballots,
} as const satisfies { [K in Kind]: PgTable }

/**
 * A field that holds a list of ids is stored in a table of its own, with one row for each id. `owner` is the column for the entity's id, and `member`
 * is the column for the listed id.
 */
export type List = { table: PgTable; owner: string; member: string }

export const LISTS = {
  checkpoint: { depends_on: { table: dependencies, owner: 'checkpoint_id', member: 'depends_on_id' } },
  proposal: { electorate: { table: proposalVoters, owner: 'proposal_id', member: 'voter_id' } },
} as const satisfies { [K in Kind]?: { [F in keyof Entities[K]]?: List } }

type ListField<K extends Kind> = K extends keyof typeof LISTS ? keyof (typeof LISTS)[K] : never
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Differing<A, B> = { [F in keyof A | keyof B]: F extends keyof A & keyof B ? (Same<A[F], B[F]> extends true ? never : F) : F }[
  | keyof A
  | keyof B]
type Stored<T extends PgTable> = Omit<T['$inferSelect'], 'workspace_id'>

/** Without this check, a field without a column would be silently lost, and a column without a field would never be written. */
export type FieldsWithoutColumn = Nothing<
  { [K in Kind]: `${K}.${Differing<Stored<(typeof TABLES)[K]>, Omit<Entities[K], ListField<K>>> & string}` }[Kind]
>
export type EventFieldsWithoutColumn = Nothing<Exclude<keyof Event, keyof Stored<typeof events>>>

const quote = (name: string) => `"${name}"`

const columns = (table: PgTable) =>
  Object.values(getTableColumns(table)).map((column) => ({ name: column.name, type: column.getSQLType() }))

export const nameOf = (table: PgTable) => quote(getTableName(table))

export const columnType = (table: PgTable, name: string): string | null =>
  columns(table).find((column) => column.name === name)?.type ?? null

/** The columns of a table except `workspace_id`. */
export const selectList = (table: PgTable, alias: string): string =>
  columns(table)
    .filter(({ name }) => name !== 'workspace_id')
    .map(({ name }) => `${alias}.${quote(name)}`)
    .join(', ')

export const listsOf = (kind: Kind): [field: string, list: List][] => {
  const lists: { [K in Kind]?: Readonly<Record<string, List>> } = LISTS
  return Object.entries(lists[kind] ?? {})
}

/** All fields of an entity: its columns, and its lists as arrays. */
export const selectEntity = (kind: Kind, alias: string): string => {
  const lists = listsOf(kind).map(
    ([field, { table, owner, member }]) =>
      `, array(select l.${member} from ${nameOf(table)} l where l.workspace_id = ${alias}.workspace_id and l.${owner} = ${alias}.${owner}) as ${quote(field)}`,
  )
  return selectList(TABLES[kind], alias) + lists.join('')
}

/** The columns of a table's primary key except `workspace_id`, with which every primary key begins. */
export const primaryKeyOf = (table: PgTable): { name: string; type: string }[] => {
  const names = getTableConfig(table).primaryKeys.flatMap((key) => key.columns.map(({ name }) => name))
  return columns(table).filter(({ name }) => name !== 'workspace_id' && names.includes(name))
}

/** Caches the text of a statement by its table and the number of its parameter. */
const madeOnce = (make: (table: PgTable, parameter: number) => string) => {
  const made = new Map<PgTable, Map<number, string>>()
  return (table: PgTable, parameter: number): string => {
    const texts = made.get(table) ?? new Map<number, string>()
    made.set(table, texts)
    const text = texts.get(parameter) ?? make(table, parameter)
    texts.set(parameter, text)
    return text
  }
}

/** An `insert … select` of rows from a JSON array in the parameter `$parameter`. */
const insertFromJson = madeOnce((table, parameter) => {
  const all = columns(table)
  const names = all.map(({ name }) => quote(name)).join(', ')
  const typed = all.map(({ name, type }) => `${quote(name)} ${type}`).join(', ')
  return `insert into ${nameOf(table)} (${names}) select ${names} from json_to_recordset($${parameter}::json) as r(${typed})`
})

/** Like insertFromJson, but an existing row is replaced. */
export const upsertFromJson = madeOnce((table, parameter) => {
  const key = ['workspace_id', ...primaryKeyOf(table).map(({ name }) => name)]
  const set = columns(table)
    .filter(({ name }) => !key.includes(name))
    .map(({ name }) => `${quote(name)} = excluded.${quote(name)}`)
  return `${insertFromJson(table, parameter)} on conflict (${key.map(quote).join(', ')}) do update set ${set.join(', ')}`
})

export const insertEvents = (parameter: number) => insertFromJson(events, parameter)
export const upsertRemembered = (parameter: number) => upsertFromJson(rememberedAnswers, parameter)

/** A `delete` of rows by their keys. `$1` is the workspace, and each column of the key has an array in a parameter from `$2` on. */
export const deleteByKeys = (table: PgTable, key: readonly { name: string; type: string }[]): string => {
  const arrays = key.map(({ type }, at) => `$${at + 2}::${type}[]`).join(', ')
  const same = key.map(({ name }) => `t.${quote(name)} = r.${quote(name)}`).join(' and ')
  return `delete from ${nameOf(table)} t using unnest(${arrays}) as r(${key.map(({ name }) => quote(name)).join(', ')}) where t.workspace_id = $1 and ${same}`
}

/** An `insert` of the rows of a list. `$1` is the workspace, and the parameter `$parameter` is a JSON array of owners, each with its members. */
export const insertMembers = ({ table, owner, member }: List, parameter: number): string =>
  `insert into ${nameOf(table)} (workspace_id, ${owner}, ${member}) select $1, r.owner, m
    from json_to_recordset($${parameter}::json) as r(owner text, members text[]) cross join unnest(r.members) m`
