import type { LogPosition } from '@/db/feed'
import type { Instance } from '@/db/instance'
import type { EventPlace } from '@/db/queries/event-filter'
import { findBatch, type Logged, listCompletions } from '@/db/queries/events'
import { type Reading, readSnapshot } from '@/db/read'
import { mayRead, mayReadWholeLog } from '@/lib/domain/access'
import type { Context } from '@/lib/domain/context'
import { type CheckpointPlace, placesOfDependents } from '@/lib/domain/face-change'
import { repeatableIds } from '@/lib/domain/ids'
import { placeAt } from '@/lib/domain/log-place'
import { groupOf } from '@/lib/domain/resolve'
import { unitsOf } from '@/lib/domain/state'
import { contextOf } from '../execute'
import { admit } from '../judge'
import { placeIn, showEvents } from '../log'
import type { Reader } from './reader'
import { completionIn, isIn, type ToldEvent, tell, tellDependents } from './sight'
import type { Shared } from './views'

/** The most events of the past that are read for one stream at a time. */
const PAGE = 500

/** The most streams that are served from one snapshot, and for how long in milliseconds. A snapshot that is older would tell what was taken back since. */
const SERVED_AT_ONCE = 100
const SNAPSHOT_MS = 100

/** The time until the past is read again after a fault, in milliseconds. */
const RETRY = 500

/** What the queue does with the readers for whom it has a snapshot. */
type Serving = {
  /** Called before a snapshot is taken, so that nothing is missed between the snapshot and the news. */
  join: () => Promise<void>
  serve: (reader: Reader, reading: Reading, end: LogPosition) => Promise<void>
  fail: (reader: Reader, error: unknown) => void
}

/** The readers that are due for a page of the past. Many are served from one snapshot, one after another. */
export class PageQueue {
  private due: Reader[] = []
  private isServing = false
  private retrying: NodeJS.Timeout | null = null

  constructor(
    private readonly instance: Instance,
    private readonly serving: Serving,
  ) {}

  enqueue(reader: Reader): void {
    if (reader.isOver || reader.isLive || reader.isDue) return
    reader.isDue = true
    this.due.push(reader)
    void this.serve()
  }

  /** Serves these readers, and all others that are due, after a pause. */
  retry(readers: readonly Reader[]): void {
    this.retrying ??= setTimeout(() => {
      this.retrying = null
      void this.serve()
    }, RETRY).unref()
    for (const reader of readers) this.enqueue(reader)
  }

  stop(): void {
    this.due = []
    if (this.retrying) clearTimeout(this.retrying)
    this.retrying = null
  }

  private async serve(): Promise<void> {
    if (this.isServing || this.retrying) return
    this.isServing = true
    while (this.due.length > 0 && !this.retrying) {
      const readers = this.due.splice(0, SERVED_AT_ONCE)
      for (const reader of readers) reader.isDue = false
      const open = new Set(readers)
      try {
        await this.serving.join()
        await this.serveFromSnapshot(open)
      } catch (error) {
        for (const reader of open) this.serving.fail(reader, error)
      }
    }
    this.isServing = false
  }

  /** Serves readers from one snapshot, and takes each out of the set when it was served. */
  private serveFromSnapshot(readers: Set<Reader>): Promise<void> {
    const principals = new Set(Array.from(readers, ({ actor }) => actor.actor_id))
    const units = Array.from(principals, (id) => ({ kind: 'principal', id }) as const)
    return readSnapshot(this.instance, units, async (reading) => {
      const end = { seq: reading.seq, batch: (await reading.select(findBatch, reading.seq)) ?? '' }
      const until = performance.now() + SNAPSHOT_MS
      for (const reader of readers) {
        if (performance.now() > until) this.enqueue(reader)
        else if (!reader.isOver && !reader.isLive) await this.serving.serve(reader, reading, end)
        readers.delete(reader)
      }
    })
  }
}

/** A page of the past: where it begins and ends in the log, and what its reader may be told of it. */
export type Page = {
  context: Context
  place: EventPlace
  from: LogPosition
  to: LogPosition
  events: readonly ToldEvent[]
  /** The groups that the page has shown. */
  groups: ReadonlySet<string>
}

/** Reads the next page of the past for a reader, up to the end of the log. @throws DomainError if the reader may not follow any more */
export const readPage = async (reader: Reader, reading: Reading, end: LogPosition, origin: string): Promise<Page> => {
  const { operation, input, actor, at, after, shared } = reader
  const { context, place } = await reading.world((world) => {
    const context = contextOf(world, actor, reading.now, origin, repeatableIds().start())
    return { context, place: admit(operation, world, shared?.input ?? input, context).subject.place }
  })
  const known = at ? placeAt(at) : after
  const from = known ? await placeIn(reading, known) : end
  const shown = from.seq < end.seq ? await showEvents(reading, context, { ...place, after: from.seq, limit: PAGE }) : []
  const last = shown.length === PAGE ? shown.at(-1) : undefined
  const until = last ? { seq: last.event.seq, batch: last.batch } : end
  const hears = reader.listener.hearsOfDependents && from.seq < until.seq
  const completions = hears ? await reading.select(listCompletions, from.seq, until.seq, PAGE) : []
  const lastCompletion = completions.length === PAGE ? completions.at(-1) : undefined
  const to = lastCompletion ? { seq: lastCompletion.event.seq, batch: lastCompletion.batch } : until
  const told = shown.filter(({ event }) => event.seq <= to.seq)
  const dependents = await dependentsOf(completions, reading, context, place)
  return {
    context,
    place,
    from,
    to,
    events: [...told.map(({ event, batch }) => tell(event, batch)), ...dependents].sort((a, b) => a.seq - b.seq),
    groups: new Set(told.flatMap(({ event }) => event.group_id ?? [])),
  }
}

/** What a reader who hears of dependents is told of those of these completions. */
const dependentsOf = async (
  completions: readonly Logged[],
  reading: Reading,
  context: Context,
  place: EventPlace,
): Promise<ToldEvent[]> => {
  const ids = [...new Set(completions.flatMap(({ event }) => completionIn(event) ?? []))]
  if (ids.length === 0) return []
  return reading.world((world) => {
    const places = placesOfDependents(world, ids)
    const group_ids = new Set([...places.values()].flat().map(({ group_id }) => group_id))
    world.need(unitsOf('group', group_ids))
    const readsAll = mayReadWholeLog(context.caller)
    const maySee = (where: CheckpointPlace) => (readsAll || mayRead(world, context, groupOf(world, where.group_id))) && isIn(place, where)
    return completions.flatMap((logged) => tellDependents(logged, places, maySee))
  })
}

/** Notes which groups a page has shown that a view may read, so that it is noticed when it may not any more. */
export const remember = (shared: Shared, { context, groups }: Page): void => {
  if (mayReadWholeLog(context.caller)) return
  shared.sight ??= { context, groups: new Map(), isGone: false }
  for (const group_id of groups) shared.sight.groups.set(group_id, true)
}
