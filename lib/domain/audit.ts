import type { Checkpoint, Kind } from './entities'
import type { Event } from './events'
import { evolve } from './evolve'
import { entityId, KIND_NAMES } from './kinds'
import { canonical } from './replay'
import { isCompleted } from './state'
import { enumerated } from './words'
import { WorldState } from './world'

export type Finding = {
  rule: string
  title: string
  violations: string[]
  /** What is worth telling where nothing violates the rule. */
  detail?: string
}

/** The state rules over a whole world, each with what violates it; for the doctor and for tests, never in the way of a request. */
export const auditState = (world: WorldState): Finding[] => {
  const checkpoints = world.all('checkpoint')
  const edges = checkpoints.flatMap((checkpoint) =>
    checkpoint.depends_on.map((id) => ({ checkpoint, id, target: world.find('checkpoint', id) })),
  )
  return [
    {
      rule: 'D1',
      title: 'a completed checkpoint has only completed dependencies',
      violations: edges
        .filter(({ checkpoint, target }) => isCompleted(checkpoint) && !(target && isCompleted(target)))
        .map(({ checkpoint, id }) => `${checkpoint.checkpoint_id} is completed over ${id}`),
    },
    { rule: 'D2', title: 'no cycle', violations: cycles(world, checkpoints) },
    {
      rule: 'D3',
      title: 'inside a milestone dependencies point back',
      violations: edges
        .filter(({ checkpoint, target }) => target?.milestone_id === checkpoint.milestone_id && target.order >= checkpoint.order)
        .map(({ checkpoint, id }) => `${checkpoint.checkpoint_id} points forward to ${id}`),
    },
    {
      rule: 'D4',
      title: 'every dependency has its target',
      violations: edges
        .filter(({ target }) => !target)
        .map(({ checkpoint, id }) => `${checkpoint.checkpoint_id} depends on ${id}, which is missing`),
    },
    {
      rule: 'M1',
      title: 'numbers are 1 to n',
      violations: world
        .all('milestone')
        .filter(({ milestone_id }) => world.checkpoints(milestone_id).some(({ order }, at) => order !== at + 1))
        .map(({ milestone_id }) => milestone_id),
    },
    {
      rule: 'M2',
      title: 'a closed milestone has checkpoints, all completed',
      violations: world
        .all('milestone')
        .filter(({ milestone_id, status }) => status === 'closed' && !isDone(world.checkpoints(milestone_id)))
        .map(({ milestone_id }) => milestone_id),
    },
  ]
}

const isDone = (checkpoints: readonly Checkpoint[]) => checkpoints.length > 0 && checkpoints.every(isCompleted)

/** The checkpoints on a cycle, and those on a way from one cycle to another. What only leads to a cycle or away from it is not among them. */
const cycles = (world: WorldState, checkpoints: readonly Checkpoint[]): string[] => {
  const left = new Set(checkpoints.map(({ checkpoint_id }) => checkpoint_id))
  const dependencies: Neighbours = (id) => [...new Set(world.find('checkpoint', id)?.depends_on)]
  const dependents: Neighbours = (id) => world.dependents(id).map(({ checkpoint_id }) => checkpoint_id)
  peel(left, dependencies, dependents)
  peel(left, dependents, dependencies)
  return [...left]
}

type Neighbours = (id: string) => readonly string[]

/** Takes away whatever has nothing left before it, until everything that is left has something. */
const peel = (left: Set<string>, before: Neighbours, after: Neighbours): void => {
  const counts = new Map([...left].map((id) => [id, before(id).filter((other) => left.has(other)).length]))
  const free = [...left].filter((id) => counts.get(id) === 0)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id)
    for (const next of after(id)) {
      const count = (counts.get(next) ?? 0) - 1
      counts.set(next, count)
      if (count === 0) free.push(next)
    }
  }
}

/** What the log says against itself and against the state: its numbers (E1) and the permanence of completed work (C1). */
export const auditLog = (world: WorldState, log: readonly Event[]): Finding[] => {
  const completed = new Set<string>()
  for (const { type, checkpoint_id } of log) {
    if (checkpoint_id && type === 'checkpoint.completed') completed.add(checkpoint_id)
    if (checkpoint_id && type === 'checkpoint.reopened') completed.delete(checkpoint_id)
  }
  return [
    {
      rule: 'C1',
      title: 'what was completed is still there, completed',
      violations: [...completed].filter((id) => !world.find('checkpoint', id)?.completed_at),
    },
    {
      rule: 'E1',
      title: 'the log is gapless',
      violations: log
        .flatMap(({ seq }, at) => (seq === at + 1 ? [] : [seq === log[at - 1]?.seq ? `${seq} twice` : `before ${seq}`]))
        .slice(0, 1),
    },
  ]
}

/** Whether the workspace's counter stands where its log ends (E1). */
export const auditCounter = (seq: number, log: readonly Event[]): Finding => {
  const last = log.at(-1)?.seq ?? 0
  return {
    rule: 'E1',
    title: 'the counter is the last number of the log',
    violations: seq === last ? [] : [`${seq} against ${last}`],
    detail: String(last),
  }
}

export type Edge = { checkpoint_id: string; depends_on_id: string }

/** Whether the log, replayed, gives the rows (E2). `strays` are stored edges of checkpoints that have no row, which a world cannot hold. */
export const auditReplay = (world: WorldState, log: readonly Event[], strays: readonly Edge[] = []): Finding => ({
  rule: 'E2',
  title: 'the log replays to the rows',
  violations: [
    ...faultsOfReplay(world, log),
    ...strays.map(({ checkpoint_id, depends_on_id }) => `the dependency of ${checkpoint_id} on ${depends_on_id} is only in the rows`),
  ],
})

const faultsOfReplay = (world: WorldState, log: readonly Event[]): string[] => {
  const replayed = new WorldState(true)
  const idle: string[] = []
  for (const event of log) {
    try {
      evolve(replayed, event)
    } catch (error) {
      return [`the replay stops at event ${event.seq} (${error instanceof Error ? error.message : error})`]
    }
    if (KIND_NAMES.every((kind) => replayed.changes[kind].size === 0)) idle.push(`event ${event.seq} (${event.type}) changes nothing`)
    replayed.markStored()
  }
  return [...idle, ...KIND_NAMES.flatMap((kind) => differences(kind, world, replayed))]
}

/** How the rows of a kind differ from what the log says, entity by entity. */
const differences = (kind: Kind, world: WorldState, replayed: WorldState): string[] => {
  const byId = (state: WorldState) => new Map(state.all(kind).map((entity) => [entityId(kind, entity), entity]))
  const [rows, facts] = [byId(world), byId(replayed)]
  return [...new Set([...rows.keys(), ...facts.keys()])].flatMap((id) => {
    const [row, fact] = [rows.get(id), facts.get(id)]
    if (!row) return `${kind} ${id} is missing in the rows`
    if (!fact) return `${kind} ${id} is only in the rows`
    const fields = [...new Set([...Object.keys(row), ...Object.keys(fact)])].sort()
    const different = fields.filter((field) => canonicalField(row, field) !== canonicalField(fact, field))
    return different.length > 0 ? `${kind} ${id} differs in ${enumerated(different)}` : []
  })
}

const canonicalField = (entity: object, field: string): string => canonical({ [field]: Reflect.get(entity, field) })
