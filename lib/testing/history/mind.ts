import type { Actor } from '@/lib/domain/context'
import type { Data } from '../instance'
import type { Random } from './random'

/** Ids in the groups of an agent, and in others. */
type Places = { home: readonly string[]; away: readonly string[] }

/** Where an agent may work, and where it may not. */
export type Grounds = {
  milestones: Places
  projects: Places
}

/** What all agents have seen: each milestone as the newest answer showed it. */
export class Board {
  private readonly seen = new Map<string, { seq: number; milestone: Data }>()

  constructor(milestones: readonly Data[]) {
    for (const milestone of milestones) this.learn(milestone, 0)
  }

  learn(milestone: Data, seq: number): void {
    if (seq >= (this.seen.get(milestone.milestone_id)?.seq ?? 0)) this.seen.set(milestone.milestone_id, { seq, milestone })
  }

  find(milestone_id: string): Data | undefined {
    return this.seen.get(milestone_id)?.milestone
  }

  get milestones(): Data[] {
    return [...this.seen.values()].map(({ milestone }) => milestone)
  }
}

/** A checkpoint, and one of another milestone that waits for it. */
type Awaited = { milestone: Data; checkpoint: Data; place: Data; waiting: Data }

type Known = { milestone_id: string; checkpoint_id: string; claim_id: string }

/** What an agent knows: what is on the board or, at times, what it last saw itself, which others have changed since; and the claims that it was given. */
export class Mind {
  /** Whether the present call is to be one that usually fails. */
  isOdd = false
  /** Claims that may still be its own. The newest is last. */
  private claims: Known[] = []
  /** Ids of claims that have ended. */
  private readonly ended: string[] = []
  private readonly own = new Map<string, Data>()

  constructor(
    readonly by: Actor,
    readonly grounds: Grounds,
    readonly isPerson: boolean,
    readonly random: Random,
    private readonly board: Board,
  ) {}

  private view(milestone_id: string): Data | undefined {
    const own = this.random.chance(0.1) ? this.own.get(milestone_id) : undefined
    return own ?? this.board.find(milestone_id)
  }

  milestone(): Data {
    const { away, home } = this.grounds.milestones
    return this.view(this.random.pick(this.strays(away) ? away : home) ?? '')
  }

  /** A milestone that is in the wanted state, if the agent knows one. */
  milestoneIn(wanted: (milestone: Data) => boolean): Data {
    const fits = this.grounds.milestones.home.flatMap((id) => this.view(id) ?? []).filter(wanted)
    return fits.length > 0 && this.random.chance(0.7) ? this.random.pick(fits) : this.milestone()
  }

  /** Whether the present call is to be about one of these, in groups to which the agent does not belong. */
  strays(away: readonly string[]): boolean {
    return this.isOdd && away.length > 0 && this.random.chance(this.isPerson ? 0.6 : 0.2)
  }

  /** Any milestone that anyone has seen. */
  anywhere(): Data {
    return this.random.pick(this.board.milestones)
  }

  /**
   * A new dependency of a checkpoint for which another milestone waits: an odd one is on what waits for it and closes a loop, and any other is on something
   * later in that milestone, so that it can no longer be withdrawn. Null if the agent knows no such checkpoint.
   */
  newEdge(): { milestone: Data; checkpoint: Data; target: Data } | null {
    const found = this.random.pick(this.awaited())
    if (!found) return null
    const { milestone, checkpoint, place, waiting } = found
    const target = this.isOdd ? waiting : this.random.pick(place.checkpoints.filter(({ order }: Data) => order > waiting.order))
    return target ? { milestone, checkpoint, target } : null
  }

  /** A pending checkpoint that waits for a later one of the milestone of one that waits for it, so that it cannot be withdrawn; or null. */
  entangled(): Awaited | null {
    const isEntangled = ({ checkpoint, waiting, place }: Awaited) =>
      place.checkpoints.some(({ order }: Data) => order > waiting.order && checkpoint.depends_on.includes(`${place.milestone_id}:${order}`))
    return this.random.pick(this.awaited().filter(isEntangled)) ?? null
  }

