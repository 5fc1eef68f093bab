import type { Need } from '@/lib/domain/access'
import { DomainError } from '@/lib/domain/errors'
import type { Authorship, Event, EventDraft } from '@/lib/domain/events'
import { evolve } from '@/lib/domain/evolve'
import { randomText } from '@/lib/domain/ids'
import type { Ids } from '@/lib/domain/kinds'
import { type World, WorldState } from '@/lib/domain/world'
import { isConnectionLoss, isPassing, sqlState } from './client'
import { warm, withLoading } from './load'
import { LaneSession, type Opened } from './session'
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
  /** Pure: makes the data of the answer. It runs before the next call of the batch is decided. */
  answer: (world: World, ids: Ids, now: string) => unknown
  remember: { principal_id: string; idempotency_key: string; fingerprint: string } | null
  /** The approximate size of the input. */
  bytes: number
  /** True if the caller no longer waits for the answer. The call is then dropped from the queue. */
  left: () => boolean
}

/** `data` is JSON text. */
export type Answer = { data: string; seq: number; changed: boolean; replayed: boolean }

type Waiting = { call: Call; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
type Outcome = { answer: Answer } | { error: unknown }

const MOST_OPERATIONS = 256
/** The most input in one batch of several calls, because a batch with more would hold the lock for seconds. */
const MOST_BYTES = 262_144
const MOST_WAITING = 4_096
const MOST_WAITING_BYTES = 67_108_864
/** The largest world that is kept for the next batch. */
const MOST_KNOWN = 400_000
/** A batch that fails for a passing reason is tried as often as there are pauses here. Each is the pause after one failed attempt, in milliseconds. */
const PAUSES = [20, 100, 300, 800, 1_500, 2_500]

const busy = () => new DomainError('busy', 'Too many changes are waiting. Try again in a second.', { retry_after_seconds: 1 })
const unavailable = () =>
  new DomainError(
    'unavailable',
    'The database is out of reach, and it is not known whether this change was made. Try again with the same idempotency key.',
    { retry_after_seconds: 2 },
  )

const NOTHING_MADE = { ids: {}, needs: [] } satisfies Pick<Judgement, 'ids' | 'needs'>

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const keyOf = ({ principal_id, idempotency_key }: { principal_id: string; idempotency_key: string }) => `${principal_id} ${idempotency_key}`

/** True if the transaction took too long: PostgreSQL cancelled it, or a process that waited for the lock ended it. A single call may be quick enough. */
const isTooMuchAtOnce = (error: unknown) => ['57014', '57P01', '25P03'].includes(sqlState(error) ?? '')

/** The commit was sent and no answer came, so it must be proven whether the commit took effect. */
class CommitLost extends Error {
  constructor(
    readonly before: Position,
    readonly after: Position,
    override readonly cause: unknown,
  ) {
    super('the connection was lost during commit')
  }
}

/**
 * Every change of a workspace goes through a lane. Calls are decided one after another, in memory, and written in batches, so that many calls share
 * one lock and one commit. No call of a batch is answered before the commit. That includes refusals, because a refusal may depend on an earlier call
 * of the batch.
 *
 * The lane is in one of these modes:
 * - Idle. Nothing is queued, and the connection is open but outside a transaction.
 * - Running. Batches are taken from the queue until it is empty. For each, the lane opens a transaction, takes the lock, decides each call, stores,
 *   commits and answers.
 * - Commit lost. The commit was sent, and the connection broke before the answer came. The batch is neither answered nor tried again until its
 *   outcome is proven: under the lock, which is free only after the old transaction has ended, its `head` is stored or it is not.
 * - World dropped. The cached world is dropped, and the next batch loads what it needs. This happens after an error of a whole batch, if the world
 *   has become too large, or if the counter under the lock shows that another process wrote or a backup was restored.
 */
export class Lane {
  private readonly session: LaneSession
  private readonly waiting: Waiting[] = []
  private bytes = 0
  private running: Promise<void> | null = null
  private world: { state: WorldState; at: Position } | null = null
  private readonly listeners = new Set<(seq: number) => void>()

  constructor(
    url: string,
    private readonly workspace_id: string,
  ) {
    this.session = new LaneSession(url, workspace_id)
  }

  /** Queues a call and resolves to its answer after the commit. @throws DomainError for a refusal, busy, unavailable */
  submit(call: Call): Promise<Answer> {
    if (this.waiting.length >= MOST_WAITING || this.bytes + call.bytes > MOST_WAITING_BYTES) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      this.waiting.push({ call, resolve, reject })
      this.bytes += call.bytes
      this.running ??= this.run()
    })
  }

  /**
   * Writes events that no operation decides, such as the owner of a new instance. Returns the seq of the last event. The events may create
   * entities and not change them, because nothing was loaded for them.
   * @throws busy, unavailable
   */
  async record(events: readonly EventDraft[], authorship: Authorship): Promise<number> {
    const judgement: Judgement = { events, changed: events.length > 0, authorship, ...NOTHING_MADE, replayed: null }
    const { seq } = await this.submit({ decide: () => judgement, answer: () => null, remember: null, bytes: 0, left: () => false })
    return seq
  }

  /**
   * Calls a listener with the last seq after each commit of this lane that wrote an event, before the calls of that batch are answered. It does not
   * report what other processes write. Returns the function that removes the listener.
   */
  onCommitted(listener: (seq: number) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Finishes the queued calls and closes the connection. */
  async stop(): Promise<void> {
    await this.running
    this.session.drop()
  }

  private async run(): Promise<void> {
    // This lets calls that are submitted together share the first batch.
    await Promise.resolve()
    while (this.waiting.length > 0) {
      const taken = this.take()
      for (const { call, reject } of taken)
        if (call.left())
          reject(new DomainError('unavailable', 'The caller stopped waiting before this call was decided. Nothing was changed.'))
      const batch = taken.filter(({ call }) => !call.left())
      if (batch.length > 0) await this.finish(batch)
    }
    this.running = null
  }

  /** Takes the next batch from the queue: as many calls as wait, up to the limits. */
  private take(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const { call } of this.waiting) {
      if (count >= MOST_OPERATIONS || (count > 0 && bytes + call.bytes > MOST_BYTES)) break
      bytes += call.bytes
      count++
    }
    this.bytes -= bytes
    return this.waiting.splice(0, count)
  }

  /** Finds the outcomes of a batch and answers its callers. */
  private async finish(batch: readonly Waiting[]): Promise<void> {
    const outcomes = await this.attempt(batch)
    for (const [at, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[at]
      if (outcome && 'answer' in outcome) resolve(outcome.answer)
      else reject(outcome?.error ?? new Error('a call of a batch has no outcome'))
    }
  }

  /**
   * Tries a batch until its outcome is known. After a lost connection, the batch is tried again. After a lost commit, its outcome is proven first. After
   * a transaction that took too long, or an error that would not pass, each call is tried alone.
   */
  private async attempt(batch: readonly Waiting[]): Promise<Outcome[]> {
    let lost: { commit: CommitLost; outcomes: Outcome[] } | null = null
    for (const milliseconds of PAUSES) {
      const outcomes: Outcome[] = []
      try {
        if (lost && (await this.wasStored(lost.commit))) {
          this.tell(lost.commit)
          return lost.outcomes
        }
        lost = null
        await this.transact(batch, outcomes)
        return outcomes
      } catch (error) {
        this.world = null
        if (error instanceof CommitLost) lost = { commit: error, outcomes }
        // As long as a commit is not proven, the batch must not be decided again, whatever error the proof met.
        const again = lost !== null || isPassing(error)
        if (!again || (!lost && isTooMuchAtOnce(error) && batch.length > 1)) {
          await this.session.rollback()
          return batch.length > 1 ? this.alone(batch) : [{ error }]
        }
        this.session.drop()
        await pause(milliseconds)
      }
    }
    return batch.map(() => ({ error: unavailable() }))
  }

  private async alone(batch: readonly Waiting[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const one of batch) outcomes.push(...(await this.attempt([one])))
    return outcomes
  }

  /** Runs the transaction of a batch: opens it, decides each call in turn, stores and commits. */
  private async transact(batch: readonly Waiting[], outcomes: Outcome[]): Promise<void> {
    const keys = batch.flatMap(({ call }) => call.remember ?? [])
    const opened = await this.session.open(keys)
    const world = this.worldAt(opened)
    const events: Event[] = []
    const remembered = new Map(opened.remembered.map((answer) => [keyOf(answer), answer]))
    const fresh: Remembered[] = []
    await this.warm(batch, world, opened.now)
    for (const { call } of batch) {
      const known = call.remember ? (remembered.get(keyOf(call.remember)) ?? null) : null
      const outcome = await this.decide(world, call, opened, events, known)
      outcomes.push(outcome)
      if (!call.remember || !('answer' in outcome) || outcome.answer.replayed) continue
      const { seq, changed } = outcome.answer
      const answer = { ...call.remember, seq, changed, ids: outcome.ids, needs: outcome.needs }
      remembered.set(keyOf(answer), answer)
      fresh.push(answer)
    }
    if (events.length === 0 && fresh.length === 0) {
      await this.session.release()
      return
    }
    const after = { seq: opened.seq + events.length, head: randomText(16) }
    const before = { seq: opened.seq, head: opened.head }
    await this.store(world, { workspace_id: this.workspace_id, before, after, now: opened.now, events, remembered: fresh })
    world.markStored()
    this.world = { state: world, at: after }
    this.tell({ before, after })
  }

  private tell({ before, after: { seq } }: { before: Position; after: Position }): void {
    if (seq === before.seq) return
    for (const listener of this.listeners) {
      try {
        listener(seq)
      } catch (error) {
        // The batch is committed, so an error of a listener must not cause another attempt.
        console.error(error)
      }
    }
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

  /** The cached world. It is replaced by an empty one if it is too large, or if another process wrote or a backup was restored. */
  private worldAt({ seq, head }: Opened): WorldState {
    if (this.world?.at.seq === seq && this.world.at.head === head && this.world.state.size <= MOST_KNOWN) return this.world.state
    this.world = { state: new WorldState(), at: { seq, head } }
    return this.world.state
  }

  /** Loads the missing units of all decisions of a batch together. If nothing is missing, the cost is that each call is decided twice. */
  private async warm(batch: readonly Waiting[], world: WorldState, now: string): Promise<void> {
    if (batch.length === 1) return
    const probes = batch.map(
      ({ call }) =>
        () =>
          call.decide(world, now, null),
    )
    await warm(this.session.connection, this.workspace_id, world, probes)
  }

  /** Decides one call and applies its events. A refusal or a bug in the decision is the outcome of this call; any other error ends the batch. */
  private async decide(
    world: WorldState,
    call: Call,
    opened: Opened,
    written: Event[],
    remembered: Remembered | null,
  ): Promise<Outcome & Pick<Judgement, 'ids' | 'needs'>> {
    const { connection } = this.session
    let judgement: Judgement
    try {
      judgement = await withLoading(connection, this.workspace_id, world, () => call.decide(world, opened.now, remembered))
    } catch (error) {
      // An error of a statement has ended the transaction, so it is an error of the whole batch.
      if (isPassing(error) || sqlState(error) !== null) throw error
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
      const data = await withLoading(connection, this.workspace_id, world, () => JSON.stringify(call.answer(world, ids, opened.now)))
      return { answer: { data, seq, changed, replayed: replayed !== null }, ids, needs }
    } catch (error) {
      // The subject of a replay may have been deleted since. After a change, a refusal would be a bug.
      if (replayed && error instanceof DomainError) return { error: error.at(opened.seq + written.length), ids, needs }
      throw error
    }
  }

  /** Whether a batch whose commit was lost is stored. It is asked under the lock, which is free only after the old transaction has ended. */
  private async wasStored({ before, after }: CommitLost): Promise<boolean> {
    await this.session.open([])
    const stored = await this.session.wasStored(after.head, before.seq)
    await this.session.release()
    return stored
  }
}
