import type { Entities, Kind } from '@/lib/domain/entities'
import { fits, KIND_NAMES, type Part, UNITS } from '@/lib/domain/kinds'
import { NotLoaded, type WorldState } from '@/lib/domain/world'

/** All rows of a world at one moment, as a database would have them. */
export type Rows = ReadonlyMap<Kind, readonly Entities[Kind][]>

export const rowsOf = (world: WorldState): Rows => new Map(KIND_NAMES.map((kind) => [kind, world.all(kind)]))

const isIn = (entity: object, field: string, id: string): boolean => {
  const value: unknown = Reflect.get(entity, field)
  return Array.isArray(value) ? value.includes(id) : value === id
}

const admitPart = (world: WorldState, rows: Rows, part: Part, id: string): void => {
  const [kind, field] = part
  for (const entity of rows.get(kind) ?? []) if (isIn(entity, field, id) && fits(entity, part)) world.admit(kind, entity)
}

/** Runs a question against a world, and loads the units that it asks for from the given rows. */
export const loading = <T>(world: WorldState, rows: Rows, run: () => T): T => {
  for (let round = 0; round < 1_000; round++) {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      for (const unit of error.units) {
        for (const part of UNITS[unit.kind].parts) admitPart(world, rows, part, unit.id)
        world.complete(unit)
      }
    }
  }
  throw new Error('a question still asks for units after too many loads')
}
