import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import type { Checkpoint, Entities, Kind } from '@/lib/domain/entities'
import { isUuid } from '@/lib/domain/ids'
import { NotLoaded, type Unit, type WorldState } from '@/lib/domain/world'
import { KINDS, nameOf, selectList, TABLES } from './tables'

type Ids = readonly string[]
type Prefetch = NotLoaded['prefetch']
type Target = { client: ClientBase; workspace_id: string; world: WorldState }

/** More than any honest operation asks for in a row; past it something loads and forgets. */
const MOST_ROUNDS = 1_000

/**
 * Statements are prepared under a name, of which PostgreSQL takes 63 characters. It is made from the text alone: Next has this module in several bundles,
 * whose connections are the same.
 */
const statementNames = new Map<string, string>()
const nameOfStatement = (text: string): string => {
  const name = statementNames.get(text) ?? createHash('sha1').update(text).digest('base64url')
  statementNames.set(text, name)
  return name
}

const rowsOf = <K extends Kind>(_kind: K, rows: Entities[K][]): Entities[K][] => rows

/** Rows of one kind, taken into the world. What is there already, or was deleted, stays as it is. */
const admit = async <K extends Kind>({ client, workspace_id, world }: Target, kind: K, where: string, ids: Ids): Promise<Entities[K][]> => {
  const table = TABLES[kind]
  const text = `select ${selectList(table, 't')} from ${nameOf(table)} t where t.workspace_id = $1 and ${where}`
  const { rows } = await client.query({ name: nameOfStatement(text), text, values: [workspace_id, ids] })
  const entities = rowsOf(kind, rows)
  for (const entity of entities) world.admit(kind, entity)
  return entities
}

const EDGES =
  'array(select d.depends_on_id from dependencies d where d.workspace_id = t.workspace_id and d.checkpoint_id = t.checkpoint_id) as depends_on'

// Each step is a look-up by primary key for each row of the step before: OFFSET 0 keeps the planner from reading whole tables while its statistics are young.
const dependenciesOf = (of: string) =>
  `select d.id from ${of} cross join lateral (select depends_on_id as id from dependencies where workspace_id = $1 and checkpoint_id = ${of}.id offset 0) d`

/** Which checkpoints are fetched for which unit, each with the ids that it depends on; `$2` holds the ids that were asked for. */
const CHECKPOINTS = {
  themselves: 'select distinct unnest($2::text[]) as id',
  // Pending ancestors, with the completed ones that end the walk.
  ancestors: `select id from (with recursive up(id) as (
      select unnest($2::text[])
      union
      select d.id from up
      cross join lateral (select 1 from checkpoints where workspace_id = $1 and checkpoint_id = up.id and completed_at is null offset 0) c
      cross join lateral (select depends_on_id as id from dependencies where workspace_id = $1 and checkpoint_id = up.id offset 0) d
    ) select id from up limit 20000) ancestors`,
  // Two levels up, since the state of a blocker depends on its own dependencies.
  of_milestones: `select id from (with own as (select checkpoint_id as id from checkpoints where workspace_id = $1 and milestone_id = any($2)),
      first as (${dependenciesOf('own')}), second as (${dependenciesOf('first')})
    select id from own union select id from first union select id from second) levels`,
  dependents: 'select distinct checkpoint_id as id from dependencies where workspace_id = $1 and depends_on_id = any($2)',
} as const

const admitCheckpoints = async (
  { client, workspace_id, world }: Target,
  which: keyof typeof CHECKPOINTS,
  ids: Ids,
): Promise<Checkpoint[]> => {
  const text = `select ${selectList(TABLES.checkpoint, 't')}, ${EDGES} from (${CHECKPOINTS[which]}) wanted
    cross join lateral (select * from checkpoints c where c.workspace_id = $1 and c.checkpoint_id = wanted.id offset 0) t`
  const { rows } = await client.query({ name: nameOfStatement(text), text, values: [workspace_id, ids] })
  const checkpoints = rowsOf('checkpoint', rows)
  for (const checkpoint of checkpoints) world.admit('checkpoint', checkpoint)
  return checkpoints
}

/** Groups with their members and projects. */
const admitGroups = async (target: Target, ids: Ids) => {
  const known = ids.filter(isUuid)
  if (known.length === 0) return
  const where = 't.group_id = any($2::uuid[])'
  await Promise.all([admit(target, 'group', where, known), admit(target, 'member', where, known), admit(target, 'project', where, known)])
  for (const id of known) target.world.complete({ kind: 'group', id })
}