  private awaited(): Awaited[] {
    return this.grounds.milestones.home.flatMap((id) => {
      const milestone = this.view(id)
      const places = this.board.milestones.filter(({ milestone_id }) => milestone_id !== id)
      const waitingFor = ({ order }: Data) =>
        places.flatMap((place) =>
          place.checkpoints
            .filter(({ depends_on, status }: Data) => status === 'pending' && depends_on.includes(`${id}:${order}`))
            .map((waiting: Data) => ({ place, waiting })),
        )
      return (milestone?.checkpoints ?? []).flatMap((checkpoint: Data) =>
        waitingFor(checkpoint).map((found) => ({ milestone, checkpoint, ...found })),
      )
    })
  }

  /** A checkpoint of a milestone, usually one that is wanted, or undefined if there is none. */
  checkpoint(milestone: Data, wanted: (checkpoint: Data) => boolean): Data | undefined {
    const fits = milestone.checkpoints.filter(wanted)
    const isAny = this.isOdd ? fits.length === 0 || this.random.chance(0.5) : this.random.chance(0.03)
    return this.random.pick(isAny ? milestone.checkpoints : fits)
  }

  /** A checkpoint that it has claimed, as it last saw it. */
  claimed(): { milestone: Data; checkpoint: Data } | null {
    const known = this.random.pick(this.claims)
    const milestone = known && this.view(known.milestone_id)
    const checkpoint = milestone?.checkpoints.find(({ checkpoint_id }: Data) => checkpoint_id === known?.checkpoint_id)
    if (known && checkpoint?.status !== 'pending') this.forget({ order: known.checkpoint_id })
    return checkpoint ? { milestone, checkpoint } : null
  }

  /** The id to send with a call about a checkpoint: usually its own if it has one, seldom one that has ended or that is of other work. */
  claimFor({ checkpoint_id }: Data): { claim_id?: string } {
    const { random, by } = this
    const own = this.claims.find((claim) => claim.checkpoint_id === checkpoint_id)
    const others = [...this.ended, ...this.claims.map(({ claim_id }) => claim_id)]
    const other = random.chance(this.isOdd ? 0.4 : 0.03) ? random.pick(others) : undefined
    if (other !== undefined) return { claim_id: other }
    return own && random.chance(by.session_id === null ? 0.95 : 0.3) ? { claim_id: own.claim_id } : {}
  }

  version({ version }: Data): { expected_version?: number } {
    if (this.random.chance(0.85)) return {}
    return { expected_version: this.random.chance(0.2) ? version - 1 : version }
  }

  /** Learns from what a call was answered. */
  learn(data: Data, seq: number): void {
    const { checkpoint, milestone_id, checkpoints, claim } = data
    if (Array.isArray(checkpoints)) this.see(data, seq)
    // A brief answer tells only a part of a checkpoint.
    const view = checkpoint && this.board.find(milestone_id)
    if (!view) return
    const isIt = ({ checkpoint_id }: Data) => checkpoint_id === checkpoint.checkpoint_id
    this.see({ ...view, checkpoints: view.checkpoints.map((one: Data) => (isIt(one) ? { ...one, ...checkpoint } : one)) }, seq)
    if (claim?.claim_id) this.claim(milestone_id, checkpoint.checkpoint_id, claim.claim_id)
  }

  private see(milestone: Data, seq: number): void {
    this.own.set(milestone.milestone_id, milestone)
    this.board.learn(milestone, seq)
  }

  claim(milestone_id: string, checkpoint_id: string, claim_id: string): void {
    this.forget({ order: checkpoint_id })
    this.claims.push({ milestone_id, checkpoint_id, claim_id })
  }

  /** Forgets its claim of a checkpoint, because it has ended. */
  forget({ milestone_id, order }: { milestone_id?: string; order: number | string }): void {
    const view = this.board.find(milestone_id ?? '')
    const id = typeof order === 'string' ? order : view?.checkpoints[order - 1]?.checkpoint_id
    this.ended.push(...this.claims.filter(({ checkpoint_id }) => checkpoint_id === id).map(({ claim_id }) => claim_id))
    this.claims = this.claims.filter(({ checkpoint_id }) => checkpoint_id !== id)
    if (this.ended.length > 20) this.ended.shift()
  }
}
