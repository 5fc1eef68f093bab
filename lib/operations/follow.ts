import type { Follower, LogPosition, News } from '@/db/feed'
import type { Instance } from '@/db/instance'
import { findBatch } from '@/db/queries/events'
import { type Reading, readSnapshot } from '@/db/read'
import { mayReadWholeLog } from '@/lib/domain/access'
import type { Actor, Context } from '@/lib/domain/context'
import { DomainError, type ProblemCode } from '@/lib/domain/errors'
import { repeatableIds } from '@/lib/domain/ids'
import { LIMITS } from '@/lib/domain/limits'
import type { LogPlace } from '@/lib/domain/log-place'
import type { Stream } from './define'
import { contextOf, parse } from './execute'
import { admit } from './judge'
import { placeIn, showEvents } from './log'
import { type Judged, NewsDesk, type Sight, type ToldEvent, tell, type Verdict, type View } from './sight'

export type { LogPosition } from '@/db/feed'
export type { ToldEvent } from './sight'

/** Why a stream ends. `failed` is an error in Cairn. */
export type Ending = 'gone' | 'log_replaced' | 'unauthenticated' | 'slow' | 'failed'

/** Whoever is told the events of one stream. What it is told may wait in it until its client takes it. */
export type Listener = {
  /** In bytes: how much waits, and how much was ever taken. */
  waiting: () => number
  taken: () => number
  hear: (events: readonly ToldEvent[]) => void
  /** Nothing that may be read is missing up to this position. */
  beat: (position: LogPosition) => void
  end: (why: Ending, error?: unknown) => void
}

export type Following = {
  /** The listener has room for more of the past. */
  more: () => void
  /** The client has left. */
  stop: () => void
}

type Call = { input: unknown; actor: Actor; listener: Listener }

/**
 * Follows the events of a stream, beginning after the place in the log that its input names. The listener first hears the position from which it
 * follows, and then each event that its caller may read, once and in order.
 * @throws DomainError if the stream may not begin
 */
export const follow = async (instance: Instance, operation: Stream, { input, actor, listener }: Call): Promise<Following> => {
  const parsed = await parse(instance, operation, { input, actor })
  return hubOf(instance).open(operation, parsed, actor, listener)
}

const hubs = new WeakMap<Instance, Hub>()

/** The hub of an instance. It is made by the first call. */
export const hubOf = (instance: Instance, heartbeat?: number): Hub => {
  const hub = hubs.get(instance) ?? new Hub(instance, heartbeat)
  hubs.set(instance, hub)
  return hub
}

/** The most events of the past that are read for one stream at a time. */
const PAGE = 500

/** The most streams that are served from one snapshot, and for how long in milliseconds. A snapshot that is older would tell what was taken back since. */
const SERVED_AT_ONCE = 100
const SNAPSHOT_MS = 100

/** In bytes: a stream for which more than this waits is told no more of the past for now. */
const ROOM = 64 * 1_024

/** In bytes: a stream for which more than this waits when the next news comes is ended. It may read on where it was. */
const MOST_WAITING = 1_024 * 1_024

/** In milliseconds. */
const HEARTBEAT = 15_000
const RETRY = 500
/** A timer cannot wait for longer than 24 days. */
const LONGEST_TIMER = 86_400_000

/** After such an event, some may read what they could not read before, or the other way round. */
const changesAccess = ({ event }: News['events'][number]): boolean => /^(person|agent_profile|key|group|member)\./.test(event.type)

/** After such an event, there may no longer be what a stream is about. */
const removes = ({ event }: News['events'][number]): boolean =>
  ['milestone.deleted', 'checkpoint.deleted', 'checkpoint.withdrawn'].includes(event.type)

/** What the streams with one view share. `expires` is when the key expires, by this process's clock, or null. */
type Shared = View & { sight: Sight | null; readers: Set<Reader>; expires: number | null }

type Reader = {
  operation: Stream
  input: object
  actor: Actor
  listener: Listener
  after: LogPlace | null
  /** The position up to which it was told everything; null until the stream has begun. */
  at: LogPosition | null
  shared: Shared | null
  /** Whether it hears the news. Otherwise it is told the past, page by page. */
  isLive: boolean
  /** Whether it is among those that are due for a page. */
  isDue: boolean
  isOver: boolean
  /** How much it had taken at the last heartbeat if something waited then, else null. */
  stuckAt: number | null
  begun: { resolve: (following: Following) => void; reject: (error: unknown) => void }
}

