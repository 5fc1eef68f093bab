import { type ClientBase, escapeLiteral } from 'pg'
import type { Entities, Kind } from '@/lib/domain/entities'
import { isUuid } from '@/lib/domain/ids'
import { KIND_NAMES, type Part, UNIT_NAMES, UNITS, type Unit, type UnitKind } from '@/lib/domain/kinds'
import { NotLoaded, type Prefetch, type WorldState } from '@/lib/domain/world'
import { prepared, unhurried } from './statement'
import { columnType, type List, listsOf, nameOf, selectEntity, TABLES } from './tables'

type Ids = readonly string[]
type Target = { client: ClientBase; workspace_id: string; world: WorldState }

/** No operation needs so many loads in a row. After as many, something has been loaded that the world does not keep. */
const MOST_ROUNDS = 1_000

const rowsOf = <K extends Kind>(_kind: K, rows: Entities[K][]): Entities[K][] => rows

/** Runs a statement that answers entities, and takes them into the world. What is there already, or was deleted, stays as it is. */
const admit = async <K extends Kind>({ client, workspace_id, world }: Target, kind: K, text: string, ids: Ids): Promise<Entities[K][]> => {
  const { rows } = await client.query(prepared(text, [workspace_id, ids]))
  const entities = rowsOf(kind, rows)
  for (const entity of entities) world.admit(kind, entity)
  return entities
}

/**
 * Entities by their ids, which a subquery `wanted` answers in its column `id`. Each is a look-up by primary key: OFFSET 0 keeps the planner from
 * reading whole tables while its statistics are young.
 */
const selectWanted = (kind: Kind, key: string, wanted: string) => `select ${selectEntity(kind, 't')} from (${wanted}) wanted
  cross join lateral (select * from ${nameOf(TABLES[kind])} c where c.workspace_id = $1 and c.${key} = wanted.id offset 0) t`

/**
 * The rows of a table that have one of the ids in `$2` in a column. Each id is a look-up by the index of that column: for all ids together, PostgreSQL may
 * choose to read every row of the workspace while its statistics are young, and it would keep that plan for the prepared statement.
 */
const selectHaving = (table: string, column: string, type: string, alias: string, only: object = {}) =>
  `unnest($2::${type}[]) as asked(id) cross join lateral (select * from ${table} c where c.workspace_id = $1 and c.${column} = asked.id${conditions(only)} offset 0) ${alias}`

/** The values are those of the units in lib/domain/kinds.ts, and never those of a call. */
const conditions = (only: object) =>
  Object.entries(only)
    .map(([field, value]) => ` and c.${field} = ${escapeLiteral(String(value))}`)
    .join('')

/** The owners of the lists that one of `$2` is a member of. */
const selectOwners = ({ table, owner, member }: List) =>
  `select distinct l.${owner} as id from ${selectHaving(nameOf(table), member, 'text', 'l')}`

// Here too, OFFSET 0 makes each step a look-up by primary key for each row of the step before.
const dependenciesOf = (of: string) =>
  `select d.id from ${of} cross join lateral (select depends_on_id as id from dependencies where workspace_id = $1 and checkpoint_id = ${of}.id offset 0) d`

const selectCheckpoints = (wanted: string) => selectWanted('checkpoint', 'checkpoint_id', wanted)

const THEMSELVES = selectCheckpoints('select distinct unnest($2::text[]) as id')

/** The pending ancestors too, and the completed checkpoints at which the walk of assertAcyclic ends. */
const WITH_ANCESTORS = selectCheckpoints(`select id from (with recursive up(id) as (
      select unnest($2::text[])
      union
      select d.id from up
      cross join lateral (select 1 from checkpoints where workspace_id = $1 and checkpoint_id = up.id and completed_at is null offset 0) c
      cross join lateral (select depends_on_id as id from dependencies where workspace_id = $1 and checkpoint_id = up.id offset 0) d
    ) select id from up limit 20000) ancestors`)

