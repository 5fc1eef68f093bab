import type pg from 'pg'
import { log } from '@/lib/log.mjs'
import { connect } from './client'
import { findBatch, type Logged, listLoggedAfter } from './queries/events'
import { type Readable, type Reading, readSnapshot } from './read'

/** A place in the log: the number of an event, and the batch that wrote it, which is another one in a log that was restored. */
export type LogPosition = { seq: number; batch: string }

/** What has happened in the log since the last news. Every event up to `position` was told. */
export type News = { events: readonly Logged[]; position: LogPosition }

export type Follower = {
  /** Called for each piece of news in turn, with the snapshot from which it was read. The events of other processes are among them. */
  hear: (news: News, reading: Reading) => Promise<void> | void
  /** Called if the log is not the one that was followed: a backup was restored. The new log ends at `seq`, and what comes after belongs to it. */
  replaced: (seq: number) => void
}

/** The most events in one piece of news. */
const MOST_AT_ONCE = 500

/** In milliseconds. */
const MILLISECONDS = {
  /** The shortest time from one read of the log to the next, so that many commits share one read. */
  betweenReads: 10,
  /** The shortest time from one notification of other processes to the next. */
  betweenNotifications: 20,
  retry: 500,
  heartbeat: 15_000,
}

const channelOf = (workspace_id: string) => `cairn_${workspace_id}`

/**
 * Tells followers in this process what happens in the log, in order and without gaps. It hears of a change in three ways: the lane of this process tells
 * its own commits, PostgreSQL notifies it of the commits of other processes, and at every heartbeat the counter is compared, because a notification
 * is lost if the connection is. All three only say that the log has moved; the events are read from the log, once for all followers. As long as nobody
 * follows, nothing is read.
 */
export class Feed {
  private readonly followers = new Set<Follower>()
  private place: LogPosition | null = null
  private beginning: Promise<LogPosition> | null = null
  /** The greatest number that the log is known to have. */
  private known = 0
  /** Whether the log is to be read although it is not known to have moved. */
  private isDue = false
  private isFailing = false
  private reading: Promise<void> | null = null
  private stopping = false
  private listener: pg.Client | null = null
  private readonly heart: NodeJS.Timeout
  private notified = { seq: 0, at: 0 }
  private notifying: NodeJS.Timeout | null = null
  private retrying: NodeJS.Timeout | null = null
  private readonly forget: () => void

  constructor(
    private readonly url: string,
    private readonly source: Readable,
    heartbeat = MILLISECONDS.heartbeat,
  ) {
    this.forget = source.lane.onCommitted((seq) => {
      this.notify(seq)
      this.learn(seq)
    })
    this.heart = setInterval(() => this.compare(), heartbeat).unref()
  }

  /** The place up to which the followers were told everything, or null if nobody follows. */
  get position(): LogPosition | null {
    return this.place
  }

  /** Adds a follower and returns the position after which it hears every event. It may hear events up to that position too. @throws busy, unavailable */
  async follow(follower: Follower): Promise<LogPosition> {
    this.followers.add(follower)
    try {
      this.beginning ??= this.begin()
      await this.beginning
      return this.place ?? (await this.beginning)
    } catch (error) {
      this.unfollow(follower)
      throw error
    }
  }

  unfollow(follower: Follower): void {
    this.followers.delete(follower)
    if (this.followers.size > 0) return
    this.beginning = null
    this.place = null
  }

  /** Compares the counter with what was told, and tells what is missing. */
  compare(): void {
    this.isDue = this.place !== null
    this.wake()
    if (this.followers.size > 0 && !this.listener) void this.listen()
  }

  async stop(): Promise<void> {
    this.stopping = true
    this.forget()
    this.followers.clear()
    clearInterval(this.heart)
    if (this.retrying) clearTimeout(this.retrying)
    const { listener } = this
    this.listener = null
    const last = this.notifying ? this.sendNotification() : null
    await Promise.allSettled([last, this.reading, this.beginning, listener?.end()])
  }

  /** Finds the present end of the log, from which new followers begin. */
  private async begin(): Promise<LogPosition> {
    try {
      await this.listen()
      const place = await readSnapshot(this.source, [], async ({ seq, select }) => ({ seq, batch: (await select(findBatch, seq)) ?? '' }))
      if (this.followers.size > 0) this.place = place
      this.wake()
      return place
    } catch (error) {
      this.beginning = null
      throw error
    }
  }

