import { DomainError } from '@/lib/domain/errors'
import type { Event } from '@/lib/domain/events'
import { LIMITS } from '@/lib/domain/limits'
import { principalOf, topicsOf } from '@/lib/domain/waiting'
import type { Feed, Follower, News } from './feed'
import { type Readable, type Reading, readSnapshot } from './read'
import { askAll } from './waits/ask'
import { left, replaced, stopping, tooMany, type Wait } from './waits/wait'
import { type Watch, Watches } from './waits/watches'

export type { Looked, Moment, Wait } from './waits/wait'

type Answered = { data: string; seq: number }

type Waiter = {
  wait: Wait
  /** The events about the wait that are newer than the last look. */
  heard: Event[]
  /** The number at which was looked last. */
  seq: number
  deadline: number
  isOver: boolean
  isDone: boolean
  watch: Watch<Waiter> | null
  timer: NodeJS.Timeout | null
  settle: (outcome: { answered: Answered } | { error: unknown }) => void
}

/** In milliseconds. */
const MILLISECONDS = {
  retry: 500,
  /** The shortest time to a look that a clock demands. The database's clock may not have come as far as the timer of this process. */
  betweenLooks: 10,
}

/**
 * The calls of this process that wait for something to happen. A wait costs memory and a timer, but no connection and no reading of the database: all
 * follow the feed together, and those that an event is about are looked at again in the snapshot of that news. At the beginning, at the end of a lease and
 * when the caller waits no longer, all waits that are due share a snapshot of their own.
 */
export class Waits implements Follower {
  private readonly waiters = new Set<Waiter>()
  /** Those that were not looked at yet. They hear of every event. */
  private readonly beginners = new Set<Waiter>()
  private readonly watches = new Watches<Waiter>()
  private readonly counts = new Map<string, number>()
  private readonly due = new Set<Waiter>()
  private flushing: Promise<void> | null = null
  private following: Promise<unknown> | null = null
  private stopped = false

  constructor(
    private readonly source: Readable,
    private readonly feed: Feed,
  ) {}

  /** The number of calls that wait, without those that were not looked at yet. */
  get size(): number {
    return this.watches.size
  }

  /** Answers as soon as a look finds an answer. @throws DomainError */
  submit(wait: Wait): Promise<Answered> {
    const count = this.counts.get(wait.limitedBy) ?? 0
    if (this.stopped) return Promise.reject(stopping())
    if (wait.signal?.aborted) return Promise.reject(left())
    if (count >= LIMITS.waits_per_key) return Promise.reject(tooMany())
    this.counts.set(wait.limitedBy, count + 1)
    return new Promise((resolve, reject) => {
      const leave = () => waiter.settle({ error: left() })
      const waiter: Waiter = {
        wait,
        heard: [],
        seq: 0,
        deadline: performance.now() + wait.seconds * 1_000,
        isOver: wait.seconds === 0,
        isDone: false,
        watch: null,
        timer: null,
        settle: (outcome) => {
          if (waiter.isDone) return
          wait.signal?.removeEventListener('abort', leave)
          this.forget(waiter)
          if ('error' in outcome) reject(outcome.error)
          else resolve(outcome.answered)
        },
      }
      wait.signal?.addEventListener('abort', leave)
      this.waiters.add(waiter)
      void this.begin(waiter)
    })
  }

  async hear({ events }: News, reading: Reading): Promise<void> {
    const concerned = new Set<Waiter>()
    for (const { event } of events) {
      for (const waiter of this.beginners) waiter.heard.push(event)
      for (const waiter of this.concernedBy(event)) {
        // Its last look was in a newer snapshot. In this one, there may not yet be the key by which it waits.
        if (event.seq <= waiter.seq) continue
        waiter.heard.push(event)
        concerned.add(waiter)
      }
    }
    if (concerned.size > 0) await this.look(concerned, reading).catch((error) => this.lookLater(concerned, error))
  }

  replaced(seq: number): void {
    this.following = null
    for (const waiter of [...this.waiters]) waiter.settle({ error: replaced(seq) })
  }

  stop(): void {
    this.stopped = true
    for (const waiter of [...this.waiters]) waiter.settle({ error: stopping() })
  }

  /** The feed is followed before the first look, so that nothing is missed that happens after it. */
  private async begin(waiter: Waiter): Promise<void> {
    try {
      if (!waiter.isOver) await this.follow()
    } catch (error) {
      waiter.settle({ error })
    }
    if (waiter.isDone) return
    this.beginners.add(waiter)
    this.arm(waiter, null)
    this.lookSoon([waiter])
  }

  private follow(): Promise<unknown> {
    if (this.following) return this.following
    const following = this.feed.follow(this)
    following.catch(() => {
      if (this.following === following) this.following = null
    })
    this.following = following
    return following
  }

