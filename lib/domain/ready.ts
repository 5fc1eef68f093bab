import { hasFailed, holds, liveClaim, needsAttention } from './attempt'
import type { Context } from './context'
import type { Checkpoint, Group, Milestone } from './entities'
import { invalid } from './errors'
import { getProjectFor } from './milestone'
import { isCompleted, isGatePassed, neededForStates, unitsOf, unmetDependencies } from './state'
import type { World } from './world'

// L1: what can be claimed, and which of it comes first. db/queries/ready.ts says the same in SQL, for lists.

/** Where a call looks for work: in a group, or only in one of its projects or milestones. */
export type Where = { project_id?: string | undefined; milestone_id?: string | undefined }

/**
 * The milestones in which a call looks for work: the one that it names, or all active ones. Those of a project that is completed or archived are left out, unless the call names the project
 * or the milestone. @throws invalid for a project or a milestone of another group, as for one that does not exist
 */
export const milestonesWith = (world: World, { group_id }: Group, { project_id, milestone_id }: Where): Milestone[] => {
  if (project_id !== undefined) getProjectFor(world, group_id, project_id)
  const named = milestone_id === undefined ? null : getMilestoneFor(world, group_id, milestone_id)
  const milestones = named ? [named] : world.list('active_milestones', group_id, 'milestone')
  const projects = world.list('group', group_id, 'project').filter(({ status }) => status === 'active')
  const active = new Set(projects.map((project) => project.project_id))
  return milestones.filter((milestone) => {
    if (project_id !== undefined) return milestone.project_id === project_id
    return named !== null || active.has(milestone.project_id)
  })
}

/** @throws invalid */
export const getMilestoneFor = (world: World, group_id: string, milestone_id: string): Milestone => {
  const milestone = world.find('milestone', milestone_id)
  if (milestone?.group_id !== group_id) throw invalid('milestone_id', 'names no milestone of this group')
  return milestone
}

/** A pending checkpoint, and the number of pending checkpoints, of all groups, that depend on it directly. */
export type Candidate = { milestone: Milestone; checkpoint: Checkpoint; unblocks: number }

/** A candidate without its milestone, which may change while the others around it stay the same. */
type Found = Omit<Candidate, 'milestone'>