/** Completed checkpoints that depend on these, directly or through others. */
const DESCENDANTS = `with recursive down(id) as (
      select unnest($2::text[])
      union
      select d.id from down
      cross join lateral (select checkpoint_id as id from dependencies where workspace_id = $1 and depends_on_id = down.id offset 0) d
      cross join lateral (select 1 from checkpoints where workspace_id = $1 and checkpoint_id = d.id and completed_at is not null offset 0) c
    ) select id from down limit 20000`

/**
 * Two levels of their dependencies too, because the state of a blocker depends on its own dependencies. A large plan has fifty times as many edges as
 * checkpoints. Therefore each level has a checkpoint only once, and the second level begins only at pending checkpoints of other milestones.
 */
const OF_MILESTONES =
  selectCheckpoints(`select id from (with own as (select t.checkpoint_id as id from ${selectHaving('checkpoints', 'milestone_id', 'text', 't')}),
      outside as (${dependenciesOf('own')} except select id from own),
      pending as (select id from outside cross join lateral (
        select 1 from checkpoints where workspace_id = $1 and checkpoint_id = outside.id and completed_at is null offset 0) c),
      beyond as (${dependenciesOf('pending')})
    select id from own union select id from outside union select id from beyond) levels`)

/** The statements of these parts load more than the part, because measurements showed what a decision or a view asks for next. */
const MEASURED: { [key: string]: (prefetch: Prefetch) => string } = {
  'checkpoint.checkpoint_id': (prefetch) => (prefetch === 'ancestors' ? WITH_ANCESTORS : THEMSELVES),
  'checkpoint.milestone_id': () => OF_MILESTONES,
}

type Statement = { text: (prefetch: Prefetch) => string; byUuid: boolean }

/** The statement that loads a part of units. `byUuid` says that their ids are compared with a uuid column: an id of another form would be an error. */
const statementOf = ([kind, field, only]: Part): Statement => {
  const measured = MEASURED[`${kind}.${field}`]
  if (measured) return { text: measured, byUuid: false }
  const [, list] = listsOf(kind).find(([name]) => name === field) ?? []
  const type = columnType(TABLES[kind], field) ?? 'text'
  const text = list
    ? selectWanted(kind, list.owner, selectOwners(list))
    : `select ${selectEntity(kind, 't')} from ${selectHaving(nameOf(TABLES[kind]), field, type, 't', only)}`
  return { text: () => text, byUuid: type === 'uuid' }
}

const STATEMENTS = new Map(UNIT_NAMES.flatMap((unit) => UNITS[unit].parts).map((part) => [part, statementOf(part)]))

const admitPart = async (target: Target, part: Part, ids: Ids, prefetch: Prefetch): Promise<Entities[Kind][]> => {
  const { text, byUuid } = STATEMENTS.get(part) ?? statementOf(part)
  const known = byUuid ? ids.filter(isUuid) : ids
  return known.length === 0 ? [] : admit(target, part[0], text(prefetch), known)
}

const admitGroupsOf = (target: Target, entities: readonly Entities[Kind][]) =>
  loadMissing(
    target,
    entities.flatMap((entity): Unit[] => ('group_id' in entity && entity.group_id ? [{ kind: 'group', id: entity.group_id }] : [])),
  )

/** Loads what a view of checkpoints asks for next: their milestones, their gates, and the principals who completed them. */
const admitAround = (target: Target, entities: readonly Entities[Kind][]) =>
  loadMissing(
    target,
    entities.flatMap((entity): Unit[] => {
      if (!('completed_by' in entity && 'milestone_id' in entity)) return []
      const { completed_by, proposal_id, milestone_id } = entity
      return [
        { kind: 'milestone', id: milestone_id },
        ...(completed_by ? [{ kind: 'principal', id: completed_by } as const] : []),
        ...(proposal_id ? [{ kind: 'proposal', id: proposal_id } as const] : []),
      ]
    }),
  )

