import type { ClientBase } from 'pg'
import type { Checkpoint, Entities, Kind } from '@/lib/domain/entities'
import { isUuid } from '@/lib/domain/ids'
import { KIND_NAMES, type Part, UNIT_NAMES, UNITS, type Unit, type UnitKind } from '@/lib/domain/kinds'
import { NotLoaded, type WorldState } from '@/lib/domain/world'
import { prepared } from './statement'
import { columnType, type List, listsOf, nameOf, selectEntity, TABLES } from './tables'

type Ids = readonly string[]
type Prefetch = NotLoaded['prefetch']
type Target = { client: ClientBase; workspace_id: string; world: WorldState }

/** No correct operation needs so many loads. Above this number, a unit that was loaded is asked for again and again. */
const MOST_ROUNDS = 1_000

const rowsOf = <K extends Kind>(_kind: K, rows: Entities[K][]): Entities[K][] => rows

/** Runs a statement that selects entities, and adds them to the world. An entity that the world already holds or has deleted stays as it is. */
const admit = async <K extends Kind>({ client, workspace_id, world }: Target, kind: K, text: string, ids: Ids): Promise<Entities[K][]> => {
  const { rows } = await client.query(prepared(text, [workspace_id, ids]))
  const entities = rowsOf(kind, rows)
  for (const entity of entities) world.admit(kind, entity)
  return entities
}

/**
 * Selects entities by the ids that the subquery `wanted` returns in its column `id`. OFFSET 0 makes each of them a look-up by primary key: without
 * it, the planner may read whole tables as long as it has no statistics.
 */
const selectWanted = (kind: Kind, key: string, wanted: string) => `select ${selectEntity(kind, 't')} from (${wanted}) wanted
  cross join lateral (select * from ${nameOf(TABLES[kind])} c where c.workspace_id = $1 and c.${key} = wanted.id offset 0) t`

/** Selects the owners of the lists that have a member in `$2`. */
const selectOwners = ({ table, owner, member }: List) =>
  `select distinct ${owner} as id from ${nameOf(table)} where workspace_id = $1 and ${member} = any($2)`

/** The statement that loads a part of units. `byUuid` says that their ids are compared with a uuid column: an id of another form would be an error. */
const statementOf = ([kind, field]: Part): { text: string; byUuid: boolean } => {
  const [, list] = listsOf(kind).find(([name]) => name === field) ?? []
  if (list) return { text: selectWanted(kind, list.owner, selectOwners(list)), byUuid: false }
  const type = columnType(TABLES[kind], field)
  const text = `select ${selectEntity(kind, 't')} from ${nameOf(TABLES[kind])} t where t.workspace_id = $1 and t.${field} = any($2::${type}[])`
  return { text, byUuid: type === 'uuid' }
}

const STATEMENTS = new Map(UNIT_NAMES.flatMap((unit) => UNITS[unit].parts).map((part) => [part.join('.'), statementOf(part)]))

const admitPart = async (target: Target, part: Part, ids: Ids): Promise<Entities[Kind][]> => {
  const { text, byUuid } = STATEMENTS.get(part.join('.')) ?? statementOf(part)
  const known = byUuid ? ids.filter(isUuid) : ids
  return known.length === 0 ? [] : admit(target, part[0], text, known)
}

/** Loads the parts of units, as `kinds.ts` defines them. The statements share a round trip, because none waits for another. */
const loadParts = (target: Target, unit: UnitKind, ids: Ids): Promise<Entities[Kind][][]> =>
  Promise.all(UNITS[unit].parts.map((part) => admitPart(target, part, ids)))

// Here too, OFFSET 0 makes each step a look-up by primary key for each row of the step before.
const dependenciesOf = (of: string) =>
  `select d.id from ${of} cross join lateral (select depends_on_id as id from dependencies where workspace_id = $1 and checkpoint_id = ${of}.id offset 0) d`

const selectCheckpoints = (wanted: string) => selectWanted('checkpoint', 'checkpoint_id', wanted)

/** The statements that select the checkpoints of a unit and prefetch others. `$2` holds the ids of the units. */
const CHECKPOINTS = {
  themselves: selectCheckpoints('select distinct unnest($2::text[]) as id'),
  // The pending ancestors, and the completed checkpoints at which the walk of assertAcyclic ends.
  ancestors: selectCheckpoints(`select id from (with recursive up(id) as (
      select unnest($2::text[])
      union
      select d.id from up
      cross join lateral (select 1 from checkpoints where workspace_id = $1 and checkpoint_id = up.id and completed_at is null offset 0) c
      cross join lateral (select depends_on_id as id from dependencies where workspace_id = $1 and checkpoint_id = up.id offset 0) d
    ) select id from up limit 20000) ancestors`),
  // The checkpoints of milestones and two levels of their dependencies, because the state of a blocker depends on its own dependencies.
  of_milestones:
    selectCheckpoints(`select id from (with own as (select checkpoint_id as id from checkpoints where workspace_id = $1 and milestone_id = any($2)),
      first as (${dependenciesOf('own')}), second as (${dependenciesOf('first')})
    select id from own union select id from first union select id from second) levels`),
} as const

