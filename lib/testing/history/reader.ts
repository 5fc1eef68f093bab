import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random'
import type { Page } from './record'
import { headersOf, type Target } from './send'
import type { Seat } from './stage'

/** Follows the log from `after` by reading page after page, until the work is over and it has read all. */
export const follow = async (
  targets: readonly Target[],
  seat: Seat,
  random: Random,
  start: number,
  isOver: () => boolean,
  note: (page: Page) => void,
): Promise<void> => {
  for (let after = start; ; ) {
    const last = isOver()
    const limit = random.chance(0.3) ? 1 + random.below(20) : 1_000
    const sent = performance.now()
    const target = random.pick(targets) ?? (() => '')
    const response = await fetch(`${target()}/api/events?after=${after}&limit=${limit}`, { headers: headersOf(seat) }).catch(() => null)
    const text = await response?.text().catch(() => null)
    if (!response?.ok || !text) {
      if (response && response.status !== 503) throw new Error(`a reader was answered ${response.status}: ${text}`)
      await sleep(50)
      continue
    }
    const { data, seq } = JSON.parse(text)
    const { events, next_after } = data
    note({ by: seat.actor, after, limit, sent, answered: performance.now(), seq, next_after, events })
    if (last && next_after === seq) return
    after = next_after
    if (events.length < 20) await sleep(150)
  }
}
