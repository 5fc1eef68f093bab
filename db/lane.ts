import { DomainError } from '@/lib/domain/errors'
import type { Authorship, EventDraft } from '@/lib/domain/events'
import { log } from '@/lib/log.mjs'
import { type Answer, Batches, type Call, CommitLost, type Judgement, type Outcome, type Written } from './batch'
import { faultOf, unavailable } from './client'
import { Clock } from './clock'
import { LaneSession } from './session'
import { type Fault, OUT_OF_REACH } from './sql-state'

export type { Answer, Call, Judgement } from './batch'

/** A call from its submission to its answer. `settle` does nothing after the first time. */
type Waiting = { call: Call; settled: boolean; settle: (outcome: Outcome) => void }

/** The decided calls of a batch whose commit was sent and not answered, with the outcomes that hold if the commit took effect. */
type Unproven = { commit: CommitLost; calls: readonly Waiting[]; outcomes: readonly Outcome[] }

const MOST_OPERATIONS = 256
/** The most input in one batch of several calls, because a batch with more would hold the lock for seconds. */
const MOST_BYTES = 262_144
const MOST_WAITING = 4_096
const MOST_WAITING_BYTES = 67_108_864

/** In milliseconds. Every call is answered within this time after its submission. */
const DEADLINE = 5_000
/** The pauses after the first failed attempts at a batch. Every later one is as long as the last. */
const PAUSES = [20, 100, 300]
const LAST_PAUSE = 400
/** A fault that lasts longer than this is taken for the state of the database, and no longer for a hiccup of one connection. */
const HICCUP = 1_000

const busy = () => new DomainError('busy', 'Too many changes are waiting. Try again in a second.', { retry_after_seconds: 1 })
const notMade = (fault: Fault) => unavailable(fault, 'Nothing was changed. Try again shortly.')
const TOO_LATE: Fault = { meaning: 'slow', cause: 'The database did not answer in time', reads: false }
const maybeMade = (fault: Fault) =>
  unavailable(fault, 'It is not known whether this change was made. Try again with the same idempotency key.')

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * Every change of a workspace goes through a lane. Calls are decided one after another, in memory, and written in batches, so that many calls share
 * one lock and one commit. No call of a batch is answered as made or refused before the commit. That includes refusals, because a refusal may depend
 * on an earlier call of the batch.
 *
 * The lane is in one of these modes:
 * - Idle. Nothing is queued, and the connection is open but outside a transaction.
 * - Running. Batches are taken from the queue until it is empty. For each, the lane opens a transaction, takes the lock, decides each call, stores,
 *   commits and answers. Calls on which the batch did not decide go back to the head of the queue. After a fault of the database, the batch is tried
 *   again until the fault has lasted for a second.
 * - Commit lost. The commit was sent, and the connection broke before the answer came. The batch is neither answered as made nor tried again until
 *   its outcome is proven: under the lock, which is free only after the old transaction has ended, its `head` is stored or it is not. The proof is
 *   sought until it is found, even when all callers have been told at their deadlines that the outcome is not known.
 * - Fault. The database has been out of reach, or in a state in which it takes no change, for longer than a second. Every call is refused at once, and
 *   the lane itself tries again and again whether the database is back. The first success ends this mode.
 *
 * Besides, in each mode:
 * - A call is answered at its deadline at the latest. If it is still in the queue then, it is dropped without effect.
 * - The cached world is dropped, and the next batch loads what it needs, after an error of a whole batch, or if the counter under the lock shows that
 *   another process wrote or a backup was restored. If it has become too large, what was not needed for the longest time is forgotten.
 */
export class Lane {
  /** The clock by which calls and reads are judged. */
  readonly clock = new Clock()
  private readonly session: LaneSession
  private readonly batches: Batches
  private waiting: Waiting[] = []
  private bytes = 0
  private running: Promise<void> | null = null
  private stopping = false
  /** The fault because of which every call is refused, or null. */
  private fault: Fault | null = null
  /** When a reader met a fault that the lane has not met yet, or null. */
  private suspectedAt: number | null = null
  private readonly listeners = new Set<(seq: number) => void>()

