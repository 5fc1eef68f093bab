import { liveClaim, needsAttention } from '../attempt'
import { blockedSentence, blockersOf } from '../blocking'
import { attentionSentence, claimedSentence } from '../claim'
import type { Context } from '../context'
import type { Checkpoint } from '../entities'
import { faceOf, needForFaces } from '../face'
import { voteSentence } from '../gate'
import { compareReferences, type Reference, refTo } from '../reference'
import { groupAround, milestoneOf } from '../resolve'
import type { RootCauses } from '../root-causes'
import type { Blocker } from '../schemas/checkpoint'
import type * as Wire from '../schemas/ready'
import { stateOf, unitsOf } from '../state'
import type { World } from '../world'
import { needForCheckpoints } from './milestone'

/** The most root causes that are told. */
const MOST_ROOTS = 20
/** Of a longer path, as many steps are told at either end. */
const END = 10

/** What stands in the way of a checkpoint, and the causes of that. */
export const viewBlockers = (world: World, context: Context, checkpoint: Checkpoint, causes: RootCauses): Wire.Blockers => {
  needForCheckpoints(world, context, [checkpoint])
  const blockers = blockersOf(world, context, checkpoint)
  return {
    checkpoint_id: checkpoint.checkpoint_id,
    state: stateOf(world, checkpoint, context.now),
    sentence: sentenceOf(world, context, checkpoint, blockers),
    blockers,
    root_causes: viewRootCauses(world, context, checkpoint, causes),
    root_cause_count: causes.roots.length,
  }
}

const sentenceOf = (world: World, context: Context, checkpoint: Checkpoint, blockers: readonly Blocker[]): string => {
  const { order } = checkpoint
  const claim = liveClaim(checkpoint, context.now)
  const references = blockers.map(({ ref }) => ref)
  switch (stateOf(world, checkpoint, context.now)) {
    case 'completed':
      return `Checkpoint ${order} is completed, so nothing stands in its way.`
    case 'blocked':
      return blockedSentence(order, references)
    case 'awaiting_consensus':
      return voteSentence(checkpoint)
    default: {
      if (claim) return `${claimedSentence(world, checkpoint, claim)}. Nothing else stands in its way.`
      if (needsAttention(checkpoint, groupAround(world, checkpoint), context.now)) return attentionSentence(checkpoint)
      return `Nothing stands in the way of checkpoint ${order}: it can be claimed.`
    }
  }
}

/** The nearest root causes. Those that are equally near come in the order of references. */
const viewRootCauses = (world: World, context: Context, { milestone_id }: Checkpoint, { roots, pathTo }: RootCauses): Wire.RootCause[] => {
  const farthest = roots[MOST_ROOTS - 1]?.distance ?? Number.POSITIVE_INFINITY
  const near = roots.filter(({ distance }) => distance <= farthest)
  const referTo = referring(
    world,
    context,
    milestone_id,
    near.map(({ id }) => id),
  )
  const chosen = near
    .sort((a, b) => a.distance - b.distance || compareReferences(referTo(a.id), referTo(b.id)))
    .slice(0, MOST_ROOTS)
    .map(({ id, distance }) => ({ id, distance, path: shortened(pathTo(id)) }))
  const referToStep = referring(
    world,
    context,
    milestone_id,
    chosen.flatMap(({ path }) => path),
  )
  const targets = chosen.flatMap(({ id }) => world.find('checkpoint', id) ?? [])
  needForFaces(world, context, targets)
  return targets.flatMap((target, at) => {
    const face = faceOf(world, context, milestone_id, target)
    const claim = face.private ? null : liveClaim(target, context.now)
    const needs_attention = !face.private && needsAttention(target, groupAround(world, target), context.now)
    const { path = [], distance = 0 } = chosen[at] ?? {}
    return { ...face, claim_expires_at: claim?.expires_at ?? null, needs_attention, path: path.map(referToStep), length: distance }
  })
}

const shortened = (path: readonly string[]): readonly string[] =>
  path.length > 2 * END ? [...path.slice(0, END), ...path.slice(-END)] : path

/** Gives the references to these checkpoints, for which it asks all at once. */
const referring = (world: World, context: Context, milestone_id: string, ids: readonly string[]): ((id: string) => Reference) => {
  const targets = new Map(world.findAll('checkpoint', ids).flatMap((target) => (target ? [[target.checkpoint_id, target] as const] : [])))
  const milestones = new Set(Array.from(targets.values(), (target) => target.milestone_id))
  world.need(unitsOf('milestone', milestones))
  world.need(
    unitsOf(
      'group',
      Array.from(milestones, (id) => milestoneOf(world, id).group_id),
    ),
  )
  return (id) => {
    const target = targets.get(id)
    return target ? refTo(world, context, milestone_id, target) : id
  }
}
