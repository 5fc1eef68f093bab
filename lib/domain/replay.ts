import type { Event } from './events'
import { evolve } from './evolve'
import { KIND_NAMES } from './kinds'
import { WorldState } from './world'

/** The state after these events, which are the log from its beginning (E2). */
export const replay = (events: Iterable<Event>): WorldState => {
  const world = new WorldState(true)
  for (const event of events) evolve(world, event)
  return world
}

/** All entities of a world as one text, the same for equal states however they came about: sorted by id, fields by name, dependencies by id. */
export const canonicalState = (world: WorldState): string =>
  KIND_NAMES.flatMap((kind) => world.all(kind).map((entity) => `${kind} ${JSON.stringify(entity, inOrder)}`))
    .sort()
    .join('\n')

const inOrder = (key: string, value: unknown): unknown => {
  if (key === 'depends_on' && Array.isArray(value)) return [...value].sort()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
