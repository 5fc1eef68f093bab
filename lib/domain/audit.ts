import type { Checkpoint } from './entities'
import type { Event } from './events'
import { isCompleted } from './state'
import type { WorldState } from './world'

export type Finding = { rule: string; title: string; violations: string[] }

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

/** What is left once checkpoints are taken away that wait for nothing that is left. */
const cycles = (world: WorldState, checkpoints: readonly Checkpoint[]): string[] => {
  const waiting = new Map(checkpoints.map(({ checkpoint_id, depends_on }) => [checkpoint_id, depends_on.length]))
  const free = checkpoints.filter(({ depends_on }) => depends_on.length === 0).map(({ checkpoint_id }) => checkpoint_id)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waiting.delete(id)
    for (const dependent of world.dependents(id)) {
      const left = (waiting.get(dependent.checkpoint_id) ?? 0) - 1
      waiting.set(dependent.checkpoint_id, left)
      if (left === 0) free.push(dependent.checkpoint_id)
    }
  }
  return [...waiting.keys()]
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
        .filter(({ seq }, at) => seq !== at + 1)
        .slice(0, 1)
        .map(({ seq }) => `before ${seq}`),
    },
  ]
}
