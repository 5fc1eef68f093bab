import type { Context } from './context'
import type { Checkpoint } from './entities'
import { DomainError } from './errors'
import { byReference, faceOf } from './face'
import { nounOf, type Reference } from './reference'
import type { Blocker } from './schemas/checkpoint'
import { unmetDependencies } from './state'
import { enumerated } from './words'
import type { World } from './world'

/** The unmet direct dependencies, in the order in which references are rendered. */
export const blockersOf = (world: World, context: Context, checkpoint: Checkpoint): Blocker[] =>
  byReference(unmetDependencies(world, checkpoint).map((target) => faceOf(world, context, checkpoint.milestone_id, target)))

/** The sentence of D1, the same in every interface: "Checkpoint 3 depends on checkpoint 2 and ms_x:3 which are pending". */
export const blockedSentence = (order: number, references: readonly Reference[]): string =>
  `Checkpoint ${order} depends on ${enumerated(references.map(nounOf))} which ${references.length > 1 ? 'are' : 'is'} pending`

/** D1. @throws blocked, with every blocker */
export const assertUnblocked = (world: World, context: Context, checkpoint: Checkpoint): void => {
  const blockers = blockersOf(world, context, checkpoint)
  if (blockers.length === 0) return
  const references = blockers.map(({ ref }) => ref)
  const details = { checkpoint_id: checkpoint.checkpoint_id, blockers }
  throw new DomainError('blocked', blockedSentence(checkpoint.order, references), details)
}
