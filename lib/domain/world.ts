import type { Checkpoint, Entities, Kind } from './entities'
import {
  entityId,
  type FoundKind,
  fits,
  isById,
  KIND_NAMES,
  type KindIn,
  type Part,
  recordOfKinds,
  UNIT_NAMES,
  UNITS,
  type Unit,
  type UnitKind,
} from './kinds'
import { type Counts, Plans } from './plans'
import { Surroundings } from './surroundings'
import { weightOfEntity, weightOfKnown } from './weight'
import { add, drop, emptyIndexes, valuesOf } from './world-index'

/**
 * A hint for the loader of what a walk will need next, so that it is not loaded level by level: the pending ancestors of these checkpoints, or the
 * completed checkpoints that depend on them, directly or through others, and the dependents of these.
 */
export type Prefetch = 'ancestors' | 'descendants' | null

/** Thrown when a world is asked for something that it has not loaded, so that "not loaded" cannot be mistaken for "does not exist". */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded'
  constructor(
    readonly units: readonly Unit[],
    readonly prefetch: Prefetch = null,
  ) {
    super(`not loaded: ${units.map(({ kind, id }) => `${kind}:${id}`).join(', ')}`)
  }
}

/** The state as a decision, a rule or a view sees it. Each method throws NotLoaded for units that are not loaded. */
export type World = {
  /** The entity, or null if it does not exist. */
  find<K extends FoundKind>(kind: K, id: string): Entities[K] | null
  /** The entities with these ids in the same order, with null for each that does not exist. All missing ones are loaded together. */
  findAll<K extends FoundKind>(kind: K, ids: readonly string[]): (Entities[K] | null)[]
  /** An entity of another kind in a unit, such as one member of a group, or null if the unit has none with this id. */
  findIn<U extends UnitKind, K extends KindIn<U>>(unit: U, unit_id: string, kind: K, id: string): Entities[K] | null
  /** All entities of a kind in a unit, such as the members of a group. */
  list<U extends UnitKind, K extends KindIn<U>>(unit: U, unit_id: string, kind: K): Entities[K][]
  /** The checkpoints of a milestone in the order of their numbers. */
  checkpoints(milestone_id: string): readonly Checkpoint[]
  /** How many checkpoints a milestone has and how many of them are completed, without a look at each of them. */
  counts(milestone_id: string): Counts
  /** The checkpoints that depend on this one, anywhere in the workspace. */
  dependents(checkpoint_id: string): Checkpoint[]
  /**
   * An object that stands for the structure around the checkpoints of a milestone as it is now: which they are and in which order, their gates, what they
   * wait for and whether that is completed, and what waits for them. If it changes, another object takes its place. So what is derived from the structure
   * alone can be kept under it.
   */
  around(milestone_id: string): object
  /**
   * A set that gets the id of each milestone that comes or goes, or of which a checkpoint or the structure around one changes, from now on. Whoever
   * watches empties it.
   */
  watchMilestones(): Set<string>
  /** Asks for many units at once, so that all missing units are loaded together. */
  need(units: readonly Unit[], prefetch?: Prefetch): void
}

/** The stored and the present form of an entity, each null where the entity does not exist. */
export type Change<K extends Kind = Kind> = { from: Entities[K] | null; to: Entities[K] | null }
export type Changes = { readonly [K in Kind]: Map<string, Change<K>> }

/** The units that are single entities, each with their kind. An entity that is found by its id is the whole of such a unit. */
const SINGLE: ReadonlyMap<UnitKind, Kind> = new Map(
  UNIT_NAMES.flatMap((unit) => {
    const [only, ...more] = UNITS[unit].parts
    return only && more.length === 0 && isById(only) ? [[unit, only[0]]] : []
  }),
)

/**
 * The entities at one point of the log, as far as they are loaded. A world may have an older one, from which it takes the units that it is asked for.
 * That is like loading them: an entity that it has itself is at least as new, and one that it does not have has not changed since. Only `evolve` may
 * call `create`, `put` and `remove`, and only the loader may call `admit` and `complete`.
 */
