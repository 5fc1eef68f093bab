import type { Event } from './events'
import { evolve } from './evolve'
import { KIND_NAMES } from './kinds'
import { WorldState } from './world'

/** The state after these events, which must be the log from its beginning (E2). */
export const replay = (events: Iterable<Event>): WorldState => {
  const world = new WorldState(true)
  for (const event of events) evolve(world, event)
  return world
}

/** All entities of a world as one text. Equal states give the same text, because entities, fields and lists are sorted. */
export const canonicalState = (world: WorldState): string =>
  KIND_NAMES.flatMap((kind) => world.all(kind).map((entity) => `${kind} ${canonical(entity)}`))
    .sort()
    .join('\n')

/** The text of an entity, which does not depend on the order of its fields or of the ids in its lists. */
export const canonical = (entity: object): string => JSON.stringify(entity, inOrder)

const inOrder = (_key: string, value: unknown): unknown => {
  if (Array.isArray(value)) return [...value].sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