  private forget(waiter: Waiter): void {
    waiter.isDone = true
    if (waiter.timer) clearTimeout(waiter.timer)
    this.waiters.delete(waiter)
    this.beginners.delete(waiter)
    this.due.delete(waiter)
    if (waiter.watch) this.watches.leave(waiter, waiter.watch)
    const { limitedBy } = waiter.wait
    const count = (this.counts.get(limitedBy) ?? 0) - 1
    if (count > 0) this.counts.set(limitedBy, count)
    else this.counts.delete(limitedBy)
    if (this.waiters.size > 0) return
    this.feed.unfollow(this)
    this.following = null
  }

  /** The waits that were looked at already and that an event may concern. */
  private *concernedBy(event: Event): Iterable<Waiter> {
    for (const topic of topicsOf(event)) yield* this.watches.under(topic)
    const principal_id = principalOf(event)
    if (principal_id === null) return
    for (const waiter of this.waiters) if (waiter.watch && waiter.wait.principal_id === principal_id) yield waiter
  }

  /** Looks at all of these in one snapshot. */
  private async look(waiters: Iterable<Waiter>, reading: Reading): Promise<void> {
    const { seq, now } = reading
    const topics = new Map<string, readonly string[]>()
    const found = await askAll(
      waiters,
      reading,
      (world, { wait, heard, isOver }) => {
        const looked = wait.look(world, { now, events: heard, isOver })
        if ('about' in looked && !topics.has(looked.about)) topics.set(looked.about, looked.hangsOn())
        return looked
      },
      refuseAt(seq),
    )
    for (const [waiter, looked] of found) {
      // Another snapshot, which is newer, was looked at meanwhile.
      if (seq < waiter.seq) this.lookLater([waiter], null)
      else if ('answer' in looked) waiter.settle({ answered: { data: looked.answer, seq } })
      else this.keep(waiter, reading, looked.again_at, looked.about, topics.get(looked.about) ?? [])
    }
  }

  /** Lets a wait go on after a look that found no answer. */
  private keep(waiter: Waiter, { seq, now }: Reading, again_at: string | null, about: string, topics: readonly string[]): void {
    if (waiter.isDone) return
    waiter.seq = seq
    waiter.heard = waiter.heard.filter((event) => event.seq > seq)
    waiter.watch = this.watches.join(waiter, seq, about, topics)
    this.arm(waiter, again_at === null ? null : Date.parse(again_at) - Date.parse(now))
    if (this.beginners.delete(waiter) && waiter.heard.length > 0) this.lookSoon([waiter])
  }

  /** Sets the timer for the next look: in so many milliseconds, or when the caller no longer waits. */
  private arm(waiter: Waiter, milliseconds: number | null): void {
    if (waiter.timer) clearTimeout(waiter.timer)
    const rest = waiter.deadline - performance.now()
    const next = milliseconds === null ? rest : Math.min(rest, Math.max(milliseconds, MILLISECONDS.betweenLooks))
    waiter.timer = setTimeout(() => {
      waiter.isOver = performance.now() >= waiter.deadline - 1
      if (!waiter.isOver) this.arm(waiter, null)
      this.lookSoon([waiter])
    }, next)
  }

  /** Looks in a snapshot of its own, together with all others that are due. */
  private lookSoon(waiters: Iterable<Waiter>): void {
    for (const waiter of waiters) if (!waiter.isDone) this.due.add(waiter)
    if (this.due.size === 0) return
    this.flushing ??= this.flush().finally(() => {
      this.flushing = null
      this.lookSoon([])
    })
  }

  private async flush(): Promise<void> {
    // Timers that end together are called one after another.
    await new Promise((resolve) => setImmediate(resolve))
    const waiters = [...this.due]
    this.due.clear()
    const beginners = waiters.filter((waiter) => this.beginners.has(waiter))
    const expected = beginners.flatMap(({ wait }) => wait.expected)
    await readSnapshot(this.source, expected, async (reading) => {
      await askAll(beginners, reading, (world, { wait }) => wait.begin(world, reading), refuseAt(reading.seq))
      await Promise.all(beginners.map((waiter) => !waiter.isDone && waiter.wait.read(reading)))
      await this.look(waiters, reading)
    }).catch((error) => this.lookLater(waiters, error))
  }

  /** After a fault, a look is tried again as long as the caller waits. Only the first look is not, because the call may be one to refuse. */
  private lookLater(waiters: Iterable<Waiter>, fault: unknown): void {
    const patient = [...waiters].filter((waiter) => {
      if (fault && (waiter.isOver || this.beginners.has(waiter))) waiter.settle({ error: fault })
      return !waiter.isDone
    })
    setTimeout(() => this.lookSoon(patient), MILLISECONDS.retry).unref()
  }
}

/** Answers a wait that must not go on with the refusal, as the state at `seq` gives it. */
const refuseAt =
  (seq: number) =>
  (waiter: Waiter, error: unknown): void =>
    waiter.settle({ error: error instanceof DomainError ? error.at(seq) : error })
