import type { Need } from '@/lib/domain/access'
import { DomainError } from '@/lib/domain/errors'
import type { Authorship, Event, EventDraft } from '@/lib/domain/events'
import { evolve } from '@/lib/domain/evolve'
import { randomText } from '@/lib/domain/ids'
import type { Ids } from '@/lib/domain/kinds'
import { type World, WorldState } from '@/lib/domain/world'
import { faultOf, isConnectionLoss, sqlState } from './client'
import { Lookahead, withLoading } from './load'
import type { LaneSession, Opened } from './session'
import { type Batch, type Position, type Remembered, sendAndCommit, statementsFor } from './store'

/** The decision about a call. */
export type Judgement = {
  events: readonly EventDraft[]
  /** Whether the call did what it was sent for. */
  changed: boolean
  authorship: Authorship
  /** The ids that the answer is about. They are remembered for a replay. */
  ids: Ids
  /** The needs of the call in addition to its permission. They are remembered for a replay. */
  needs: readonly Need[]
  /** The remembered answer to the same call under the same idempotency key, or null. If it is given, nothing is written. */
  replayed: Remembered | null
}

export type Call = {
  /** Pure: decides the call against the present world. @throws DomainError */
  decide: (world: World, now: string, remembered: Remembered | null) => Judgement
  /** Pure: makes the text of the answer. It runs before the next call of the batch is decided. */
  answer: (world: World, ids: Ids, now: string, changed: boolean) => string
  remember: { principal_id: string; idempotency_key: string; fingerprint: string } | null
  /** The approximate size of the input. */
  bytes: number
  /** True if the caller no longer waits for the answer. The call is then dropped from the queue. */
  left: () => boolean
}

/** `data` is the text of the answer, which is JSON for most callers. */
export type Answer = { data: string; seq: number; changed: boolean; replayed: boolean }

export type Outcome = { answer: Answer } | { error: unknown }

/** The positions of the counter before and after a batch. */
export type Written = { before: Position; after: Position }

/** How much memory the world that is kept between batches may take, in bytes. */
const MOST_KEPT = 200_000_000

/** In milliseconds. A batch that has decided for longer takes no more calls, because those that wait for its commit would wait too long. */
const MOST_DECIDING = 100

const NOTHING_MADE = { ids: {}, needs: [] } satisfies Pick<Judgement, 'ids' | 'needs'>

const keyOf = ({ principal_id, idempotency_key }: { principal_id: string; idempotency_key: string }) => `${principal_id} ${idempotency_key}`

/** The commit was sent and no answer came, so it must be proven whether the commit took effect. */
export class CommitLost extends Error {
  constructor(
    readonly before: Position,
    readonly after: Position,
    override readonly cause: unknown,
  ) {
    super('the connection was lost during commit')
  }
}

/** The transactions of a lane, one for each attempt at a batch, and the world that is kept between them. */
export class Batches {
  private world: { state: WorldState; at: Position } | null = null

  constructor(
    private readonly session: LaneSession,
    private readonly workspace_id: string,
    private readonly mostKept = MOST_KEPT,
  ) {}

  /** Drops the cached world, so that the next batch loads what it needs. */
  dropWorld(): void {
    this.world = null
  }

