import type { TestInstance } from '../instance'
import { briefly } from './brief'
import { makeBriefClaim, makeCall, makeCallOf, makes } from './calls'
import { isSuccess, type Outcome } from './coverage'
import { type Board, Mind } from './mind'
import type { Random } from './random'
import { type Answered, type Call, type Name, UNKNOWN } from './record'
import { headersOf, send, type Target } from './send'
import type { Seat } from './stage'

export type Work = {
  /** The apps, of which each call goes to one. */
  targets: readonly Target[]
  /** The operations that are called. */
  names: readonly Name[]
  /** The outcomes that have occurred too seldom so far. */
  sought: () => readonly Outcome[]
  /** Whether every call has an idempotency key, so that its outcome can be known whatever happens. One without a session always has. */
  isSafe: boolean
  /** From where leases are claimed that end while others work, or null for none. */
  beside: TestInstance | null
  isOver: () => boolean
  note: (answer: Answered) => void
}

const ENDS = new Set(['complete_checkpoint', 'release_checkpoint', 'fail_checkpoint', 'delete_checkpoint', 'withdraw_checkpoint'])

/** An agent that works until the work is over: it makes one call after another, as it sees fit. */
export class Writer {
  private readonly mind: Mind
  private count = 0
  /** It ends if it cannot know what became of a call. Then whatever comes after its other calls in its session is of that one. */
  private isLost = false
  /** Calls that have been made under an idempotency key. */
  private readonly made: { call: Call; key: string }[] = []
  /** Those of them that are to be made again, because too few such calls have been replayed. */
  private readonly owed: { call: Call; key: string }[] = []

  constructor(
    private readonly work: Work,
    private readonly seat: Seat,
    private readonly name: string,
    private readonly random: Random,
    board: Board,
  ) {
    this.mind = new Mind(seat.actor, seat.grounds, seat.isPerson, random, board)
  }

  async run(): Promise<void> {
    while (!this.work.isOver() && !this.isLost) {
      if (this.work.beside && this.random.chance(0.08)) await this.claimBriefly(this.work.beside)
      else if (this.random.chance(0.03)) await this.look()
      else await this.act()
    }
  }

  /** Any of the apps, also for each repetition of a call whose outcome is not known. */
  private readonly target: Target = () => this.random.pick(this.work.targets)?.() ?? ''

  private async act(): Promise<void> {
    const owed = this.random.chance(0.4) ? this.owed.shift() : undefined
    if (owed) return this.tell(owed.call, owed.key)
    const earlier = this.random.chance(0.05) ? this.random.pick(this.made) : undefined
    if (earlier) return this.tell(earlier.call, this.random.chance(0.5) ? earlier.key : this.newKey())
    this.mind.isOdd = this.random.chance(0.25)
    const sought = this.mind.isOdd ? this.random.pick(this.work.sought().filter(({ name }) => makes(this.mind, name))) : undefined
    if (sought && isSuccess(sought)) this.mind.isOdd = false
    const call = (sought && makeCallOf(this.mind, sought.name)) ?? makeCall(this.mind, this.work.names)
    const key = this.keyFor(sought)
    if (key !== null && this.random.chance(0.3)) await Promise.all([this.tell(call, key), this.tell(call, key)])
    else await this.tell(call, key)
  }

  /** The idempotency key for a call that may be made for the sake of an outcome, or null for none. */
  private keyFor(sought: Outcome | undefined): string | null {
    const { mind, random, seat, work } = this
    const isMismatched = sought ? sought.outcome === 'idempotency_mismatch' : mind.isOdd && random.chance(0.35)
    const reused = isMismatched ? random.pick(this.made)?.key : undefined
    const isNeeded = work.isSafe || seat.actor.session_id === null || sought?.outcome === 'replayed'
    return reused ?? (isNeeded || random.chance(mind.isOdd ? 0.5 : 0.3) ? this.newKey() : null)
  }

  private newKey(): string {
    this.count += 1
    return `${this.name}.${this.count}`
  }

  private async tell(call: Call, key: string | null): Promise<void> {
    const { answer, data } = await send(this.target, this.seat, call, key, this.random.chance(0.5))
    this.work.note(answer)
    this.isLost = answer.code === UNKNOWN
    if (key !== null) this.made.push({ call, key })
    if (this.made.length > 30) this.made.shift()
    const lacksReplays = () => this.work.sought().some(({ name, outcome }) => name === call.name && outcome === 'replayed')
    if (key !== null && answer.code === null && !answer.replayed && lacksReplays()) this.owed.push({ call, key })
    const hasEnded = answer.code === null ? ENDS.has(call.name) : ['claimed', 'claim_lost', 'not_found'].includes(answer.code)
    if (hasEnded && 'order' in call.input && !answer.replayed) this.mind.forget(call.input)
    if (answer.code === null) this.mind.learn(data, answer.seq ?? 0)
  }

  /** Reads a milestone again. */
  private async look(): Promise<void> {
    const { milestone_id } = this.mind.milestone()
    const response = await fetch(`${this.target()}/api/milestones/${milestone_id}`, { headers: headersOf(this.seat) }).catch(() => null)
    const text = await response?.text().catch(() => null)
    if (!response?.ok || !text) return
    const { data, seq } = JSON.parse(text)
    this.mind.learn(data, seq)
  }

  private async claimBriefly(beside: TestInstance): Promise<void> {
    this.mind.isOdd = false
    const address = makeBriefClaim(this.mind)
    if (!address) return
    const { answer, claim_id } = await briefly(
      beside,
      this.seat,
      address,
      `${this.name} briefly ${++this.count}`,
      5 + this.random.below(400),
    )
    this.work.note(answer)
    if (claim_id !== null) this.mind.claim(address.milestone_id, address.order, claim_id)
  }
}