export class WorldState implements World {
  private readonly rows: { [K in Kind]: Map<string, Entities[K]> } = recordOfKinds(() => new Map())
  private readonly loaded = new Map<UnitKind, Set<string>>()
  /** The ids of entities that were deleted in this world, so that a later load does not bring them back. */
  private readonly tombstones: { [K in Kind]: Set<string> } = recordOfKinds(() => new Set())
  private readonly indexes = emptyIndexes()
  private readonly plans = new Plans((milestone_id) => this.list('checkpoints', milestone_id, 'checkpoint'))
  private readonly surroundings = new Surroundings({
    checkpoint: (id) => this.rows.checkpoint.get(id),
    dependents: (checkpoint_id) => this.indexes.checkpoint.get('depends_on')?.get(checkpoint_id) ?? [],
  })
  /** The changes since `markStored`, by id, which the store has to write. */
  readonly changes: Changes = recordOfKinds(() => new Map())

  /** The estimated memory of the rows, indexes and known units. */
  private bytes = 0

  /** @param whole true for a world that holds everything, such as a replay of the whole log. It never throws NotLoaded. */
  constructor(
    private readonly whole = false,
    private older: WorldState | null = null,
  ) {}

  /**
   * An empty world that takes from this one what it is asked for. What is not asked for until the next renewal is forgotten with this world, which must
   * not be used any more and whose changes must be stored.
   */
  renewed(): WorldState {
    if (KIND_NAMES.some((kind) => this.changes[kind].size > 0))
      throw new Error('a world with changes that are not stored cannot be renewed')
    this.older = null
    return new WorldState(false, this)
  }

  /** About how much memory this world takes without its older one, in bytes. */
  get weight(): number {
    return this.bytes
  }

  find<K extends FoundKind>(kind: K, id: string): Entities[K] | null {
    const entity = this.rows[kind].get(id)
    if (entity) return entity
    this.need([{ kind, id }])
    return this.rows[kind].get(id) ?? null
  }

  findAll<K extends FoundKind>(kind: K, ids: readonly string[]): (Entities[K] | null)[] {
    const rows = this.rows[kind]
    const missing: Unit[] = []
    const found = ids.map((id) => {
      if (!rows.has(id) && !this.knows({ kind, id })) missing.push({ kind, id })
      return rows.get(id) ?? null
    })
    if (missing.length > 0) throw new NotLoaded(missing)
    return found
  }

  findIn<U extends UnitKind, K extends KindIn<U>>(unit: U, unit_id: string, kind: K, id: string): Entities[K] | null {
    this.need([{ kind: unit, id: unit_id }])
    const entity = this.rows[kind].get(id)
    const part = partOf(unit, kind)
    return entity && valuesOf(entity, part[1]).includes(unit_id) && fits(entity, part) ? entity : null
  }

  list<U extends UnitKind, K extends KindIn<U>>(unit: U, unit_id: string, kind: K): Entities[K][] {
    this.need([{ kind: unit, id: unit_id }])
    return this.having(kind, partOf(unit, kind), unit_id)
  }

  checkpoints(milestone_id: string): readonly Checkpoint[] {
    return this.plans.of(milestone_id).checkpoints
  }

  counts(milestone_id: string): Counts {
    const { checkpoints, completed } = this.plans.of(milestone_id)
    return { total: checkpoints.length, completed }
  }

  dependents(checkpoint_id: string): Checkpoint[] {
    return this.list('dependents', checkpoint_id, 'checkpoint')
  }

  around(milestone_id: string): object {
    return this.surroundings.of(milestone_id)
  }

  watchMilestones(): Set<string> {
    return this.surroundings.watch()
  }

  need(units: readonly Unit[], prefetch: Prefetch = null): void {
    let missing: Unit[] | undefined
    for (const unit of units) {
      if (this.knows(unit)) continue
      missing ??= []
      missing.push(unit)
    }
    if (missing) throw new NotLoaded(missing, prefetch)
  }

  /** Whether the unit is completely loaded, so that an entity that is not in it does not exist. */
  knows(unit: Unit): boolean {
    return this.whole || this.has(unit) || this.recall(unit)
  }

  /** All loaded entities of a kind, for audits and tests over a whole world. */
  all<K extends Kind>(kind: K): Entities[K][] {
    return [...this.rows[kind].values()]
  }

  /** Adds a new entity. Its own units are complete, because nothing can refer to it yet. */
  create<K extends Kind>(kind: K, entity: Entities[K]): void {
    const id = entityId(kind, entity)
    this.change(kind, id, null, entity)
    this.surroundings.outdate(kind, id, null, entity)
    if (this.tombstones[kind].delete(id)) this.bytes -= weightOfKnown(id)
    this.place(kind, id, entity)
    for (const unit of UNIT_NAMES) {
      const { of, key } = UNITS[unit]
      if (of === kind) this.complete({ kind: unit, id: String(Reflect.get(entity, key)) })
    }
  }