/** The pending checkpoints of a milestone by what stands in their way. None of it depends on the time, the group or the project. */
type Frontier = {
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

/** What was derived from a milestone and what is around it, by the object that stands for these. */
const frontiers = new WeakMap<object, Frontier>()

const byUse = (a: Found, b: Found): number => b.unblocks - a.unblocks || a.checkpoint.order - b.checkpoint.order

const byExpiry = (a: Checkpoint, b: Checkpoint): number =>
  compare(a.claim_expires_at ?? '', b.claim_expires_at ?? '') || compare(a.checkpoint_id, b.checkpoint_id)

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** The order in which work is taken, of those whose last attempt did not fail, or of those whose did. */
const compareCandidates = (a: Candidate, b: Candidate): number =>
  b.unblocks - a.unblocks ||
  compare(a.milestone.created_at, b.milestone.created_at) ||
  compare(a.milestone.milestone_id, b.milestone.milestone_id) ||
  a.checkpoint.order - b.checkpoint.order

/** @param now any time: a gate passes by an event, and an attempt at what nobody has claimed has failed by one */
const frontierOf = (world: World, { milestone_id }: Milestone, now: string): Frontier => {
  const pending = world.checkpoints(milestone_id).filter((checkpoint) => !isCompleted(checkpoint))
  const found: Frontier & { [K in 'fresh' | 'failed' | 'claimed' | 'voting']: Found[] } = {
    fresh: [],
    failed: [],
    claimed: [],
    voting: [],
    blocked: 0,
    outside: [],
    held: pending.filter(({ claim_id }) => claim_id !== null),
  }
  const outside = new Set<string>()
  for (const checkpoint of pending) {
    const unmet = unmetDependencies(world, checkpoint)
    if (unmet.length > 0) {
      found.blocked++
      for (const target of unmet) if (target.milestone_id !== milestone_id) outside.add(target.checkpoint_id)
      continue
    }
    const unblocks = world.dependents(checkpoint.checkpoint_id).filter((dependent) => !isCompleted(dependent)).length
    kindOf(found, world, checkpoint, now).push({ checkpoint, unblocks })
  }
  for (const list of [found.fresh, found.failed, found.voting]) list.sort(byUse)
  found.claimed.sort((a, b) => byExpiry(a.checkpoint, b.checkpoint))
  return { ...found, outside: [...outside] }
}

const kindOf = (found: Record<'fresh' | 'failed' | 'claimed' | 'voting', Found[]>, world: World, checkpoint: Checkpoint, now: string) => {
  if (!isGatePassed(world, checkpoint, now)) return found.voting
  if (checkpoint.claim_id !== null) return found.claimed
  return hasFailed(checkpoint, now) ? found.failed : found.fresh
}

/** The frontiers of milestones. What is missing for all of them is loaded together, in three loads. */
const frontiersOf = (world: World, milestones: readonly Milestone[], now: string): Frontier[] => {
  const unknown = milestones.filter(({ milestone_id }) => !frontiers.has(world.around(milestone_id)))
  if (unknown.length > 0) {
    world.need(
      unitsOf(
        'checkpoints',
        unknown.map(({ milestone_id }) => milestone_id),
      ),
    )
    const pending = unknown.flatMap(({ milestone_id }) => world.checkpoints(milestone_id).filter((checkpoint) => !isCompleted(checkpoint)))
    world.need(neededForStates(pending))
    const free = pending.filter((checkpoint) => unmetDependencies(world, checkpoint).length === 0)
    world.need(
      unitsOf(
        'dependents',
        free.map(({ checkpoint_id }) => checkpoint_id),
      ),
    )
  }
  return milestones.map((milestone) => {
    const key = world.around(milestone.milestone_id)
    const frontier = frontiers.get(key) ?? frontierOf(world, milestone, now)
    frontiers.set(key, frontier)
    return frontier
  })
}

/** The checkpoint of these milestones that is claimed next, or null if none can be claimed (L1). */
export const nextClaimable = (world: World, { now }: Context, group: Group, milestones: readonly Milestone[]): Candidate | null => {
  const known = frontiersOf(world, milestones, now)
  const isClaimable = ({ checkpoint }: Found) => !needsAttention(checkpoint, group, now)
  const first = (choose: (frontier: Frontier) => readonly (Found | undefined)[]): Candidate | null => {
    let best: Candidate | null = null
    for (const [at, milestone] of milestones.entries()) {
      const frontier = known[at]
      for (const found of frontier ? choose(frontier) : []) {
        const candidate = found && { milestone, ...found }
        if (candidate && (best === null || compareCandidates(candidate, best) < 0)) best = candidate
      }
    }
    return best
  }
  return (
    first(({ fresh }) => [fresh.find(isClaimable)]) ??
    first(({ failed, claimed }) => [failed.find(isClaimable), ...expired(claimed, now).filter(isClaimable)])
  )
}

/** Those of the claimed checkpoints whose claim has expired, which are failed attempts (N1). */
const expired = (claimed: readonly Found[], now: string): readonly Found[] => {
  const live = claimed.findIndex(({ checkpoint }) => liveClaim(checkpoint, now) !== null)
  return live === -1 ? claimed : claimed.slice(0, live)
}

/** The checkpoints of these milestones that the caller holds by a live claim. The claim that expires first comes first. */
export const heldBy = (world: World, context: Context, milestones: readonly Milestone[]): Checkpoint[] =>
  frontiersOf(world, milestones, context.now)
    .flatMap(({ held }) =>
      held.filter((checkpoint) => {
        const live = checkpoint.claimed_by === context.caller.actor.actor_id ? liveClaim(checkpoint, context.now) : null
        return live !== null && holds(context, live)
      }),
    )
    .sort(byExpiry)

/** The first of some checkpoints, and how many there are. */
export type Some<T> = { total: number; first: readonly T[] }

/** What stands in the way where nothing can be claimed. */
export type Waiting = {
  /** Those that wait for nothing but their claim to end. The claim that expires first comes first. */
  claimed: Some<Checkpoint>
  needs_attention: Some<Checkpoint>
  voting: Some<Checkpoint>
  /** The number of checkpoints that depend on pending ones. */
  blocked: number
  /** The pending checkpoints on which these depend outside of the milestones in which the call looks. */
  elsewhere: Some<Checkpoint>
}

/** How many checkpoints of each kind are told. */
const TOLD = 5

const some = (checkpoints: readonly Checkpoint[]): Some<Checkpoint> => ({ total: checkpoints.length, first: checkpoints.slice(0, TOLD) })

export const waitingIn = (world: World, { now }: Context, group: Group, milestones: readonly Milestone[]): Waiting => {
  const known = frontiersOf(world, milestones, now)
  const all = (choose: (frontier: Frontier) => readonly Found[]): Checkpoint[] =>
    milestones
      .flatMap((milestone, at) => {
        const frontier = known[at]
        return frontier ? choose(frontier).map((found) => ({ milestone, ...found })) : []
      })
      .sort(compareCandidates)
      .map(({ checkpoint }) => checkpoint)
  const here = new Set(milestones.map(({ milestone_id }) => milestone_id))
  const outside = world.findAll('checkpoint', [...new Set(known.flatMap((frontier) => frontier.outside))])
  const needing = ({ checkpoint }: Found) => needsAttention(checkpoint, group, now)
  return {
    claimed: some(all(({ claimed }) => claimed.slice(expired(claimed, now).length)).sort(byExpiry)),
    needs_attention: some(all(({ fresh, failed, claimed }) => [...fresh, ...failed, ...expired(claimed, now)].filter(needing))),
    voting: some(all(({ voting }) => voting)),
    blocked: known.reduce((sum, { blocked }) => sum + blocked, 0),
    elsewhere: some(outside.filter((target) => target !== null).filter(({ milestone_id }) => !here.has(milestone_id))),
  }
}
