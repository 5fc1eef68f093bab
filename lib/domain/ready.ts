import { holds, liveClaim, needsAttention } from './attempt'
import type { Context } from './context'
import type { Checkpoint, Group } from './entities'
import { invalid } from './errors'
import { byExpiry, compareTexts, type Found, type Frontier } from './frontier'
import { getProjectFor } from './milestone'
import { compareRanks, type GroupIndex, type Rank, rankIn, readyIndex } from './ready-index'
import { milestoneOf } from './resolve'
import type { World } from './world'

// L1: what can be claimed, and which of it comes first. db/queries/ready.ts says the same in SQL, for lists.

/** Where a call looks for work: in a group, or only in one of its projects or milestones. */
export type Where = { project_id?: string | undefined; milestone_id?: string | undefined }

/** @throws invalid for a project or a milestone of another group */
export const assertWithin = (world: World, context: Context, { group_id }: Group, { project_id, milestone_id }: Where): void => {
  if (project_id !== undefined) getProjectFor(world, context, group_id, project_id)
  if (milestone_id === undefined) return
  if (world.find('milestone', milestone_id)?.group_id !== group_id) throw invalid('milestone_id', 'names no milestone of this group')
}

/** What a call looks at: the group's index, and whether a milestone counts. */
type View = { index: GroupIndex; counts: (milestone_id: string) => boolean }

/** Completed and archived projects are left out, unless the call names the project or the milestone. @throws invalid */
const viewOf = (world: World, context: Context, group: Group, { project_id, milestone_id }: Where): View => {
  assertWithin(world, context, group, { project_id, milestone_id })
  const projects = world.list('group', group.group_id, 'project')
  const named = projects.filter((project) => (project_id === undefined ? project.status === 'active' : project.project_id === project_id))
  const wanted = new Set((project_id === undefined && milestone_id !== undefined ? projects : named).map((project) => project.project_id))
  return {
    index: readyIndex(world, group.group_id, context.now),
    counts: (id) => (milestone_id === undefined || milestone_id === id) && wanted.has(milestoneOf(world, id).project_id),
  }
}

/** Those of the claimed checkpoints whose claim has expired, which are failed attempts (N1). */
const expired = (claimed: readonly Found[], now: string): readonly Found[] => {
  const live = claimed.findIndex(({ checkpoint }) => liveClaim(checkpoint, now) !== null)
  return live === -1 ? claimed : claimed.slice(0, live)
}

/** The checkpoints of some milestones that are chosen from their frontiers, with their ranks. */
const ranksOf = (
  world: World,
  { index, counts }: View,
  milestone_ids: Iterable<string>,
  choose: (frontier: Frontier) => readonly Found[],
): Rank[] => {
  const ranks: Rank[] = []
  for (const id of milestone_ids) {
    const frontier = index.frontiers.get(id)
    const chosen = frontier ? choose(frontier) : []
    if (chosen.length > 0 && counts(id)) for (const found of chosen) ranks.push(rankIn(milestoneOf(world, id), found))
  }
  return ranks
}

const firstOf = (ranks: readonly Rank[]): Rank | null =>
  ranks.reduce<Rank | null>((best, rank) => (best === null || compareRanks(rank, best) < 0 ? rank : best), null)

/** The checkpoint that is claimed next, or null if none can be claimed (L1). @throws invalid */
export const nextClaimable = (world: World, context: Context, group: Group, where: Where): Checkpoint | null => {
  const { now } = context
  const view = viewOf(world, context, group, where)
  const { frontiers, heads, attempted } = view.index
  const isClaimable = ({ checkpoint }: Found) => !needsAttention(checkpoint, group, now)
  const fresh = (): Rank | null => {
    const head = heads.find(({ milestone_id }) => view.counts(milestone_id))
    if (!head || isClaimable(head)) return head ?? null
    // The group's limit of failures was lowered below those of this one, whose last attempt was released.
    return firstOf(ranksOf(world, view, frontiers.keys(), (frontier) => frontier.fresh.filter(isClaimable)))
  }
  const failed = () =>
    firstOf(ranksOf(world, view, attempted, (frontier) => [...frontier.failed, ...expired(frontier.claimed, now)].filter(isClaimable)))
  return (fresh() ?? failed())?.checkpoint ?? null
}

/** The checkpoints that the caller holds by a live claim. The claim that expires first comes first. @throws invalid */
export const heldBy = (world: World, context: Context, group: Group, where: Where): Checkpoint[] => {
  const { index, counts } = viewOf(world, context, group, where)
  const isMine = (checkpoint: Checkpoint) => {
    const live = checkpoint.claimed_by === context.caller.actor.actor_id ? liveClaim(checkpoint, context.now) : null
    return live !== null && holds(context, live)
  }
  return Array.from(index.attempted)
    .flatMap((id) => index.frontiers.get(id)?.held.filter(isMine) ?? [])
    .filter(({ milestone_id }) => counts(milestone_id))
    .sort(byExpiry)
}

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

/** @throws invalid */
export const waitingIn = (world: World, context: Context, group: Group, where: Where): Waiting => {
  const { now } = context
  const view = viewOf(world, context, group, where)
  const { frontiers } = view.index
  const all = (choose: (frontier: Frontier) => readonly Found[]): Checkpoint[] =>
    ranksOf(world, view, frontiers.keys(), choose)
      .sort(compareRanks)
      .map(({ checkpoint }) => checkpoint)
  const seen = Array.from(frontiers).flatMap(([id, frontier]) => (view.counts(id) ? frontier : []))
  const outside = world.findAll('checkpoint', [...new Set(seen.flatMap((frontier) => frontier.outside))])
  const elsewhere = outside.flatMap((target) => (target && !view.counts(target.milestone_id) ? target : []))
  const needing = ({ checkpoint }: Found) => needsAttention(checkpoint, group, now)
  return {
    claimed: some(all(({ claimed }) => claimed.slice(expired(claimed, now).length)).sort(byExpiry)),
    needs_attention: some(all(({ fresh, failed, claimed }) => [...fresh, ...failed, ...expired(claimed, now)].filter(needing))),
    voting: some(all(({ voting }) => voting)),
    blocked: seen.reduce((sum, { blocked }) => sum + blocked, 0),
    elsewhere: some(elsewhere.sort((a, b) => compareTexts(a.checkpoint_id, b.checkpoint_id))),
  }
}
