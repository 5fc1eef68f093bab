import { setTimeout as sleep } from 'node:timers/promises'
import { listenTo } from '../listening'
import type { Random } from './random'
import type { Page } from './record'
import { headersOf, type Target } from './send'
import type { Seat } from './stage'

/** How long the last events may take, in milliseconds. */
const PATIENCE = 30_000

/**
 * Listens to the stream of events, leaves it now and then and goes on after the last place that it heard of, until it has heard of `end`, which is null as
 * long as the work is not over. All that it heard is one page.
 */
export const listen = async (
  targets: readonly Target[],
  seat: Seat,
  random: Random,
  after: number,
  end: () => number | null,
): Promise<Page> => {
  const sent = performance.now()
  const events: Page['events'][number][] = []
  let id = String(after)
  let over = Number.POSITIVE_INFINITY
  const place = () => Number(id.split('.')[0])
  while (place() < (end() ?? Number.POSITIVE_INFINITY) && performance.now() < over) {
    if (end() !== null) over = Math.min(over, performance.now() + PATIENCE)
    const target = random.pick(targets) ?? (() => '')
    const stream = await listenTo(`${target()}/api/events/stream`, { ...headersOf(seat), 'last-event-id': id }).catch(() => null)
    if (stream?.problem && stream.status !== 503)
      throw new Error(`a listener was answered ${stream.status} ${JSON.stringify(stream.problem)}`)
    const leaves = performance.now() + 200 + random.below(3_000)
    while (
      stream?.ended() === null &&
      performance.now() < leaves &&
      Number(stream.heard.at(-1)?.id.split('.')[0] ?? 0) < (end() ?? Infinity)
    )
      await sleep(20)
    stream?.leave()
    events.push(...(stream?.events().map(({ data }) => data) ?? []))
    id = stream?.heard.at(-1)?.id ?? id
    if (!stream) await sleep(50)
  }
  const seq = Math.max(place(), end() ?? 0)
  return { by: seat.actor, after, limit: Number.POSITIVE_INFINITY, sent, answered: performance.now(), seq, next_after: seq, events }
}
