import { maySeeFaces } from './access'
import type { Context } from './context'
import type { Checkpoint } from './entities'
import { DomainError } from './errors'
import { reaches } from './reach'
import { CHECKPOINT_NUMBER, groupOf, milestoneOf } from './resolve'
import type { CheckpointRef } from './schemas/checkpoint'
import type { World } from './world'

/** The name of a checkpoint inside another: `2` in the same milestone, `ms_x:3` in a different one, or its id `cp_…`. */
export type Reference = CheckpointRef

const CROSS = /^([^:]+):(.*)$/

/** The reference to a checkpoint from inside a milestone, for this caller. It is the id if the caller may not see the checkpoint. */
export const refTo = (world: World, context: Context, from_milestone_id: string, target: Checkpoint): Reference => {
  if (target.milestone_id === from_milestone_id) return target.order
  const { group_id } = milestoneOf(world, target.milestone_id)
  if (!maySeeFaces(world, context, groupOf(world, group_id))) return target.checkpoint_id
  return `${target.milestone_id}:${target.order}`
}

/** Orders references: numbers of the same milestone come first, then references to other milestones, and then ids of hidden checkpoints. */
export const compareReferences = (a: Reference, b: Reference): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1
  const hidden = Number(a.startsWith('cp_')) - Number(b.startsWith('cp_'))
  return hidden || a.localeCompare(b, 'en', { numeric: true })
}

/** A reference as a noun in a sentence: "checkpoint 2", "ms_x:3". */
export const nounOf = (reference: Reference): string => (typeof reference === 'number' ? `checkpoint ${reference}` : reference)

/** What the numbers of a milestone mean before a change: the ids of its checkpoints in the order of their numbers, and the number of each id. */
export type Numbering = { ids: readonly string[]; orders: ReadonlyMap<string, number> }

export const numberingOf = (ids: readonly string[]): Numbering => ({ ids, orders: new Map(ids.map((id, at) => [id, at + 1])) })

/** The place in which references are written: the dependent, and the meaning of numbers there. */
export type Place = {
  numbering: Numbering
  /** The id of the checkpoint that will depend on others, or null if it is yet to be inserted among those that are numbered. */
  dependent: string | null
  /** The number of that checkpoint, which an insertion is going to give it. */
  order: number
  /** The ids of its present dependencies. These may stay even if the caller may not see them: the caller sends back the ids that it was shown. */
  standing: readonly string[]
}

/** The id that a reference means (D4), or null if it names nothing on which the caller may depend. */
const findTarget = (world: World, context: Context, { numbering, standing }: Place, reference: Reference): string | null => {
  if (typeof reference === 'number') return numbering.ids[reference - 1] ?? null
  if (standing.includes(reference)) return reference
  const target = findNamed(world, reference)
  if (!target) return null
  const { group_id } = milestoneOf(world, target.milestone_id)
  if (!maySeeFaces(world, context, groupOf(world, group_id))) return null
  return reaches(context.caller, target) || standing.includes(target.checkpoint_id) ? target.checkpoint_id : null
}

const findNamed = (world: World, reference: string): Checkpoint | null => {
  const [, milestone_id = '', number = ''] = CROSS.exec(reference) ?? []
  if (!CHECKPOINT_NUMBER.test(number)) return world.find('checkpoint', reference)
  const milestone = world.find('milestone', milestone_id)
  return milestone ? (world.checkpoints(milestone_id)[Number(number) - 1] ?? null) : null
}

/** The ids that references mean, with null for each that names nothing. It shows what a change would remove before the change is judged. */
export const findTargets = (world: World, context: Context, place: Place, references: readonly Reference[]): (string | null)[] =>
  references.map((reference) => findTarget(world, context, place, reference))

/** The distinct ids that references mean (D4), which have a lower number inside a milestone (D3). @throws invalid_dependency, with the reason */
export const resolveTargets = (world: World, context: Context, place: Place, references: readonly Reference[]): string[] => {
  const { numbering, dependent, order } = place
  const ids = references.map((reference) => {
    const refuse = (reason: string) =>
      new DomainError('invalid_dependency', `Checkpoint ${order} cannot depend on ${reference}: ${reason}`, {
        order,
        depends_on: reference,
        reason,
      })
    const id = findTarget(world, context, place, reference)
    if (id === null ? reference === order : id === dependent) throw refuse('a checkpoint cannot depend on itself.')
    if (id === null) throw refuse('there is no such checkpoint, or you may not depend on it.')
    if ((numbering.orders.get(id) ?? 0) >= order)
      throw refuse(`inside a milestone, a checkpoint can depend only on lower numbers than its own, which is ${order}.`)
    return id
  })
  return [...new Set(ids)]
}
