import { type Caller, maySeeFaces } from './access'
import type { Checkpoint } from './entities'
import { DomainError } from './errors'
import { groupOf, milestoneOf, type Reference, refTo } from './resolve'
import type { Blocker } from './schemas/checkpoint'
import { isCompleted, stateOf, unmetDependencies } from './state'
import type { World } from './world'

/** Asks for all that the faces of these checkpoints touch, in two goes and not once for each. */
export const needForFaces = (world: World, targets: readonly Checkpoint[]): void => {
  const pending = targets.filter((target) => !isCompleted(target))
  world.need([
    ...targets.map(({ milestone_id }) => ({ kind: 'milestone', id: milestone_id }) as const),
    ...pending.flatMap(({ depends_on }) => depends_on.map((id) => ({ kind: 'checkpoint', id }) as const)),
    ...pending.flatMap(({ proposal_id }) => (proposal_id ? [{ kind: 'proposal', id: proposal_id } as const] : [])),
  ])
  world.need(targets.map(({ milestone_id }) => ({ kind: 'group', id: milestoneOf(world, milestone_id).group_id }) as const))
}

/** What a reader in `from_milestone_id` is told of another checkpoint: of one in a group that it may not read, only that it exists and its state. */
export const faceOf = (world: World, caller: Caller, from_milestone_id: string, target: Checkpoint): Blocker => {
  const milestone = milestoneOf(world, target.milestone_id)
  const group = groupOf(world, milestone.group_id)
  const hidden = !maySeeFaces(world, caller, group)
  return {
    ref: refTo(world, caller, from_milestone_id, target),
    checkpoint_id: target.checkpoint_id,
    title: hidden ? '' : target.title,
    milestone_title: hidden ? '' : milestone.title,
    group_slug: hidden ? '' : group.slug,
    state: stateOf(world, target),
    held_by_name: null,
    private: hidden,
  }
}

/** The unmet direct dependencies, in the order in which they are rendered. */
export const blockersOf = (world: World, caller: Caller, checkpoint: Checkpoint): Blocker[] =>
  byReference(unmetDependencies(world, checkpoint).map((target) => faceOf(world, caller, checkpoint.milestone_id, target)))

/** Numbers of the same milestone first, ascending; then those of others; hidden ones last. */
export const byReference = <T extends { ref: Reference }>(faces: T[]): T[] => faces.sort((a, b) => compareReferences(a.ref, b.ref))

export const compareReferences = (a: Reference, b: Reference): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1
  const hidden = Number(a.startsWith('cp_')) - Number(b.startsWith('cp_'))
  return hidden || a.localeCompare(b, 'en', { numeric: true })
}

/** The sentence of D1, the same in every interface: "Checkpoint 3 depends on checkpoint 2 and ms_x:3 which are pending". */
export const blockedSentence = (order: number, references: readonly Reference[]): string => {
  const names = references.map((reference) => (typeof reference === 'number' ? `checkpoint ${reference}` : reference))
  const last = names.at(-1) ?? ''
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last
  return `Checkpoint ${order} depends on ${list} which ${names.length > 1 ? 'are' : 'is'} pending`
}

/** D1. @throws blocked, with every blocker */
export const assertUnblocked = (world: World, caller: Caller, checkpoint: Checkpoint): void => {
  const blockers = blockersOf(world, caller, checkpoint)
  if (blockers.length === 0) return
  const sentence = blockedSentence(
    checkpoint.order,
    blockers.map(({ ref }) => ref),
  )
  throw new DomainError('blocked', sentence, { checkpoint_id: checkpoint.checkpoint_id, blockers })
}