  /** Replaces an entity. The entity must be loaded, because the change records its stored form. */
  put<K extends Kind>(kind: K, entity: Entities[K]): void {
    const id = entityId(kind, entity)
    const present = this.present(kind, id)
    this.change(kind, id, present, entity)
    this.surroundings.outdate(kind, id, present, entity)
    this.place(kind, id, entity)
  }

  /** Removes an entity, which must be loaded for the same reason. */
  remove(kind: Kind, id: string): void {
    const present = this.present(kind, id)
    this.change(kind, id, present, null)
    this.surroundings.outdate(kind, id, present, null)
    this.tombstones[kind].add(id)
    this.bytes += weightOfKnown(id)
    this.place(kind, id, null)
  }

  /** Adds a stored row. An entity that the world already holds is at least as new and stays, and a deleted entity stays deleted. */
  admit<K extends Kind>(kind: K, entity: Entities[K]): void {
    const id = entityId(kind, entity)
    if (this.rows[kind].has(id) || this.tombstones[kind].has(id)) return
    this.place(kind, id, entity)
  }

  complete(unit: Unit): void {
    if (this.has(unit)) return
    const ids = this.loaded.get(unit.kind)
    if (ids) ids.add(unit.id)
    else this.loaded.set(unit.kind, new Set([unit.id]))
    this.bytes += weightOfKnown(unit.id)
  }

  /** Must be called when the changes have been stored. */
  markStored(): void {
    for (const kind of KIND_NAMES) this.changes[kind].clear()
  }

  private has({ kind, id }: Unit): boolean {
    const single = SINGLE.get(kind)
    if (single && (this.rows[single].has(id) || this.tombstones[single].has(id))) return true
    return this.loaded.get(kind)?.has(id) === true
  }

  /** Takes a unit from the older world, if that one knows it. */
  private recall(unit: Unit): boolean {
    const { older } = this
    if (!older?.has(unit)) return false
    for (const part of UNITS[unit.kind].parts) for (const entity of older.having(part[0], part, unit.id)) this.admit(part[0], entity)
    this.complete(unit)
    return true
  }

  /** The loaded entities of a kind that are in a part of a unit. */
  private having<K extends Kind>(kind: K, part: Part, value: string): Entities[K][] {
    const index = this.indexes[kind].get(part[1])
    const found: Entities[K][] = []
    for (const id of index ? (index.get(value) ?? []) : [value]) {
      const entity = this.rows[kind].get(id)
      if (entity && fits(entity, part)) found.push(entity)
    }
    return found
  }

  private present<K extends Kind>(kind: K, id: string): Entities[K] {
    const entity = this.rows[kind].get(id)
    if (!entity)
      throw new Error(`the ${kind} ${id} cannot be changed, because it is not loaded: a decision must ask for all that its events change`)
    return entity
  }

  private change<K extends Kind>(kind: K, id: string, present: Entities[K] | null, to: Entities[K] | null): void {
    const changes = this.changes[kind]
    const before = changes.get(id)
    const from = before ? before.from : present
    if (from === null && to === null) changes.delete(id)
    else changes.set(id, { from, to })
  }

  /** Replaces or, with null, removes the entity with this id in the rows and in the indexes. */
  private place<K extends Kind>(kind: K, id: string, entity: Entities[K] | null): void {
    const rows = this.rows[kind]
    const before = rows.get(id)
    const planned = kind === 'checkpoint' ? this.rows.checkpoint.get(id) : undefined
    for (const [field, index] of this.indexes[kind]) {
      if (before && entity && Reflect.get(before, field) === Reflect.get(entity, field)) continue
      const [was, is] = [valuesOf(before, field), valuesOf(entity, field)]
      for (const key of was) if (!is.includes(key)) this.bytes -= drop(index, key, id)
      for (const key of is) if (!was.includes(key)) this.bytes += add(index, key, id)
    }
    if (entity) rows.set(id, entity)
    else rows.delete(id)
    this.bytes += (entity ? weightOfEntity(entity) : 0) - (before ? weightOfEntity(before) : 0)
    if (kind === 'checkpoint') this.plans.change(planned, this.rows.checkpoint.get(id))
  }
}

/** The part of a unit that has the entities of a kind. */
const partOf = (unit: UnitKind, kind: Kind): Part => {
  const part = UNITS[unit].parts.find(([held]) => held === kind)
  if (!part) throw new Error(`a unit ${unit} holds no ${kind}`)
  return part
}