  /** @param mostKept how much memory the world that is kept between batches may take, in bytes */
  constructor(url: string, workspace_id: string, mostKept?: number) {
    this.session = new LaneSession(url, workspace_id, this.clock)
    this.batches = new Batches(this.session, workspace_id, mostKept)
  }

  /** Queues a call and resolves to its answer after the commit. @throws DomainError for a refusal, busy, unavailable */
  submit(call: Call): Promise<Answer> {
    if (this.fault) return Promise.reject(notMade(this.fault))
    if (this.waiting.length >= MOST_WAITING || this.bytes + call.bytes > MOST_WAITING_BYTES) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer)
        waiting.settled = true
        if ('answer' in outcome) resolve(outcome.answer)
        else reject(outcome.error)
      }
      const waiting: Waiting = { call, settled: false, settle }
      const timer = setTimeout(() => this.expire(waiting), DEADLINE)
      this.waiting.push(waiting)
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
    const judgement: Judgement = { events, changed: events.length > 0, authorship, ids: {}, needs: [], replayed: null }
    const { seq } = await this.submit({ decide: () => judgement, answer: () => 'null', remember: null, bytes: 0, left: () => false })
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

  /** The fault because of which the lane refuses every call at present, or null. */
  get presentFault(): Fault | null {
    return this.fault
  }

  /** Makes the lane try whether the database is still there, because a reader could not reach it. */
  suspect(): void {
    if (this.suspectedAt !== null || this.fault || this.stopping) return
    this.suspectedAt = performance.now()
    this.running ??= this.run()
  }

  /** Finishes the queued calls and closes the connection. */
  async stop(): Promise<void> {
    this.stopping = true
    await this.running
    this.session.drop()
  }

  private async run(): Promise<void> {
    // This lets calls that are submitted together share the first batch.
    await Promise.resolve()
    for (;;) {
      const inDoubt = this.fault !== null || this.suspectedAt !== null
      if (this.waiting.length === 0 && (!inDoubt || this.stopping)) break
      if (inDoubt) await this.probe()
      else await this.attempt(this.take())
    }
    this.running = null
  }

  /** Takes the next batch from the queue: as many calls as wait, up to the limits. A call whose caller no longer waits is refused. */
  private take(): Waiting[] {
    let count = 0
    let bytes = 0
    for (const { call } of this.waiting) {
      if (count >= MOST_OPERATIONS || (count > 0 && bytes + call.bytes > MOST_BYTES)) break
      bytes += call.bytes
      count++
    }
    this.bytes -= bytes
    const taken = this.waiting.splice(0, count)
    for (const { call, settle } of taken)
      if (call.left())
        settle({ error: new DomainError('unavailable', 'The caller stopped waiting before this call was decided. Nothing was changed.') })
    return taken
  }

  /** Puts calls that were taken and not decided back to the head of the queue. */
  private putBack(calls: readonly Waiting[]): void {
    const waiting = calls.filter(({ settled }) => !settled)
    this.waiting.unshift(...waiting)
    for (const { call } of waiting) this.bytes += call.bytes
  }

  /** Answers a call whose deadline has passed. A call that was taken from the queue may be on its way into the log. */
  private expire(waiting: Waiting): void {
    const at = this.waiting.indexOf(waiting)
    const refused = at === -1 ? maybeMade : notMade
    if (at !== -1) {
      this.waiting.splice(at, 1)
      this.bytes -= waiting.call.bytes
    }
    waiting.settle({ error: refused(this.fault ?? TOO_LATE) })
  }

  /** Begins the mode `Fault`, and refuses what is queued. */
  private condemn(fault: Fault): void {
    this.fault = fault
    this.suspectedAt = null
    const queued = this.waiting
    this.waiting = []
    this.bytes = 0
    for (const { settle } of queued) settle({ error: notMade(fault) })
  }

  /** Tries on a new connection whether the database takes changes, and so begins or ends the mode `Fault`. */
  private async probe(): Promise<void> {
    this.session.drop()
    try {
      await this.session.open([])
      await this.session.tryToWrite()
      this.trust()
    } catch (error) {
      this.session.drop()
      const fault = faultOf(error)
      // A database that refuses a statement is there. If it refuses the statements of calls too, they are told so.
      if (!fault) return this.trust()
      if (performance.now() - (this.suspectedAt ?? 0) >= HICCUP) this.condemn(fault)
      await pause(LAST_PAUSE)
    }
  }

  private trust(): void {
    this.fault = null
    this.suspectedAt = null
  }

  /**
   * Tries a batch until its outcome is known or all its callers have been answered. After a fault of the database, the batch is tried again. After a
   * lost commit, its outcome is proven first. After an error that one call can have caused, each call is tried alone.
   */
  private async attempt(taken: readonly Waiting[]): Promise<void> {
    let batch = taken
    let unproven: Unproven | null = null
    let failedSince = Number.POSITIVE_INFINITY
    let lastFault = OUT_OF_REACH
    const isLasting = () => performance.now() - failedSince >= HICCUP
    for (let failures = 0; ; failures++) {
      const calls: readonly Waiting[] = unproven?.calls ?? batch.filter(({ settled }) => !settled)
      if (calls.every(({ settled }) => settled) && (!unproven || this.stopping)) return
      const outcomes: Outcome[] = []
      try {
        if (!unproven) return await this.transact(calls, outcomes)
        if (await this.isProven(unproven)) return
        unproven = null
        if (isLasting()) {
          this.condemn(lastFault)
          return refuse(calls, notMade(lastFault))
        }
      } catch (error) {
        this.batches.dropWorld()
        if (error instanceof CommitLost) {
          batch = calls.slice(0, outcomes.length)
          this.putBack(calls.slice(outcomes.length))
          unproven = { commit: error, calls: batch, outcomes }
        }
        const fault = faultOf(error)
        // As long as a commit is not proven, the batch must not be decided again, whatever error the proof met.
        if (!unproven && (fault === null || fault.meaning === 'slow')) {
          await this.session.rollback()
          return this.alone(calls, fault ? notMade(fault) : error)
        }
        this.session.drop()
        failedSince = Math.min(failedSince, performance.now())
        lastFault = fault ?? OUT_OF_REACH
        if (isLasting()) {
          this.condemn(lastFault)
          if (!unproven) return refuse(calls, notMade(lastFault))
        }
        await pause(PAUSES[failures] ?? LAST_PAUSE)
      }
    }
  }

  /** Runs the transaction of a batch, answers the callers whose calls it decided, and puts the others back. */
  private async transact(calls: readonly Waiting[], outcomes: Outcome[]): Promise<void> {
    const written = await this.batches.transact(
      calls.map(({ call }) => call),
      outcomes,
    )
    this.trust()
    if (written) this.tell(written)
    answer(calls, outcomes)
    this.putBack(calls.slice(outcomes.length))
  }

  /** Answers the callers of a batch whose commit was lost, and returns true, if the batch was stored. */
  private async isProven({ commit, calls, outcomes }: Unproven): Promise<boolean> {
    const stored = await this.batches.wasStored(commit)
    this.trust()
    if (!stored) return false
    this.tell(commit)
    answer(calls, outcomes)
    return true
  }

  /** Tries each call of a batch alone, after an error of the whole batch. A single call is refused with the error. */
  private async alone(calls: readonly Waiting[], error: unknown): Promise<void> {
    if (calls.length === 1) return refuse(calls, error)
    for (const one of calls) {
      if (this.fault) return refuse(calls, notMade(this.fault))
      await this.attempt([one])
    }
  }

  private tell({ before, after: { seq } }: Written): void {
    if (seq === before.seq) return
    for (const listener of this.listeners) {
      try {
        listener(seq)
      } catch (error) {
        // The batch is committed, so an error of a listener must not cause another attempt.
        log.error('A listener of the lane failed.', error)
      }
    }
  }
}

const answer = (calls: readonly Waiting[], outcomes: readonly Outcome[]): void => {
  for (const [at, outcome] of outcomes.entries()) calls[at]?.settle(outcome)
}

const refuse = (calls: readonly Waiting[], error: unknown): void => {
  for (const { settle } of calls) settle({ error })
}
