import type { Checkpoint } from './entities'
import { isCompleted } from './state'

export type Counts = { total: number; completed: number }

/** The checkpoints of a milestone in order, and the number of those that are completed. */
type Plan = { checkpoints: readonly Checkpoint[]; completed: number }

/** The plans of milestones that a world has put in order once, and keeps in order from change to change. */
export class Plans {
  private readonly plans = new Map<string, Plan>()

  /** @param list gives the checkpoints of a milestone in any order, in an array of its own */
  constructor(private readonly list: (milestone_id: string) => Checkpoint[]) {}

  of(milestone_id: string): Plan {
    const known = this.plans.get(milestone_id)
    if (known) return known
    const checkpoints = this.list(milestone_id).sort((a, b) => a.order - b.order)
    const plan = { checkpoints, completed: checkpoints.filter(isCompleted).length }
    this.plans.set(milestone_id, plan)
    return plan
  }

  /**
   * Forgets a plan whose order has changed. A checkpoint that keeps its number takes its own place in it, so that its change costs the same in a plan of
   * any size. One after all others is appended, because a plan is made of one after the other.
   */
  change(before: Checkpoint | undefined, checkpoint: Checkpoint | undefined): void {
    const plan = checkpoint && this.plans.get(checkpoint.milestone_id)
    for (const entity of [before, checkpoint]) if (entity) this.plans.delete(entity.milestone_id)
    if (!plan) return
    const { checkpoints, completed } = plan
    const { milestone_id, order } = checkpoint
    const present = checkpoints[order - 1]
    const more = (isCompleted(checkpoint) ? 1 : 0) - (present && isCompleted(present) ? 1 : 0)
    const keep = (kept: readonly Checkpoint[]) => this.plans.set(milestone_id, { checkpoints: kept, completed: completed + more })
    if (present && present === before && present.order === order) keep(checkpoints.with(order - 1, checkpoint))
    else if (!before && (checkpoints.at(-1)?.order ?? 0) < order) keep([...checkpoints, checkpoint])
  }
}
