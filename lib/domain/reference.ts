import { maySeeFaces } from './access'
import type { Context } from './context'
import type { Checkpoint } from './entities'
import { DomainError } from './errors'
import { groupOf, milestoneOf } from './resolve'
import type { CheckpointRef } from './schemas/checkpoint'
import { dependenciesOf } from './state'
import type { World } from './world'

/** How one checkpoint is named by another: `2` in the same milestone, `ms_x:3` in another, `cp_…` by its id. */
export type Reference = CheckpointRef

const CROSS = /^([^:]+):([1-9][0-9]{0,5})$/

/** The reference by which this caller is told of a checkpoint from inside a milestone; an id where the caller may not see it. */
export const refTo = (world: World, context: Context, from_milestone_id: string, target: Checkpoint): Reference => {
  if (target.milestone_id === from_milestone_id) return target.order
  const { group_id } = milestoneOf(world, target.milestone_id)
  if (!maySeeFaces(world, context, groupOf(world, group_id))) return target.checkpoint_id
  return `${target.milestone_id}:${target.order}`
}

/** What `depends_on` reads as: references in the order of `compareReferences`. */
export const referencesOf = (world: World, context: Context, checkpoint: Checkpoint): Reference[] =>
  dependenciesOf(world, checkpoint)
    .map((target) => refTo(world, context, checkpoint.milestone_id, target))
    .sort(compareReferences)

/** Numbers of the same milestone first, ascending; then those of other milestones; ids of hidden checkpoints last. */
export const compareReferences = (a: Reference, b: Reference): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1
  const hidden = Number(a.startsWith('cp_')) - Number(b.startsWith('cp_'))
  return hidden || a.localeCompare(b, 'en', { numeric: true })
}

/** A reference as a noun of a sentence: "checkpoint 2", "ms_x:3". */
export const nounOf = (reference: Reference): string => (typeof reference === 'number' ? `checkpoint ${reference}` : reference)

/** Where references are written: the place of the dependent, and what numbers mean there. */
export type Place = {
  /** The ids of the checkpoints that have the numbers 1, 2, … before the change. */
  numbered: readonly string[]
  /** The number of the checkpoint that is to depend on others. */
  order: number
  /** What it depends on already. It may stay, even where the caller may not see it: it is given back by its id, as it was shown. */
  standing: readonly string[]
}

/** The id that a reference means (D4), or null where it names nothing that the caller may depend on. */
const findTarget = (world: World, context: Context, { numbered, standing }: Place, reference: Reference): string | null => {
  if (typeof reference === 'number') return numbered[reference - 1] ?? null
  if (standing.includes(reference)) return reference
  const target = findNamed(world, reference)
  if (!target) return null
  const { group_id } = milestoneOf(world, target.milestone_id)
  return maySeeFaces(world, context, groupOf(world, group_id)) ? target.checkpoint_id : null
}

const findNamed = (world: World, reference: string): Checkpoint | null => {
  const [, milestone_id, number] = CROSS.exec(reference) ?? []
  if (milestone_id === undefined) return world.find('checkpoint', reference)
  const milestone = world.find('milestone', milestone_id)
  return milestone ? (world.checkpoints(milestone_id)[Number(number) - 1] ?? null) : null
}

/** The ids that references mean, null for each that names nothing: to tell what a change would remove before it is judged. */
export const findTargets = (world: World, context: Context, place: Place, references: readonly Reference[]): (string | null)[] =>
  references.map((reference) => findTarget(world, context, place, reference))

/** The ids that references mean (D4), each once. Inside a milestone they point to a lower number (D3). @throws invalid_dependency, saying which and why */
export const resolveTargets = (world: World, context: Context, place: Place, references: readonly Reference[]): string[] => {
  const { numbered, order } = place
  const ids = references.map((reference) => {
    const id = findTarget(world, context, place, reference)
    const number = typeof reference === 'number' ? reference : id === null ? 0 : numbered.indexOf(id) + 1
    if (number === order) throw invalidDependency(reference, 'a checkpoint cannot depend on itself.')
    if (id === null) throw invalidDependency(reference, 'there is no such checkpoint, or you may not depend on it.')
    if (number > order)
      throw invalidDependency(reference, `inside a milestone a dependency points to a lower number than its own, which is ${order}.`)
    return id
  })
  return [...new Set(ids)]
}

const invalidDependency = (reference: Reference, reason: string) =>
  new DomainError('invalid_dependency', `It cannot depend on ${reference}: ${reason}`, { depends_on: reference, reason })
