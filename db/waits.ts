import { DomainError } from '@/lib/domain/errors'
import type { Event } from '@/lib/domain/events'
import type { Unit } from '@/lib/domain/kinds'
import { principalOf, topicsOf } from '@/lib/domain/waiting'
import { NotLoaded, type World } from '@/lib/domain/world'
import type { Feed, Follower, News } from './feed'
import { type Readable, type Reading, readSnapshot } from './read'

/** The moment of a look: the snapshot, the events about the wait since the last look, and whether the caller waits no longer, so that an answer is due. */
export type Moment = { now: string; events: readonly Event[]; isOver: boolean }

/** What a look at a world found: an answer as JSON, or that there is none yet. */
export type Looked =
  | { answer: string }
  | {
      /** Names what is waited for. All waits for the same hang on the same topics. */
      about: string
      hangsOn: () => readonly string[]
      /** When to look again at the latest, by the database's clock. */
      again_at: string | null
    }

/** A call that waits until there is an answer. */
export type Wait = {
  principal_id: string
  /** No more than MOST_WAITS waits with the same text may run at once. */
  limitedBy: string
  /** How long the caller waits. After that, a look must answer. */
  seconds: number
  signal: AbortSignal | null
  /** The units that the first look needs in any case. */
  expected: readonly Unit[]
  /** Pure but for that it settles what is asked, in the world of the first look. @throws DomainError */
  begin: (world: World, reading: Reading) => void
  /** Reads what the first look needs besides a world. */
  read: (reading: Reading) => Promise<void>
  /** Pure. @throws DomainError */
  look: (world: World, moment: Moment) => Looked
}

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
  watch: Watch | null
  timer: NodeJS.Timeout | null
  settle: (outcome: { answered: Answered } | { error: unknown }) => void
}

/** The waits for the same thing, and the topics on which it hung at `seq`. */
type Watch = { about: string; waiters: Set<Waiter>; topics: readonly string[]; seq: number }

export const MOST_WAITS = 1_000

/** In milliseconds. */
const MILLISECONDS = {
  retry: 500,
  /** The shortest time to a look that a clock demands. The database's clock may not have come as far as the timer of this process. */
  betweenLooks: 10,
}

const tooMany = () =>
  new DomainError(
    'rate_limited',
    `This key has ${MOST_WAITS.toLocaleString('en')} waits already, the most that it may have. Let one of them end first, or wait for a change of a milestone instead of each checkpoint.`,
    {
      limit: MOST_WAITS,
      retry_after_seconds: 5,
    },
  )

const left = () => new DomainError('unavailable', 'The caller stopped waiting.')
const stopping = () => new DomainError('unavailable', 'Cairn stops or starts again. Send the same call again.', { retry_after_seconds: 1 })

const replaced = (seq: number) =>
  new DomainError(
    'log_replaced',
    `The log was replaced by another one while this call waited, such as one from a backup. It ends at ${seq}. Read what you wait for again.`,
    { seq },
    seq,
  )

/**
 * The calls of this process that wait for something to happen. A wait costs memory and a timer, but no connection and no reading of the database: all
 * follow the feed together, and those that an event is about are looked at again in the snapshot of that news. Other looks have a snapshot of their own,
 * which all share that are due: at the beginning, at the end of a lease, and when the caller waits no longer.
 */
