import type { News } from '@/db/feed'
import type { Reading } from '@/db/read'
import { changesAccess } from '@/lib/domain/access-change'
import type { Context } from '@/lib/domain/context'
import type { EventType } from '@/lib/domain/events'
import { ownerOf, type Reader } from './reader'
import { type Judged, NewsDesk, type Sight, type Verdict, type View } from './sight'

/**
 * What the streams with one view share. `since` is the number at which it was judged first, and `expires` when the key expires, by this process's clock,
 * or null.
 */
export type Shared = View & { sight: Sight | null; readers: Set<Reader>; since: number; expires: number | null }

/** A timer cannot wait for longer than 24 days. */
const LONGEST_TIMER = 86_400_000

/** Whether after these news some may read what they could not read before, or the other way round. */
export const haveChangedAccess = ({ events }: News): boolean => events.some(({ event }) => changesAccess(event))

/** After such an event, there may no longer be what a stream is about. */
const REMOVALS: readonly string[] = ['milestone.deleted', 'checkpoint.deleted', 'checkpoint.withdrawn'] satisfies EventType[]

/** The views of all open streams: which readers share each, and until when its key is valid. */
export class Views {
  private readonly views = new Map<string, Shared>()
  private expiring: NodeJS.Timeout | null = null

  constructor(
    private readonly origin: string,
    private readonly onExpired: (reader: Reader) => void,
  ) {}

  /** Adds a reader to those that share its view, as judged at a number of the log. */
  join(reader: Reader, view: View, { caller: { key }, now }: Context, since: number): Shared {
    const name = JSON.stringify([ownerOf(view.actor), view.operation.name, view.place, view.hearsOfDependents])
    const expires = key?.expires_at ? performance.now() + (Date.parse(key.expires_at) - Date.parse(now)) : null
    const shared = this.views.get(name) ?? { ...view, sight: null, readers: new Set(), since, expires }
    this.views.set(name, shared)
    shared.readers.add(reader)
    if (expires !== null) this.armExpiry()
    return shared
  }

  leave(reader: Reader): void {
    reader.shared?.readers.delete(reader)
    if (reader.shared?.readers.size === 0) for (const [name, view] of this.views) if (view === reader.shared) this.views.delete(name)
  }

  stop(): void {
    if (this.expiring) clearTimeout(this.expiring)
    this.expiring = null
  }

  /** Judges what each view is told of these news, in the snapshot in which the news were read. */
  async judge(news: News, reading: Reading): Promise<Map<Shared, Verdict>> {
    // The events that are not told yet may have taken back what was allowed, so it is judged anew in this snapshot.
    const isDoubtful = reading.seq > news.position.seq || haveChangedAccess(news)
    const hasRemoved = news.events.some(({ event }) => REMOVALS.includes(event.type))
    const desk = new NewsDesk(news.events, reading.now, this.origin)
    const verdicts = new Map<Shared, Verdict>()
    for (;;) {
      // Others may have begun while these were judged. Whoever began at a later number has heard these news already, and in this snapshot there may not yet be
      // the key, or the member, that they are.
      const open = [...this.views.values()].filter((view) => !verdicts.has(view) && view.since <= reading.seq)
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

  /** One timer for all keys, set to the next time at which one expires. */
  private armExpiry(): void {
    this.stop()
    const times = [...this.views.values()].flatMap(({ expires }) => expires ?? [])
    if (times.length === 0) return
    const wait = Math.min(LONGEST_TIMER, Math.max(0, Math.min(...times) - performance.now()))
    this.expiring = setTimeout(() => this.expire(), wait).unref()
  }

  private expire(): void {
    const now = performance.now()
    for (const view of this.views.values())
      if (view.expires !== null && view.expires <= now) for (const reader of view.readers) this.onExpired(reader)
    this.armExpiry()
  }
}