  private learn(seq: number): void {
    if (seq > this.known) this.known = seq
    this.wake()
  }

  /** Whether there may be something in the log that the followers were not told. */
  private get isBehind(): boolean {
    return this.place !== null && (this.isDue || this.known > this.place.seq)
  }

  private wake(): void {
    if (this.stopping || this.retrying || !this.isBehind) return
    this.reading ??= this.read().finally(() => {
      this.reading = null
      this.wake()
    })
  }

  /** Reads what is new until it has told all that is known, with a pause after each read, so that commits that come close together share one. */
  private async read(): Promise<void> {
    try {
      while (this.place && this.isBehind && !this.stopping) {
        this.isDue = false
        await this.tell(this.place)
        this.isFailing = false
        await new Promise((resolve) => setTimeout(resolve, MILLISECONDS.betweenReads))
      }
    } catch (error) {
      this.isDue = true
      if (!this.isFailing) log.warn('The event feed could not read the log. It tries again until it can.', error)
      this.isFailing = true
      this.retrying = setTimeout(() => {
        this.retrying = null
        this.wake()
      }, MILLISECONDS.retry).unref()
    }
  }

  /** Tells the events after a place, in the snapshot from which they are read. */
  private tell(from: LogPosition): Promise<void> {
    const knownBefore = this.known
    return readSnapshot(this.source, [], async (reading) => {
      const { seq, select } = reading
      const [events, batch] = await Promise.all([select(listLoggedAfter, from.seq, MOST_AT_ONCE), select(findBatch, from.seq)])
      const isReplaced = seq < from.seq || (batch ?? '') !== from.batch
      const last = events.at(-1)
      const position = last ? { seq: last.event.seq, batch: last.batch } : from
      // Nothing that is known can be missing in a later snapshot, unless the log is another one.
      if (this.known === knownBefore) this.known = seq
      if (isReplaced) return this.startAgain(seq)
      this.place = this.followers.size > 0 ? position : null
      if (!last) return
      await Promise.all([...this.followers].map((follower) => heard(follower, { events, position }, reading)))
    })
  }

  /** The log is another one: whoever followed the old one is told so, and the feed begins at the end of the new one. */
  private startAgain(seq: number): void {
    const followers = [...this.followers]
    this.followers.clear()
    this.place = null
    this.beginning = null
    this.known = 0
    for (const follower of followers) follower.replaced(seq)
  }

  /** Tells other processes that the log has moved, after the commit: inside a transaction it would order all workspaces behind one lock. It may be lost. */
  private notify(seq: number): void {
    this.notified.seq = seq
    if (this.notifying || this.stopping) return
    const wait = Math.max(0, this.notified.at + MILLISECONDS.betweenNotifications - performance.now())
    this.notifying = setTimeout(() => void this.sendNotification(), wait).unref()
  }

  private async sendNotification(): Promise<void> {
    if (this.notifying) clearTimeout(this.notifying)
    this.notifying = null
    this.notified.at = performance.now()
    const { pool, workspace_id } = this.source
    await pool.query('select pg_notify($1, $2)', [channelOf(workspace_id), String(this.notified.seq)]).catch(() => undefined)
  }

  /** Opens the connection on which PostgreSQL notifies this process. Without it, the heartbeat finds what is new. */
  private async listen(): Promise<void> {
    if (this.listener || this.stopping) return
    const client = await connect(this.url, 'cairn feed').catch(() => null)
    if (!client) return
    if (this.listener || this.stopping) return void client.end().catch(() => undefined)
    this.listener = client
    client.on('notification', ({ payload }) => this.learn(Number(payload)))
    client.on('end', () => {
      if (this.listener !== client) return
      this.listener = null
      setTimeout(() => this.compare(), MILLISECONDS.retry).unref()
    })
    try {
      await client.query(`listen "${channelOf(this.source.workspace_id)}"`)
      // What was committed before the connection listened was not notified.
      this.compare()
    } catch {
      client.end().catch(() => undefined)
    }
  }
}

/** An error of a follower must not keep the others from hearing. */
const heard = async (follower: Follower, news: News, reading: Reading): Promise<void> => {
  try {
    await follower.hear(news, reading)
  } catch (error) {
    log.error('A follower of the event feed failed.', error)
  }
}