const admitCheckpoints = (target: Target, which: keyof typeof CHECKPOINTS, ids: Ids): Promise<Checkpoint[]> =>
  admit(target, 'checkpoint', CHECKPOINTS[which], ids)

/** Loads what a view of these checkpoints asks for next: their milestones, their gates, and the principals who completed them. */
const admitAround = (target: Target, checkpoints: readonly Checkpoint[]) =>
  loadMissing(
    target,
    checkpoints.flatMap(({ completed_by, proposal_id, milestone_id }): Unit[] => [
      { kind: 'milestone', id: milestone_id },
      ...(completed_by ? [{ kind: 'principal', id: completed_by } as const] : []),
      ...(proposal_id ? [{ kind: 'proposal', id: proposal_id } as const] : []),
    ]),
  )

const admitGroupsOf = (target: Target, entities: readonly object[]) =>
  loadMissing(
    target,
    entities.map((entity) => ({ kind: 'group', id: Reflect.get(entity, 'group_id') })),
  )

/**
 * For these units, more is loaded than their parts, because measurements showed that a decision or a view asks for it next. All other units are loaded
 * by their parts.
 */
const PREFETCHED: { [U in UnitKind]?: (target: Target, ids: Ids, prefetch: Prefetch) => Promise<unknown> } = {
  group_slug: async (target, ids) => admitGroupsOf(target, (await loadParts(target, 'group_slug', ids)).flat()),
  milestone: async (target, ids) => admitGroupsOf(target, (await loadParts(target, 'milestone', ids)).flat()),
  checkpoint: (target, ids, prefetch) => admitCheckpoints(target, prefetch ?? 'themselves', ids),
  checkpoints: async (target, ids) => admitAround(target, await admitCheckpoints(target, 'of_milestones', ids)),
}

const loadMissing = ({ client, workspace_id, world }: Target, units: readonly Unit[]) =>
  load(
    client,
    workspace_id,
    world,
    units.filter((unit) => !world.knows(unit)),
  )

/** Loads units into the world, as the client's transaction sees them, and marks them as complete. */
export const load = async (
  client: ClientBase,
  workspace_id: string,
  world: WorldState,
  units: readonly Unit[],
  prefetch: Prefetch = null,
): Promise<void> => {
  const target = { client, workspace_id, world }
  const byKind = new Map<UnitKind, Set<string>>()
  for (const { kind, id } of units) byKind.set(kind, (byKind.get(kind) ?? new Set()).add(id))
  const loadKind = async (kind: UnitKind, ids: Ids) => {
    await (PREFETCHED[kind]?.(target, ids, prefetch) ?? loadParts(target, kind, ids))
    for (const id of ids) world.complete({ kind, id })
  }
  await Promise.all([...byKind].map(([kind, ids]) => loadKind(kind, [...ids])))
}

/** Runs a pure function of a world. Each time the function asks for units that are not loaded, it loads them and runs the function again. */
export const withLoading = async <T>(client: ClientBase, workspace_id: string, world: WorldState, run: () => T): Promise<T> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      await load(client, workspace_id, world, error.units, error.prefetch)
    }
  }
  throw new Error('a decision still asks for units after too many loads')
}

/**
 * Loads the missing units of many decisions together instead of one decision after another. Decisions are pure, so they can be tried here only to see
 * what they ask for. Their results are ignored.
 */
export const warm = async (
  client: ClientBase,
  workspace_id: string,
  world: WorldState,
  probes: readonly (() => unknown)[],
): Promise<void> => {
  for (let round = 0; round < 4; round++) {
    const units = probes.flatMap((probe) => missing(probe))
    if (units.length === 0) return
    await load(client, workspace_id, world, units)
  }
}

const missing = (probe: () => unknown): readonly Unit[] => {
  try {
    probe()
    return []
  } catch (error) {
    return error instanceof NotLoaded ? error.units : []
  }
}

/** Loads all entities of a workspace. */
export const loadAll = async (client: ClientBase, workspace_id: string, world: WorldState): Promise<void> => {
  for (const kind of KIND_NAMES) {
    const { rows } = await client.query(`select ${selectEntity(kind, 't')} from ${nameOf(TABLES[kind])} t where t.workspace_id = $1`, [
      workspace_id,
    ])
    for (const entity of rowsOf(kind, rows)) world.admit(kind, entity)
  }
}
