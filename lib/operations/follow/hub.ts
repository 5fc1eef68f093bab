import type { Follower, LogPosition, News } from '@/db/feed'
import type { Instance } from '@/db/instance'
import type { Reading } from '@/db/read'
import type { Actor } from '@/lib/domain/context'
import { DomainError, type ProblemCode } from '@/lib/domain/errors'
import { LIMITS } from '@/lib/domain/limits'
import type { Stream } from '../define'
import { type Page, PageQueue, readPage, remember } from './past'
import { type Ending, type Following, type Listener, ownerOf, type Reader, ROOM } from './reader'
import type { ToldEvent, Verdict } from './sight'
import { haveChangedAccess, type Shared, Views } from './views'

/** In bytes: a stream for which more than this waits when the next news comes is ended. It may read on where it was. */
const MOST_WAITING = 1_024 * 1_024

/** In milliseconds. */
const HEARTBEAT = 15_000

/**
 * Everybody in this process who follows the events of an instance. It hears the feed once for all of them, and judges once for each key and filter who may
 * be told what. Whoever begins in the past, or was not told something, reads the log page by page until they have caught up with the news.
 */
export class Hub {
  private readonly readers = new Set<Reader>()
  private readonly views: Views
  private readonly pages: PageQueue
  private readonly counts = new Map<string, number>()
  private follower: Follower | null = null
  private following: Promise<void> | null = null
  /** The position up to which the live readers were told everything. */
  private told: LogPosition | null = null
  /** The number of the last event that was told and may have changed who may read what. */
  private accessChangedAt = 0
  private heart: NodeJS.Timeout | null = null

  constructor(
    private readonly instance: Instance,
    private readonly heartbeat = HEARTBEAT,
  ) {
    this.views = new Views(instance.origin, (reader) => this.end(reader, 'unauthenticated'))
    this.pages = new PageQueue(instance, {
      join: () => this.join(),
      serve: (reader, reading, end) => this.servePage(reader, reading, end),
      fail: (reader, error) => this.fail(reader, error),
    })
  }

  /** The number of streams that are open or about to begin. */
  get size(): number {
    return this.readers.size
  }

  /** @throws rate_limited, and whatever refuses the stream */
  open(operation: Stream, parsed: unknown, actor: Actor, listener: Listener): Promise<Following> {
    const input = typeof parsed === 'object' && parsed !== null ? parsed : {}
    const count = this.counts.get(ownerOf(actor)) ?? 0
    if (count >= LIMITS.streams_per_key) return Promise.reject(tooMany())
    this.counts.set(ownerOf(actor), count + 1)
    this.heart ??= setInterval(() => this.beat(), this.heartbeat).unref()
    return new Promise((resolve, reject) => {
      const reader: Reader = {
        operation,
        input,
        actor,
        listener,
        after: operation.after(input),
        at: null,
        shared: null,
        isLive: false,
        isDue: false,
        isOver: false,
        stuckAt: null,
        begun: { resolve, reject },
      }
      this.readers.add(reader)
      this.pages.enqueue(reader)
    })
  }

  private async servePage(reader: Reader, reading: Reading, end: LogPosition): Promise<void> {
    try {
      const page = await readPage(reader, reading, end, this.instance.origin)
      // The client may have left meanwhile.
      if (reader.isOver) return
      // What this snapshot allowed may have been taken back since.
      if (this.accessChangedAt > reading.seq) return this.pages.enqueue(reader)
      reader.at = page.to
      const shared = reader.shared ?? this.begin(reader, page, reading.seq)
      remember(shared, page)
      if (page.events.length > 0) reader.listener.hear(page.events)
      this.settle(reader, page.to)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      this.fail(reader, error.at(reading.seq))
    }
  }

  private begin(reader: Reader, { place, context, from }: Page, seq: number): Shared {
    const { operation, input, actor, listener } = reader
    const { hearsOfDependents = false } = listener
    const shared = this.views.join(reader, { operation, actor, place, hearsOfDependents, input: { ...input, ...place } }, context, seq)
    reader.shared = shared
    reader.begun.resolve({ more: () => this.goOn(reader), stop: () => this.drop(reader) })
    reader.listener.beat(from)
    return shared
  }

  /** The reader has heard everything up to a position. If the news has come no further, it hears the news from now on. */
  private settle(reader: Reader, at: LogPosition): void {
    if (this.told && at.seq >= this.told.seq) reader.isLive = true
    else this.goOn(reader)
  }

  private goOn(reader: Reader): void {
    if (reader.listener.waiting() < ROOM) this.pages.enqueue(reader)
  }

  private fail(reader: Reader, error: unknown): void {
    if (reader.isOver) return
    const code: ProblemCode = error instanceof DomainError ? error.code : 'internal'
    const why = ENDINGS[code] ?? 'failed'
    if (!reader.shared) {
      this.drop(reader)
      reader.begun.reject(error)
    } else if (code === 'unavailable' || code === 'busy') this.pages.retry([reader])
    else if (why === 'gone') this.cutOff(reader, why)
    else this.end(reader, why, error)
  }

