import type { Kind } from './entities'
import { isById, recordOfKinds, UNIT_NAMES, UNITS } from './kinds'
import { MAP_ENTRY, SET_ENTRY, SMALL_SET } from './weight'

/** The ids of the entities that have a certain value in a field, by that value. */
export type Index = Map<string, Set<string>>

/** The fields of each kind by which a unit is looked up and which therefore need an index. */
const INDEXED: { [K in Kind]: readonly string[] } = recordOfKinds((kind) => {
  const parts = UNIT_NAMES.flatMap((unit) => UNITS[unit].parts).filter((part) => part[0] === kind && !isById(part))
  return [...new Set(parts.map(([, field]) => field))]
})

export const emptyIndexes = (): { [K in Kind]: Map<string, Index> } =>
  recordOfKinds((kind) => new Map(INDEXED[kind].map((field): [string, Index] => [field, new Map()])))

/** The values of a field by which an entity is indexed: its text, or each text of its list. */
export const valuesOf = (entity: object | null | undefined, field: string): readonly string[] => {
  const value: unknown = entity && Reflect.get(entity, field)
  if (Array.isArray(value)) return value
  return typeof value === 'string' ? [value] : []
}

/** Adds an id to an index and returns by how much the index grows. */
export const add = (index: Index, key: string, id: string): number => {
  const ids = index.get(key)
  if (ids) ids.add(id)
  else index.set(key, new Set([id]))
  return ids ? SET_ENTRY : MAP_ENTRY + SMALL_SET
}

/** Removes an id from an index and returns by how much the index shrinks. */
export const drop = (index: Index, key: string, id: string): number => {
  const ids = index.get(key)
  if (!ids?.delete(id)) return 0
  if (ids.size > 0) return SET_ENTRY
  index.delete(key)
  return MAP_ENTRY + SMALL_SET
}