  /**
   * Opens a transaction, decides the calls in turn, stores and commits. If deciding takes long, the last calls stay undecided and have no outcome.
   * Returns what was written, or null if nothing was to be written.
   */
  async transact(batch: readonly Call[], outcomes: Outcome[]): Promise<Written | null> {
    const keys = batch.flatMap(({ remember }) => remember ?? [])
    const opened = await this.session.open(keys)
    const world = this.worldAt(opened)
    const events: Event[] = []
    const remembered = new Map(opened.remembered.map((answer) => [keyOf(answer), answer]))
    const fresh: Remembered[] = []
    const began = performance.now()
    const isOver = () => performance.now() - began > MOST_DECIDING
    const ahead = new Lookahead(
      batch.slice(1).map((call) => () => call.decide(world, opened.now, null)),
      isOver,
    )
    for (const call of batch) {
      if (outcomes.length > 0 && isOver()) break
      const known = call.remember ? (remembered.get(keyOf(call.remember)) ?? null) : null
      const outcome = await this.decide(world, call, opened, events, known, ahead)
      outcomes.push(outcome)
      if (!call.remember || !('answer' in outcome) || outcome.answer.replayed) continue
      const { seq, changed } = outcome.answer
      const answer = { ...call.remember, seq, changed, ids: outcome.ids, needs: outcome.needs }
      remembered.set(keyOf(answer), answer)
      fresh.push(answer)
    }
    if (events.length === 0 && fresh.length === 0) {
      await this.session.release()
      return null
    }
    const after = { seq: opened.seq + events.length, head: randomText(16) }
    const before = { seq: opened.seq, head: opened.head }
    await this.store(world, { workspace_id: this.workspace_id, before, after, now: opened.now, events, remembered: fresh })
    world.markStored()
    this.world = { state: world, at: after }
    return { before, after }
  }

  /** After the commit was sent, only an error that PostgreSQL answers proves that it took no effect. Any other error leaves the outcome unknown. */
  private async store(world: WorldState, batch: Batch): Promise<void> {
    const statements = statementsFor(world.changes, batch)
    try {
      await sendAndCommit(this.session.connection, statements)
    } catch (error) {
      if (sqlState(error) === null || isConnectionLoss(error)) throw new CommitLost(batch.before, batch.after, error)
      throw error
    }
  }

  /**
   * The cached world. It is replaced by an empty one if another process wrote or a backup was restored. At half the bound it is renewed, so that two
   * generations stay below the bound, and what no call has needed in the last one is forgotten.
   */
  private worldAt({ seq, head }: Opened): WorldState {
    const kept = this.world?.at.seq === seq && this.world.at.head === head ? this.world.state : new WorldState()
    const state = kept.weight > this.mostKept / 2 ? kept.renewed() : kept
    this.world = { state, at: { seq, head } }
    return state
  }

  /** Decides one call and applies its events. A refusal or a bug in the decision is the outcome of this call; any other error ends the batch. */
  private async decide(
    world: WorldState,
    call: Call,
    opened: Opened,
    written: Event[],
    remembered: Remembered | null,
    ahead: Lookahead,
  ): Promise<Outcome & Pick<Judgement, 'ids' | 'needs'>> {
    const { connection } = this.session
    let judgement: Judgement
    try {
      judgement = await withLoading(connection, this.workspace_id, world, () => call.decide(world, opened.now, remembered), ahead)
    } catch (error) {
      // An error of a statement has ended the transaction, so it is an error of the whole batch.
      if (faultOf(error) || sqlState(error) !== null) throw error
      const here = opened.seq + written.length
      return { error: error instanceof DomainError ? error.at(here) : error, ...NOTHING_MADE }
    }
    const { events, changed, authorship, ids, needs, replayed } = judgement
    for (const draft of events) {
      const event: Event = { ...draft, ...authorship, seq: opened.seq + written.length + 1, at: opened.now }
      evolve(world, event)
      written.push(event)
    }
    const seq = replayed ? replayed.seq : opened.seq + written.length
    try {
      const data = await withLoading(connection, this.workspace_id, world, () => call.answer(world, ids, opened.now, changed))
      return { answer: { data, seq, changed, replayed: replayed !== null }, ids, needs }
    } catch (error) {
      // The subject of a replay may have been deleted since. After a change, a refusal would be a bug.
      if (replayed && error instanceof DomainError) return { error: error.at(opened.seq + written.length), ids, needs }
      throw error
    }
  }

  /** Whether a batch whose commit was lost is stored. It is asked under the lock, which is free only after the old transaction has ended. */
  async wasStored({ before, after }: CommitLost): Promise<boolean> {
    await this.session.open([])
    const stored = await this.session.wasStored(after.head, before.seq)
    await this.session.release()
    return stored
  }
}