  /** Begins to follow the feed, if this is not done already. */
  private join(): Promise<void> {
    if (this.following) return this.following
    const follower: Follower = {
      hear: (news, reading) => this.hear(follower, news, reading),
      replaced: () => this.replace(follower),
    }
    this.follower = follower
    const following = this.instance.feed.follow(follower).then(
      (position) => {
        if (this.follower === follower) this.told ??= position
      },
      (error: unknown) => {
        if (this.follower === follower) this.part()
        throw error
      },
    )
    this.following = following
    return following
  }

  private part(): void {
    const { follower } = this
    this.follower = null
    this.following = null
    this.told = null
    this.accessChangedAt = 0
    if (follower) this.instance.feed.unfollow(follower)
  }

  private async hear(follower: Follower, news: News, reading: Reading): Promise<void> {
    if (this.follower !== follower) return
    try {
      const verdicts = await this.views.judge(news, reading)
      // Whoever joins is told all that follows, so nothing may be awaited from here on.
      if (this.follower === follower) this.spread(verdicts, news.position, haveChangedAccess(news))
    } catch (error) {
      // Some may not have heard these news, so all of them read them in the log.
      if (this.follower === follower) this.fallBehind(news.position)
      throw error
    }
  }

  private spread(verdicts: ReadonlyMap<Shared, Verdict>, position: LogPosition, hasChangedAccess: boolean): void {
    for (const [view, { sight, lost, events }] of verdicts) {
      view.sight = sight
      for (const reader of view.readers) {
        if (!sight) this.end(reader, 'unauthenticated')
        else if (lost && reader.listener.waiting() > 0) this.cutOff(reader, 'gone')
        else {
          if (reader.isLive) this.tellLive(reader, events, position)
          if (sight.isGone) this.end(reader, 'gone')
        }
      }
    }
    this.told = position
    if (hasChangedAccess) this.accessChangedAt = position.seq
  }

  private tellLive(reader: Reader, events: readonly ToldEvent[], position: LogPosition): void {
    const heard = reader.at?.seq ?? 0
    const [first] = events
    const fresh = first && first.seq <= heard ? events.filter(({ seq }) => seq > heard) : events
    if (position.seq > heard) reader.at = position
    if (fresh.length === 0) return
    if (reader.listener.waiting() > MOST_WAITING) this.end(reader, 'slow')
    else reader.listener.hear(fresh)
  }

  private fallBehind(position: LogPosition): void {
    this.told = position
    const live = [...this.readers].filter(({ isLive }) => isLive)
    for (const reader of live) reader.isLive = false
    this.pages.retry(live)
  }

  private replace(follower: Follower): void {
    if (this.follower !== follower) return
    this.part()
    for (const reader of this.readers) if (reader.shared) this.end(reader, 'log_replaced')
  }

  /** Tells each stream that it is alive, and ends those whose client has taken nothing of what waits since the last time. */
  private beat(): void {
    for (const reader of this.readers) {
      const { listener, at, shared } = reader
      if (!at || !shared) continue
      const taken = listener.waiting() > 0 ? listener.taken() : null
      if (taken !== null && taken === reader.stuckAt) this.end(reader, 'slow')
      else if (taken === null) listener.beat(at)
      reader.stuckAt = taken
    }
  }

  /** Ends a stream of which what waits was allowed when it was told, but may not be any more. */
  private cutOff(reader: Reader, why: Ending): void {
    this.end(reader, reader.listener.waiting() > 0 ? 'slow' : why)
  }

  private end(reader: Reader, why: Ending, error?: unknown): void {
    if (reader.isOver) return
    this.drop(reader)
    reader.listener.end(why, error)
  }

  private drop(reader: Reader): void {
    if (reader.isOver) return
    reader.isOver = true
    reader.isLive = false
    this.readers.delete(reader)
    const owner = ownerOf(reader.actor)
    const count = (this.counts.get(owner) ?? 1) - 1
    if (count > 0) this.counts.set(owner, count)
    else this.counts.delete(owner)
    this.views.leave(reader)
    if (this.readers.size > 0) return
    this.part()
    this.pages.stop()
    this.views.stop()
    if (this.heart) clearInterval(this.heart)
    this.heart = null
  }
}

const ENDINGS: { [C in ProblemCode]?: Ending } = {
  unauthenticated: 'unauthenticated',
  not_found: 'gone',
  forbidden: 'gone',
  log_replaced: 'log_replaced',
}

const tooMany = () =>
  new DomainError(
    'rate_limited',
    `This key has ${LIMITS.streams_per_key.toLocaleString('en')} open streams, the most that it may have. Close one, or follow more in one stream: without a filter, it has everything that you may read.`,
    { limit: LIMITS.streams_per_key, retry_after_seconds: 15 },
  )
