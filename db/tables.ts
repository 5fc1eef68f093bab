import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Kind } from '@/lib/domain/entities'
import { events, rememberedAnswers } from './schema/log'
import { groups, keys, members, principals } from './schema/people'
import { checkpoints, milestones, projects, proposals } from './schema/plan'

/** Where each kind of entity is kept. A column is named like the entity's field, so that neither loading nor storing names fields. */
export const TABLES: { [K in Kind]: PgTable } = {
  principal: principals,
  key: keys,
  group: groups,
  member: members,
  project: projects,
  milestone: milestones,
  checkpoint: checkpoints,
  proposal: proposals,
}

export const KINDS = Object.keys(TABLES).filter((kind): kind is Kind => kind in TABLES)

const quote = (name: string) => `"${name}"`

const columns = (table: PgTable) =>
  Object.values(getTableColumns(table)).map((column) => ({ name: quote(column.name), type: column.getSQLType() }))

export const nameOf = (table: PgTable) => quote(getTableName(table))

/** The entity's columns, without the workspace's. */
export const selectList = (table: PgTable, alias: string): string =>
  columns(table)
    .filter(({ name }) => name !== '"workspace_id"')
    .map(({ name }) => `${alias}.${name}`)
    .join(', ')

export const primaryKeyOf = (table: PgTable): string[] =>
  getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name))

/** The text of a statement over a table is made once. */
const remembered = (make: (table: PgTable, parameter: number) => string) => {
  const made = new Map<PgTable, Map<number, string>>()
  return (table: PgTable, parameter: number): string => {
    const texts = made.get(table) ?? new Map<number, string>()
    made.set(table, texts)
    const text = texts.get(parameter) ?? make(table, parameter)
    texts.set(parameter, text)
    return text
  }
}

/** `insert … select` from a JSON array of rows in parameter `$parameter`. */
export const insertFromJson = remembered((table, parameter) => {
  const all = columns(table)
  const names = all.map(({ name }) => name).join(', ')
  const typed = all.map(({ name, type }) => `${name} ${type}`).join(', ')
  return `insert into ${nameOf(table)} (${names}) select ${names} from json_to_recordset($${parameter}::json) as r(${typed})`
})

export const upsertFromJson = remembered((table, parameter) => {
  const key = primaryKeyOf(table)
  const set = columns(table)
    .filter(({ name }) => !key.includes(name.slice(1, -1)))
    .map(({ name }) => `${name} = excluded.${name}`)
  return `${insertFromJson(table, parameter)} on conflict (${key.map(quote).join(', ')}) do update set ${set.join(', ')}`
})

export const insertEvents = (parameter: number) => insertFromJson(events, parameter)
export const upsertRemembered = (parameter: number) => upsertFromJson(rememberedAnswers, parameter)
