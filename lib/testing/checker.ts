import { findGroupBySlug } from '@/lib/domain/resolve'
import type { WorldState } from '@/lib/domain/world'
import { brokenClaims } from './attempts'
import { type Copy, done, same, stepsOf } from './copy'
import { brokenPeople } from './people-checker'

// The rules are implemented here a second time, from the text of RULES.md and independently of the code that keeps them.
// Here are those that hold of the rows; call-checker.ts has those about changes.

/** The violations of the rules that hold after every single event: D1 to D4, C3, M1, and what L1 and N1 say of rows. */
export const brokenByEvent = (now: Copy): string[] => [...brokenEdges(now), ...cycles(now), ...gaps(now), ...brokenClaims(now)]

const brokenEdges = ({ checkpoints }: Copy): string[] => {
  const broken: string[] = []
  for (const { checkpoint_id: id, milestone_id, order, completed_at, depends_on } of checkpoints.values()) {
    if (new Set(depends_on).size !== depends_on.length) broken.push(`D4: ${id} holds an edge twice`)
    for (const target_id of depends_on) {
      const target = checkpoints.get(target_id)
      if (!target) broken.push(`C3: ${id} depends on ${target_id}, which is gone`)
      if (completed_at !== null && !done(target)) broken.push(`D1: ${id} is completed and ${target_id} is not`)
      if (target?.milestone_id === milestone_id && target.order >= order)
        broken.push(`D3: ${id} depends on a later number, ${target.order}`)
    }
  }
  return broken
}

const cycles = ({ checkpoints }: Copy): string[] => {
  const waiting = new Map([...checkpoints.values()].map(({ checkpoint_id, depends_on }) => [checkpoint_id, depends_on.length]))
  const dependents = new Map<string, string[]>()
  for (const { checkpoint_id, depends_on } of checkpoints.values())
    for (const id of depends_on) dependents.set(id, [...(dependents.get(id) ?? []), checkpoint_id])
  const free = [...waiting].filter(([, count]) => count === 0).map(([id]) => id)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waiting.delete(id)
    for (const dependent of dependents.get(id) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      if (left === 0) free.push(dependent)
    }
  }
  return waiting.size > 0 ? [`D2: a cycle among ${[...waiting.keys()].join(', ')}`] : []
}

const gaps = (now: Copy): string[] =>
  [...now.milestones.keys()]
    .filter((id) => stepsOf(now, id).some(({ order }, at) => order !== at + 1))
    .map((id) => `M1: the numbers of ${id} are not 1..n`)

/** The violations of the rules at every commit: those of every event, M2, G1, O1, R1, A1, A2, the counts of milestones, and that indexes agree with rows. */
export const brokenAtCommit = (world: WorldState, now: Copy): string[] => [
  ...brokenByEvent(now),
  ...wronglyClosed(now),
  ...openGates(now),
  ...brokenPeople(now),
  ...counts(world, now),
  ...indexes(world, now),
]

const wronglyClosed = (now: Copy): string[] =>
  [...now.milestones.values()].flatMap(({ milestone_id, status, closed_at }) => {
    if ((status === 'closed') !== (closed_at !== null)) return [`M2: ${milestone_id} is ${status} and was closed at ${closed_at}`]
    const steps = stepsOf(now, milestone_id)
    return status === 'closed' && (steps.length === 0 || !steps.every(done)) ? [`M2: ${milestone_id} is closed and not done`] : []
  })

const openGates = ({ checkpoints, proposals }: Copy): string[] => {
  const broken: string[] = []
  for (const { checkpoint_id, requires_consensus, proposal_id, completed_at } of checkpoints.values()) {
    const proposal = proposals.get(proposal_id ?? '')
    if (requires_consensus !== (proposal?.checkpoint_id === checkpoint_id))
      broken.push(`G1: ${checkpoint_id} has a gate without its proposal`)
    const passed = proposal?.status === 'finalized' && proposal.threshold_met === true
    if (requires_consensus && completed_at !== null && !passed) broken.push(`G1: ${checkpoint_id} is completed behind a shut gate`)
  }
  const owners = new Set([...checkpoints.values()].map(({ proposal_id }) => proposal_id))
  for (const { proposal_id: id, checkpoint_id } of proposals.values())
    if (checkpoint_id !== null && !owners.has(id)) broken.push(`G1: the proposal ${id} gates nothing`)
  return broken
}

const counts = (world: WorldState, now: Copy): string[] =>
  world.all('project').flatMap(({ project_id, group_id, milestone_count }) => {
    const milestones = [...now.milestones.values()].filter((milestone) => milestone.project_id === project_id)
    const broken =
      milestones.length === milestone_count ? [] : [`${project_id} counts ${milestone_count} milestones of ${milestones.length}`]
    return milestones.some((milestone) => milestone.group_id !== group_id)
      ? [...broken, `${project_id} holds another group's work`]
      : broken
  })

const indexes = (world: WorldState, now: Copy): string[] => {
  const broken: string[] = []
  const rows = [...now.checkpoints.values()]
  for (const id of now.milestones.keys()) {
    const listed = world.checkpoints(id)
    if (listed.some((step, at) => step !== stepsOf(now, id)[at]) || listed.length !== stepsOf(now, id).length)
      broken.push(`index: the checkpoints of ${id}`)
  }
  for (const { checkpoint_id } of rows) {
    const expected = rows.filter(({ depends_on }) => depends_on.includes(checkpoint_id)).map((row) => row.checkpoint_id)
    if (
      !same(
        expected,
        world.dependents(checkpoint_id).map((row) => row.checkpoint_id),
      )
    )
      broken.push(`index: the dependents of ${checkpoint_id}`)
  }
  for (const group of world.all('group')) if (findGroupBySlug(world, group.slug) !== group) broken.push(`index: the slug ${group.slug}`)
  return broken
}
