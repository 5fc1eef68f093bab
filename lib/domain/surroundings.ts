import type { Checkpoint, Kind } from './entities'
import { valuesOf } from './world-index'

/** What a world has loaded, as far as the surroundings of a milestone hang on it. */
type Loaded = {
  checkpoint: (id: string) => Checkpoint | undefined
  dependents: (checkpoint_id: string) => Iterable<string>
}

/** What stands for the structure around the checkpoints of each milestone of a world, and who watches it. `World.around` and `watchMilestones` say more. */
export class Surroundings {
  private readonly known = new Map<string, object>()
  private readonly watchers: Set<string>[] = []

  constructor(private readonly loaded: Loaded) {}

  of(milestone_id: string): object {
    const known = this.known.get(milestone_id)
    if (known) return known
    const made = {}
    this.known.set(milestone_id, made)
    return made
  }

  watch(): Set<string> {
    const changed = new Set<string>()
    this.watchers.push(changed)
    return changed
  }

  /** Tells the watchers of the milestones around a changed checkpoint or gate, and replaces what stands for their structure. */
  outdate(kind: Kind, id: string, before: object | null, after: object | null): void {
    if (this.watchers.length === 0 && this.known.size === 0) return
    const touch = (milestone_id: string) => {
      for (const changed of this.watchers) changed.add(milestone_id)
    }
    const restructure = (checkpoint_id: string) => {
      const checkpoint = this.loaded.checkpoint(checkpoint_id)
      // What is not loaded has not been derived from.
      if (!checkpoint || !this.known.delete(checkpoint.milestone_id)) return
      touch(checkpoint.milestone_id)
    }
    if (kind === 'milestone' && (before === null || after === null)) touch(id)
    const valuesIn = (field: string) => [...valuesOf(before, field), ...valuesOf(after, field)]
    if (kind === 'proposal') valuesIn('checkpoint_id').forEach(restructure)
    if (kind !== 'checkpoint') return
    const changes = (field: keyof Checkpoint) =>
      before === null || after === null || Reflect.get(before, field) !== Reflect.get(after, field)
    const isCompletion = changes('completed_at')
    const isRelinked = changes('depends_on')
    for (const milestone_id of valuesIn('milestone_id')) {
      if (isCompletion || isRelinked || changes('proposal_id')) this.known.delete(milestone_id)
      touch(milestone_id)
    }
    if (isCompletion) for (const dependent of this.loaded.dependents(id)) restructure(dependent)
    if (isRelinked) valuesIn('depends_on').forEach(restructure)
  }
}