/**
 * Everybody in this process who follows the events of an instance. It hears the feed once for all of them, and judges once for each key and filter who may
 * be told what. Whoever begins in the past, or was not told something, reads the log page by page until they have caught up with the news.
 */
export class Hub {
  private readonly readers = new Set<Reader>()
  private readonly views = new Map<string, Shared>()
  private readonly counts = new Map<string, number>()
  private due: Reader[] = []
  private isServing = false
  private follower: Follower | null = null
  private following: Promise<void> | null = null
  /** The position up to which the live readers were told everything. */
  private told: LogPosition | null = null
  /** The number of the last event that was told and may have changed who may read what. */
  private accessChangedAt = 0
  private heart: NodeJS.Timeout | null = null
  private expiring: NodeJS.Timeout | null = null
  private retrying: NodeJS.Timeout | null = null

  constructor(
    private readonly instance: Instance,
    private readonly heartbeat = HEARTBEAT,
  ) {}

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
      this.enqueue(reader)
    })
  }

  private enqueue(reader: Reader): void {
    if (reader.isOver || reader.isLive || reader.isDue) return
    reader.isDue = true
    this.due.push(reader)
    void this.serve()
  }

  /** Gives each reader that is due a page of the past, and those that have caught up the news. */
  private async serve(): Promise<void> {
    if (this.isServing || this.retrying) return
    this.isServing = true
    while (this.due.length > 0 && !this.retrying) {
      const readers = this.due.splice(0, SERVED_AT_ONCE)
      for (const reader of readers) reader.isDue = false
      const open = new Set(readers)
      try {
        await this.join()
        await this.servePages(open)
      } catch (error) {
        for (const reader of open) this.fail(reader, error)
      }
    }
    this.isServing = false
  }

  /** Serves readers from one snapshot, and takes each out of the set when it was served. */
  private servePages(readers: Set<Reader>): Promise<void> {
    const principals = new Set(Array.from(readers, ({ actor }) => actor.actor_id))
    const units = Array.from(principals, (id) => ({ kind: 'principal', id }) as const)
    return readSnapshot(this.instance, units, async (reading) => {
      const end = { seq: reading.seq, batch: (await reading.select(findBatch, reading.seq)) ?? '' }
      const until = performance.now() + SNAPSHOT_MS
      for (const reader of readers) {
        if (performance.now() > until) this.enqueue(reader)
        else if (!reader.isOver && !reader.isLive) await this.servePage(reader, reading, end)
        readers.delete(reader)
      }
    })
  }

  private async servePage(reader: Reader, reading: Reading, end: LogPosition): Promise<void> {
    const { operation, input, actor, listener, at, after } = reader
    try {
      const { context, place } = await reading.world((world) => {
        const context = contextOf(world, actor, reading.now, this.instance.origin, repeatableIds().start())
        return { context, place: admit(operation, world, reader.shared?.input ?? input, context).subject.place }
      })
      const known = at ? { seq: at.seq, batch: at.batch.slice(0, 8) || null } : after
      const from = known ? await placeIn(reading, known) : end
      const shown = from.seq < end.seq ? await showEvents(reading, context, { ...place, after: from.seq, limit: PAGE }) : []
      // The client may have left meanwhile.
      if (reader.isOver) return
      // What this snapshot allowed may have been taken back since.
      if (this.accessChangedAt > reading.seq) return this.enqueue(reader)
      const last = shown.length === PAGE ? shown.at(-1) : undefined
      reader.at = last ? { seq: last.event.seq, batch: last.batch } : end
      const shared = reader.shared ?? this.begin(reader, { operation, actor, place, input: { ...input, ...place } }, context, from)
      remember(shared, context, shown)
      if (shown.length > 0) listener.hear(shown.map(({ event, batch }) => tell(event, batch)))
      this.settle(reader, reader.at)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      this.fail(reader, error.at(reading.seq))
    }
  }

  private begin(reader: Reader, view: View, { caller: { key }, now }: Context, from: LogPosition): Shared {
    const name = JSON.stringify([ownerOf(view.actor), view.operation.name, view.place])
    const expires = key?.expires_at ? performance.now() + (Date.parse(key.expires_at) - Date.parse(now)) : null
    const shared = this.views.get(name) ?? { ...view, sight: null, readers: new Set(), expires }
    this.views.set(name, shared)
    shared.readers.add(reader)
    reader.shared = shared
    if (expires !== null) this.armExpiry()
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
    if (reader.listener.waiting() < ROOM) this.enqueue(reader)
  }

  private fail(reader: Reader, error: unknown): void {
    if (reader.isOver) return
    const code: ProblemCode = error instanceof DomainError ? error.code : 'internal'
    const why = ENDINGS[code] ?? 'failed'
    if (!reader.shared) {
      this.drop(reader)
      reader.begun.reject(error)
    } else if (code === 'unavailable' || code === 'busy') this.retry([reader])
    else if (why === 'gone') this.cutOff(reader, why)
    else this.end(reader, why, error)
  }

  private retry(readers: readonly Reader[]): void {
    this.retrying ??= setTimeout(() => {
      this.retrying = null
      void this.serve()
    }, RETRY).unref()
    for (const reader of readers) this.enqueue(reader)
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
      const verdicts = await this.judge(news, reading)
      // Whoever joins is told all that follows, so nothing may be awaited from here on.
      if (this.follower === follower) this.spread(verdicts, news.position, news.events.some(changesAccess))
    } catch (error) {
      // Some may not have heard these news, so all of them read them in the log.
      if (this.follower === follower) this.fallBehind(news.position)
      throw error
    }
  }

  private async judge(news: News, reading: Reading): Promise<Map<Shared, Verdict>> {
    // The events that are not told yet may have taken back what was allowed, so it is judged anew in this snapshot.
    const isDoubtful = reading.seq > news.position.seq || news.events.some(changesAccess)
    const hasRemoved = news.events.some(removes)
    const desk = new NewsDesk(news.events, reading.now, this.instance.origin)
    const verdicts = new Map<Shared, Verdict>()
    for (;;) {
      // Others may have begun while these were judged.
      const open = [...this.views.values()].filter((view) => !verdicts.has(view))
      if (open.length === 0) return verdicts
      const judged = open.map((view): Judged => {
        const isOfOneThing = view.place.milestone_id !== undefined || view.place.checkpoint_id !== undefined
        return { view, before: view.sight, isDue: isDoubtful || (hasRemoved && isOfOneThing) }
      })
      const answers = await reading.world((world) => desk.judge(world, judged))
      open.forEach((view, at) => {
        const verdict = answers[at]
        if (verdict) verdicts.set(view, verdict)
      })
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
    this.retry(live)
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

  /** One timer for all keys, set to the next time at which one expires. */
  private armExpiry(): void {
    if (this.expiring) clearTimeout(this.expiring)
    this.expiring = null
    const times = [...this.views.values()].flatMap(({ expires }) => expires ?? [])
    if (times.length === 0) return
    const wait = Math.min(LONGEST_TIMER, Math.max(0, Math.min(...times) - performance.now()))
    this.expiring = setTimeout(() => this.expire(), wait).unref()
  }

  private expire(): void {
    const now = performance.now()
    for (const view of this.views.values())
      if (view.expires !== null && view.expires <= now) for (const reader of view.readers) this.end(reader, 'unauthenticated')
    this.armExpiry()
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
    reader.shared?.readers.delete(reader)
    if (reader.shared?.readers.size === 0) for (const [name, view] of this.views) if (view === reader.shared) this.views.delete(name)
    if (this.readers.size > 0) return
    this.part()
    this.due = []
    for (const timer of [this.heart, this.expiring, this.retrying]) if (timer) clearTimeout(timer)
    this.heart = null
    this.expiring = null
    this.retrying = null
  }
}

/** Notes which groups a page of the past has shown that a view may read, so that it is noticed when it may not any more. */
const remember = (shared: Shared, context: Context, shown: readonly { event: { group_id: string | null } }[]): void => {
  if (mayReadWholeLog(context.caller)) return
  shared.sight ??= { context, groups: new Map(), isGone: false }
  for (const { event } of shown) if (event.group_id) shared.sight.groups.set(event.group_id, true)
}

const ENDINGS: { [C in ProblemCode]?: Ending } = {
  unauthenticated: 'unauthenticated',
  not_found: 'gone',
  forbidden: 'gone',
  log_replaced: 'log_replaced',
}

/** Whose stream it is: a key's, or that of a person who is signed in. */
const ownerOf = ({ actor_id, key_id }: Actor): string => key_id ?? actor_id

const tooMany = () =>
  new DomainError(
    'rate_limited',
    `There are ${LIMITS.streams_per_key.toLocaleString('en')} open streams of this key, which is the most. Close one, or follow more in one stream: without a filter, it has everything that you may read.`,
    { limit: LIMITS.streams_per_key, retry_after_seconds: 15 },
  )
