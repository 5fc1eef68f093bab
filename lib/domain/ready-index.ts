import type { Milestone } from './entities'
import { compareTexts, type Found, type Frontier, frontiersOf } from './frontier'
import type { World } from './world'

/** A place in the order in which work is taken: more dependents first, then the older milestone, then the lower number (L1). */
export type Rank = Found & Pick<Milestone, 'milestone_id' | 'created_at'>

export const compareRanks = (a: Rank, b: Rank): number =>
  b.unblocks - a.unblocks ||
  compareTexts(a.created_at, b.created_at) ||
  compareTexts(a.milestone_id, b.milestone_id) ||
  a.checkpoint.order - b.checkpoint.order

export const rankIn = ({ milestone_id, created_at }: Milestone, found: Found): Rank => ({ ...found, milestone_id, created_at })

/** The frontiers of a group's active milestones. */
export class GroupIndex {
  readonly frontiers = new Map<string, Frontier>()
  /** The first fresh checkpoint of each milestone that has one, in the order in which they are taken. */
  readonly heads: Rank[] = []
  /** The milestones in which something is claimed or has failed. */
  readonly attempted = new Set<string>()
  private readonly headOf = new Map<string, Rank>()

  put(milestone: Milestone, frontier: Frontier): void {
    const { milestone_id } = milestone
    this.drop(milestone_id)
    this.frontiers.set(milestone_id, frontier)
    if (frontier.held.length + frontier.failed.length > 0) this.attempted.add(milestone_id)
    const [first] = frontier.fresh
    if (!first) return
    const head = rankIn(milestone, first)
    this.headOf.set(milestone_id, head)
    this.heads.splice(this.placeOf(head), 0, head)
  }

  drop(milestone_id: string): void {
    this.frontiers.delete(milestone_id)
    this.attempted.delete(milestone_id)
    const head = this.headOf.get(milestone_id)
    if (!head) return
    this.headOf.delete(milestone_id)
    this.heads.splice(this.placeOf(head), 1)
  }

  /** The place of a head among the heads, or where it belongs. */
  private placeOf(head: Rank): number {
    let [low, high] = [0, this.heads.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.heads[middle]
      if (other && compareRanks(other, head) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** What was derived from a world, of the groups that were asked for. It follows the world from change to change. */
class ReadyIndex {
  private readonly groups = new Map<string, GroupIndex>()
  private readonly changed: Set<string>

  constructor(private readonly world: World) {
    this.changed = world.watchMilestones()
  }

  of(group_id: string, now: string): GroupIndex {
    this.follow(now)
    const known = this.groups.get(group_id)
    if (known) return known
    const milestones = this.world.list('active_milestones', group_id, 'milestone')
    const frontiers = frontiersOf(this.world, milestones, now)
    const made = new GroupIndex()
    for (const [at, frontier] of frontiers.entries()) {
      const milestone = milestones[at]
      if (milestone) made.put(milestone, frontier)
    }
    this.groups.set(group_id, made)
    return made
  }

  /** If something is not loaded, nothing is forgotten, and it is tried again after the load. */
  private follow(now: string): void {
    if (this.changed.size === 0) return
    const ids = [...this.changed]
    const found = this.world.findAll('milestone', ids)
    const milestones = found.flatMap((milestone) => (milestone && this.groups.has(milestone.group_id) ? milestone : []))
    const frontiers = frontiersOf(this.world, milestones, now)
    for (const [at, id] of ids.entries()) if (!found[at]) for (const group of this.groups.values()) group.drop(id)
    for (const [at, frontier] of frontiers.entries()) {
      const milestone = milestones[at]
      if (milestone) this.groups.get(milestone.group_id)?.put(milestone, frontier)
    }
    this.changed.clear()
  }
}

const indexes = new WeakMap<World, ReadyIndex>()

/** The index of a group, as the world is now. */
export const readyIndex = (world: World, group_id: string, now: string): GroupIndex => {
  const index = indexes.get(world) ?? new ReadyIndex(world)
  indexes.set(world, index)
  return index.of(group_id, now)
}
