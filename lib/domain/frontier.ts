import { hasFailed } from './attempt'
import type { Checkpoint, Milestone } from './entities'
import { isCompleted, isGatePassed, neededForStates, unitsOf, unmetDependencies } from './state'
import type { World } from './world'

/** A pending checkpoint, and the number of pending checkpoints, of all groups, that depend on it directly. */
export type Found = { checkpoint: Checkpoint; unblocks: number }

/** The pending checkpoints of a milestone by what stands in their way. None of it depends on the time, the group or the project. */
export type Frontier = {
  /** Those that nobody has claimed and whose last attempt did not fail. */
  fresh: readonly Found[]
  /** Those that nobody has claimed since their last attempt failed. */
  failed: readonly Found[]
  /** Those that wait for nothing but their claim to end. The claim that expires first comes first. */
  claimed: readonly Found[]
  /** Those whose gate has not passed. */
  voting: readonly Found[]
  /** The number of those that depend on a pending checkpoint. */
  blocked: number
  /** The ids of the pending checkpoints of other milestones on which these depend. */
  outside: readonly string[]
  /** All that have a claim, whatever else stands in their way. */
  held: readonly Checkpoint[]
}

type Place = { checkpoint_id: string; unblocks: number }

/** The part of a frontier that stays the same while only attempts and texts change. Each list of places has the order in which work is taken. */
type Ground = Pick<Frontier, 'blocked' | 'outside'> & { pending: readonly string[]; free: readonly Place[]; voting: readonly Place[] }

/** What was derived from a milestone and what is around it, by the object that stands for these. */
const grounds = new WeakMap<object, Ground>()

const byUse = (a: Found, b: Found): number => b.unblocks - a.unblocks || a.checkpoint.order - b.checkpoint.order

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

export const byExpiry = (a: Checkpoint, b: Checkpoint): number =>
  compareTexts(a.claim_expires_at ?? '', b.claim_expires_at ?? '') || compareTexts(a.checkpoint_id, b.checkpoint_id)

const pendingOf = (world: World, { milestone_id }: Milestone): Checkpoint[] =>
  world.checkpoints(milestone_id).filter((checkpoint) => !isCompleted(checkpoint))

const groundOf = (world: World, milestone: Milestone): Ground => {
  const [free, voting]: [Found[], Found[]] = [[], []]
  const outside = new Set<string>()
  const pending = pendingOf(world, milestone)
  let blocked = 0
  for (const checkpoint of pending) {
    const unmet = unmetDependencies(world, checkpoint)
    if (unmet.length > 0) {
      blocked++
      for (const target of unmet) if (target.milestone_id !== milestone.milestone_id) outside.add(target.checkpoint_id)
      continue
    }
    // What depends on a pending checkpoint is pending (D1).
    const unblocks = world.dependents(checkpoint.checkpoint_id).length
    const list = isGatePassed(world, checkpoint) ? free : voting
    list.push({ checkpoint, unblocks })
  }
  const places = (list: Found[]) =>
    list.sort(byUse).map(({ checkpoint, unblocks }) => ({ checkpoint_id: checkpoint.checkpoint_id, unblocks }))
  return {
    pending: pending.map(({ checkpoint_id }) => checkpoint_id),
    free: places(free),
    voting: places(voting),
    blocked,
    outside: [...outside],
  }
}

const frontierOf = (world: World, ground: Ground, now: string): Frontier => {
  const present = (places: readonly Place[]): Found[] => {
    const found: Found[] = []
    for (const { checkpoint_id, unblocks } of places) {
      const checkpoint = world.find('checkpoint', checkpoint_id)
      if (checkpoint) found.push({ checkpoint, unblocks })
    }
    return found
  }
  const free = present(ground.free)
  const unclaimed = free.filter(({ checkpoint }) => checkpoint.claim_id === null)
  return {
    fresh: unclaimed.filter(({ checkpoint }) => !hasFailed(checkpoint, now)),
    failed: unclaimed.filter(({ checkpoint }) => hasFailed(checkpoint, now)),
    claimed: free.filter(({ checkpoint }) => checkpoint.claim_id !== null).sort((a, b) => byExpiry(a.checkpoint, b.checkpoint)),
    voting: present(ground.voting),
    blocked: ground.blocked,
    outside: ground.outside,
    held: world.findAll('checkpoint', ground.pending).flatMap((checkpoint) => (checkpoint?.claim_id ? checkpoint : [])),
  }
}

/**
 * The frontiers of milestones. What is missing for all of them is loaded together, in three loads.
 * @param now any time: a gate passes by an event, and an attempt at what nobody has claimed has failed by one
 */
export const frontiersOf = (world: World, milestones: readonly Milestone[], now: string): Frontier[] => {
  const unknown = milestones.filter(({ milestone_id }) => !grounds.has(world.around(milestone_id)))
  world.need(
    unitsOf(
      'checkpoints',
      unknown.map(({ milestone_id }) => milestone_id),
    ),
  )
  const pending = unknown.flatMap((milestone) => pendingOf(world, milestone))
  world.need(neededForStates(pending))
  const unblocked = pending.filter((checkpoint) => unmetDependencies(world, checkpoint).length === 0)
  world.need(
    unitsOf(
      'dependents',
      unblocked.map(({ checkpoint_id }) => checkpoint_id),
    ),
  )
  return milestones.map((milestone) => {
    const key = world.around(milestone.milestone_id)
    const ground = grounds.get(key) ?? groundOf(world, milestone)
    grounds.set(key, ground)
    return frontierOf(world, ground, now)
  })
}