/** Units that are loaded along with another one, because measurements showed that they are asked for next. */
const ALONG: { [U in UnitKind]?: (target: Target, loaded: readonly Entities[Kind][]) => Promise<unknown> } = {
  group_slug: admitGroupsOf,
  milestone: admitGroupsOf,
  checkpoints: admitAround,
}

const loadMissing = ({ client, workspace_id, world }: Target, units: readonly Unit[]) =>
  load(
    client,
    workspace_id,
    world,
    units.filter((unit) => !world.knows(unit)),
  )

/** The units whose dependents a walk along completed checkpoints will ask for. */
const withDescendants = async (client: ClientBase, workspace_id: string, units: readonly Unit[]): Promise<readonly Unit[]> => {
  const roots = units.flatMap(({ kind, id }) => (kind === 'dependents' ? [id] : []))
  const { rows } = await client.query<{ id: string }>(prepared(DESCENDANTS, [workspace_id, roots]))
  return [...units, ...rows.map(({ id }): Unit => ({ kind: 'dependents', id }))]
}

/** Fills the world with units as the client's transaction sees them, and marks them complete. */
export const load = async (
  client: ClientBase,
  workspace_id: string,
  world: WorldState,
  units: readonly Unit[],
  prefetch: Prefetch = null,
): Promise<void> => {
  const target = { client, workspace_id, world }
  const byKind = new Map<UnitKind, Set<string>>()
  const wanted = prefetch === 'descendants' ? await withDescendants(client, workspace_id, units) : units
  for (const { kind, id } of wanted) byKind.set(kind, (byKind.get(kind) ?? new Set()).add(id))
  const loadKind = async (kind: UnitKind, ids: Ids) => {
    const parts = await Promise.all(UNITS[kind].parts.map((part) => admitPart(target, part, ids, prefetch)))
    await ALONG[kind]?.(target, parts.flat())
    for (const id of ids) world.complete({ kind, id })
  }
  await Promise.all([...byKind].map(([kind, ids]) => loadKind(kind, [...ids])))
}

/** Runs a pure function of a world, loading what it lacks until it has an answer. What `ahead` finds is loaded along with it. */
export const withLoading = async <T>(
  client: ClientBase,
  workspace_id: string,
  world: WorldState,
  run: () => T,
  ahead: Lookahead | null = null,
): Promise<T> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      const units = [...error.units, ...(ahead?.lacking() ?? [])]
      await load(client, workspace_id, world, units, error.prefetch)
    }
  }
  throw new Error(`after ${MOST_ROUNDS} loads, something that was asked for is still not loaded`)
}

/**
 * What decisions that come later lack of a cold world, so that it is loaded in one go instead of for one after another. Decisions are pure, so trying
 * them costs nothing but time: each is tried until it lacks nothing, in a few rounds at most. What it answers here does not count.
 */
export class Lookahead {
  private rounds = 4

  /** @param isOver ends the trying of further decisions */
  constructor(
    private decisions: readonly (() => unknown)[],
    private readonly isOver: () => boolean,
  ) {}

  lacking(): Unit[] {
    if (this.rounds-- <= 0) return []
    const found: Unit[] = []
    this.decisions = this.decisions.filter((decide) => {
      if (this.isOver()) return true
      const units = missing(decide)
      found.push(...units)
      return units.length > 0
    })
    return found
  }
}

const missing = (decide: () => unknown): readonly Unit[] => {
  try {
    decide()
    return []
  } catch (error) {
    return error instanceof NotLoaded ? error.units : []
  }
}

/** Every row of a workspace. */
export const loadAll = async (client: ClientBase, workspace_id: string, world: WorldState): Promise<void> => {
  for (const kind of KIND_NAMES) {
    const text = `select ${selectEntity(kind, 't')} from ${nameOf(TABLES[kind])} t where t.workspace_id = $1`
    const { rows } = await client.query(unhurried(text, [workspace_id]))
    for (const entity of rowsOf(kind, rows)) world.admit(kind, entity)
  }
}