/** Principals with their keys. */
const admitPrincipals = async (target: Target, ids: Ids) => {
  const where = 't.principal_id = any($2)'
  await Promise.all([admit(target, 'principal', where, ids), admit(target, 'key', where, ids)])
  for (const id of ids) target.world.complete({ kind: 'principal', id })
}

/** Milestones with their groups. */
const admitMilestones = async (target: Target, ids: Ids) => {
  const milestones = await admit(target, 'milestone', 't.milestone_id = any($2)', ids)
  await loadMissing(
    target,
    milestones.map(({ group_id }) => ({ kind: 'group', id: group_id })),
  )
}

/** What a view of these checkpoints asks for next: who completed them, their gates, and where those lie that they wait for. */
const admitAround = (target: Target, checkpoints: readonly Checkpoint[]) =>
  loadMissing(
    target,
    checkpoints.flatMap(({ completed_by, proposal_id, milestone_id }): Unit[] => [
      { kind: 'milestone', id: milestone_id },
      ...(completed_by ? [{ kind: 'principal', id: completed_by } as const] : []),
      ...(proposal_id ? [{ kind: 'proposal', id: proposal_id } as const] : []),
    ]),
  )

/** What a unit is made of, and with it what a decision or a view of it asks for next: statements that do not wait for each other share a round trip. */
const loaders: { [K in Unit['kind']]: (target: Target, ids: Ids, prefetch: Prefetch) => Promise<unknown> } = {
  principal: admitPrincipals,
  group: admitGroups,
  group_slug: async (target, slugs) => {
    const groups = await admit(target, 'group', 't.slug = any($2)', slugs)
    await admitGroups(
      target,
      groups.map(({ group_id }) => group_id),
    )
  },
  project: (target, ids) => admit(target, 'project', 't.project_id = any($2)', ids),
  milestone: admitMilestones,
  proposal: (target, ids) => admit(target, 'proposal', 't.proposal_id = any($2)', ids),
  checkpoint: (target, ids, prefetch) => admitCheckpoints(target, prefetch ?? 'themselves', ids),
  checkpoints: async (target, ids) => admitAround(target, await admitCheckpoints(target, 'of_milestones', ids)),
  dependents: (target, ids) => admitCheckpoints(target, 'dependents', ids),
}

const loadMissing = ({ client, workspace_id, world }: Target, units: readonly Unit[]) =>
  load(
    client,
    workspace_id,
    world,
    units.filter((unit) => !world.knows(unit)),
  )

/** Fills the world with units as the client's transaction sees them, and marks them complete. */
export const load = async (
  client: ClientBase,
  workspace_id: string,
  world: WorldState,
  units: readonly Unit[],
  prefetch: Prefetch = null,
): Promise<void> => {
  const byKind = new Map<Unit['kind'], Set<string>>()
  for (const { kind, id } of units) byKind.set(kind, (byKind.get(kind) ?? new Set()).add(id))
  const loadKind = async (kind: Unit['kind'], ids: Ids) => {
    await loaders[kind]({ client, workspace_id, world }, ids, prefetch)
    for (const id of ids) world.complete({ kind, id })
  }
  await Promise.all([...byKind].map(([kind, ids]) => loadKind(kind, [...ids])))
}

/** Runs a pure function of a world, loading what it lacks until it has an answer. */
export const withLoading = async <T>(client: ClientBase, workspace_id: string, world: WorldState, run: () => T): Promise<T> => {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      await load(client, workspace_id, world, error.units, error.prefetch)
    }
  }
  throw new Error('a decision never had enough loaded')
}

/**
 * Loads what many decisions lack in one go instead of one after another, for a world that is cold. Decisions are pure, so trying them costs nothing but time;
 * what they answer here does not count.
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

/** Every row of a workspace. */
export const loadAll = async (client: ClientBase, workspace_id: string, world: WorldState): Promise<void> => {
  for (const kind of KINDS) {
    const edges = kind === 'checkpoint' ? `, ${EDGES}` : ''
    const text = `select ${selectList(TABLES[kind], 't')}${edges} from ${nameOf(TABLES[kind])} t where t.workspace_id = $1`
    const { rows } = await client.query(text, [workspace_id])
    for (const entity of rowsOf(kind, rows)) world.admit(kind, entity)
  }
}