export class Waits implements Follower {
  private readonly waiters = new Set<Waiter>()
  /** Those that were not looked at yet. They hear of every event. */
  private readonly beginners = new Set<Waiter>()
  private readonly watches = new Map<string, Watch>()
  private readonly byTopic = new Map<string, Set<Watch>>()
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
    let size = 0
    for (const { waiters } of this.watches.values()) size += waiters.size
    return size
  }

  /** Answers as soon as a look finds an answer. @throws DomainError */
  submit(wait: Wait): Promise<Answered> {
    const count = this.counts.get(wait.limitedBy) ?? 0
    if (this.stopped) return Promise.reject(stopping())
    if (wait.signal?.aborted) return Promise.reject(left())
    if (count >= MOST_WAITS) return Promise.reject(tooMany())
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
    this.leaveWatch(waiter)
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
    for (const topic of topicsOf(event)) for (const { waiters } of this.byTopic.get(topic) ?? []) yield* waiters
    const principal_id = principalOf(event)
    if (principal_id === null) return
    for (const waiter of this.waiters) if (waiter.watch && waiter.wait.principal_id === principal_id) yield waiter
  }

  /** Looks at all of these in one snapshot. */
  private async look(waiters: Iterable<Waiter>, reading: Reading): Promise<void> {
    const { seq, now } = reading
    const topics = new Map<string, readonly string[]>()
    const found = await this.askAll(waiters, reading, (world, { wait, heard, isOver }) => {
      const looked = wait.look(world, { now, events: heard, isOver })
      if ('about' in looked && !topics.has(looked.about)) topics.set(looked.about, looked.hangsOn())
      return looked
    })
    for (const [waiter, looked] of found) {
      // Another snapshot, which is newer, was looked at meanwhile.
      if (seq < waiter.seq) this.lookLater([waiter], null)
      else if ('answer' in looked) waiter.settle({ answered: { data: looked.answer, seq } })
      else this.keep(waiter, reading, looked.again_at, looked.about, topics.get(looked.about) ?? [])
    }
  }

  /**
   * Asks a pure question for each of these, and refuses those for whom it fails. What they lack of the world is loaded for several together: for a few at
   * first, because most lack the same, and for twice as many each time.
   */
  private async askAll<T>(
    waiters: Iterable<Waiter>,
    { seq, world }: Reading,
    ask: (world: World, waiter: Waiter) => T,
  ): Promise<Map<Waiter, T>> {
    const found = new Map<Waiter, T>()
    let atOnce = 4
    await world((known) => {
      const lacking: Unit[] = []
      let left = atOnce
      for (const waiter of waiters) {
        if (waiter.isDone || found.has(waiter)) continue
        if (left === 0) break
        try {
          found.set(waiter, ask(known, waiter))
        } catch (error) {
          if (!(error instanceof NotLoaded)) {
            waiter.settle({ error: error instanceof DomainError ? error.at(seq) : error })
            continue
          }
          lacking.push(...error.units)
          left -= 1
        }
      }
      atOnce *= 2
      if (lacking.length > 0) throw new NotLoaded(lacking)
    })
    return found
  }

  /** Lets a wait go on after a look that found no answer. */
  private keep(waiter: Waiter, { seq, now }: Reading, again_at: string | null, about: string, topics: readonly string[]): void {
    if (waiter.isDone) return
    waiter.seq = seq
    waiter.heard = waiter.heard.filter((event) => event.seq > seq)
    this.joinWatch(waiter, seq, about, topics)
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

  private joinWatch(waiter: Waiter, seq: number, about: string, topics: readonly string[]): void {
    const watch = this.watches.get(about) ?? { about, seq: 0, topics: [], waiters: new Set() }
    this.watches.set(about, watch)
    watch.waiters.add(waiter)
    waiter.watch = watch
    if (seq < watch.seq) return
    watch.seq = seq
    if (watch.topics !== topics) this.listUnder(watch, topics)
  }

  private leaveWatch(waiter: Waiter): void {
    const { watch } = waiter
    if (!watch) return
    watch.waiters.delete(waiter)
    if (watch.waiters.size > 0) return
    this.listUnder(watch, [])
    this.watches.delete(watch.about)
  }

  private listUnder(watch: Watch, topics: readonly string[]): void {
    for (const topic of watch.topics) {
      const listed = this.byTopic.get(topic)
      listed?.delete(watch)
      if (listed?.size === 0) this.byTopic.delete(topic)
    }
    watch.topics = topics
    for (const topic of topics) {
      const listed = this.byTopic.get(topic)
      if (listed) listed.add(watch)
      else this.byTopic.set(topic, new Set([watch]))
    }
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
      await this.askAll(beginners, reading, (world, { wait }) => wait.begin(world, reading))
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
