import type { ClientBase } from 'pg'
import type { Entities, Kind } from '@/lib/domain/entities'
import { NotLoaded, type Unit, type WorldState } from '@/lib/domain/world'
import { KINDS, nameOf, selectList, TABLES } from './tables'

type Ids = readonly string[]
type Prefetch = NotLoaded['prefetch']
type Target = { client: ClientBase; workspace_id: string; world: WorldState }

/** More than any honest operation asks for in a row; past it something loads and forgets. */
const MOST_ROUNDS = 10_000

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Statements are prepared under a name, of which PostgreSQL takes 63 characters. */
const statementNames = new Map<string, string>()
const nameOfStatement = (description: string): string => {
  const known = statementNames.get(description) ?? `load ${statementNames.size}`
  statementNames.set(description, known)
  return known
}

const rowsOf = <K extends Kind>(_kind: K, rows: Entities[K][]): Entities[K][] => rows

/** Rows of one kind, taken into the world. What is there already, or was deleted, stays as it is. */
const admit = async <K extends Kind>({ client, workspace_id, world }: Target, kind: K, where: string, ids: Ids): Promise<Entities[K][]> => {
  const table = TABLES[kind]
  const text = `select ${selectList(table, 't')} from ${nameOf(table)} t where t.workspace_id = $1 and ${where}`
  const { rows } = await client.query({ name: nameOfStatement(`load ${kind} ${where}`), text, values: [workspace_id, ids] })
  const entities = rowsOf(kind, rows)
  for (const entity of entities) world.admit(kind, entity)
  return entities
}

const EDGES =
  'array(select d.depends_on_id from dependencies d where d.workspace_id = t.workspace_id and d.checkpoint_id = t.checkpoint_id) as depends_on'

const OWN = 'select checkpoint_id as id from checkpoints where workspace_id = $1 and milestone_id = any($2)'
const FIRST = `select d.depends_on_id as id from (${OWN}) own join dependencies d on d.workspace_id = $1 and d.checkpoint_id = own.id`

/** Which checkpoints are fetched for which unit, each with the ids that it depends on; `$2` holds the ids that were asked for. */
const CHECKPOINTS = {
  themselves: 'select unnest($2::text[])',
  // Pending ancestors, with the completed ones that end the walk.
  ancestors: `with recursive up(id) as (
      select unnest($2::text[])
      union
      select d.depends_on_id from up
      join checkpoints c on c.workspace_id = $1 and c.checkpoint_id = up.id and c.completed_at is null
      join dependencies d on d.workspace_id = $1 and d.checkpoint_id = up.id
    ) select id from up limit 20000`,
  // Two levels up, since the state of a blocker depends on its own dependencies.
  of_milestones: `with own as (${OWN}), first as (${FIRST}),
      second as (select d.depends_on_id as id from first join dependencies d on d.workspace_id = $1 and d.checkpoint_id = first.id)
    select id from own union select id from first union select id from second`,
  dependents: 'select d.checkpoint_id from dependencies d where d.workspace_id = $1 and d.depends_on_id = any($2)',
} as const

const admitCheckpoints = async ({ client, workspace_id, world }: Target, which: keyof typeof CHECKPOINTS, ids: Ids) => {
  const text = `select ${selectList(TABLES.checkpoint, 't')}, ${EDGES} from checkpoints t where t.workspace_id = $1 and t.checkpoint_id in (${CHECKPOINTS[which]})`
  const { rows } = await client.query({ name: `load checkpoints ${which}`, text, values: [workspace_id, ids] })
  for (const checkpoint of rowsOf('checkpoint', rows)) world.admit('checkpoint', checkpoint)
}

/** Groups with their members and projects; `which` selects their ids. */
const admitGroups = async (target: Target, which: string, ids: Ids) => {
  const where = `t.group_id in (${which})`
  const [groups] = await Promise.all([
    admit(target, 'group', where, ids),
    admit(target, 'member', where, ids),
    admit(target, 'project', where, ids),
  ])
  for (const { group_id } of groups) target.world.complete({ kind: 'group', id: group_id })
}

/** Principals with their keys; `which` selects their ids. */
const admitPrincipals = async (target: Target, which: string, ids: Ids) => {
  const where = `t.principal_id in (${which})`
  const [principals] = await Promise.all([admit(target, 'principal', where, ids), admit(target, 'key', where, ids)])
  for (const { principal_id } of principals) target.world.complete({ kind: 'principal', id: principal_id })
}

const ASKED = 'select unnest($2::text[])'
const GROUP_OF_MILESTONES = 'select m.group_id from milestones m where m.workspace_id = $1 and m.milestone_id'
const FIRST_MILESTONES = `select c.milestone_id from checkpoints c where c.workspace_id = $1 and c.checkpoint_id in (${FIRST})`

/** What a unit is made of. With it comes, in the same round trip, what a decision or a view of it asks for next: statements are pipelined. */
const loaders: { [K in Unit['kind']]: (target: Target, ids: Ids, prefetch: Prefetch) => Promise<unknown> } = {
  principal: (target, ids) => admitPrincipals(target, ASKED, ids),
  group: (target, ids) =>
    admitGroups(
      target,
      'select unnest($2::uuid[])',
      ids.filter((id) => UUID.test(id)),
    ),
  group_slug: (target, slugs) =>
    admitGroups(target, 'select g.group_id from groups g where g.workspace_id = $1 and g.slug = any($2)', slugs),
  project: (target, ids) => admit(target, 'project', 't.project_id = any($2)', ids),
  milestone: (target, ids) =>
    Promise.all([
      admit(target, 'milestone', 't.milestone_id = any($2)', ids),
      admitGroups(target, `${GROUP_OF_MILESTONES} = any($2)`, ids),
    ]),
  proposal: (target, ids) => admit(target, 'proposal', 't.proposal_id = any($2)', ids),
  checkpoint: (target, ids, prefetch) => admitCheckpoints(target, prefetch ?? 'themselves', ids),
  checkpoints: (target, ids) =>
    Promise.all([
      admitCheckpoints(target, 'of_milestones', ids),
      admit(target, 'milestone', `t.milestone_id in (${FIRST_MILESTONES})`, ids),
      admitGroups(target, `${GROUP_OF_MILESTONES} in (${FIRST_MILESTONES})`, ids),
      admit(target, 'proposal', `t.checkpoint_id in (${OWN})`, ids),
      admitPrincipals(target, 'select c.completed_by from checkpoints c where c.workspace_id = $1 and c.milestone_id = any($2)', ids),
    ]),
  dependents: (target, ids) => admitCheckpoints(target, 'dependents', ids),
}

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
