import { log } from '@/lib/log.mjs'

/** In milliseconds. A last event that is further in the future than this shows that the database's clock was once ahead. */
const NOTABLE = 1_000

/**
 * The time by which rules are judged. It follows the database's clock and is never before the last event, because time in the log must not go back.
 * If the clock was once ahead and was then set right, the last event lies in the future. Time then goes on from that event, by what has passed in
 * this process: if it stood still until the clock has caught up, nothing would expire.
 */
export class Clock {
  private ahead: { from: number; since: number } | null = null
  private said = false

  /** The present time, by the database's clock and the time of the last event. All three are in ISO 8601. */
  now(clock: string, lastEvent: string): string {
    const [present, last] = [Date.parse(clock), Date.parse(lastEvent)]
    const passed = this.ahead ? this.ahead.from + (performance.now() - this.ahead.since) : 0
    if (this.ahead && present >= passed) this.ahead = null
    if (last > passed && last - present > NOTABLE) this.goOnFrom(last, present)
    return new Date(Math.max(present, last, passed)).toISOString()
  }

  private goOnFrom(last: number, present: number): void {
    this.ahead = { from: last, since: performance.now() }
    if (this.said) return
    this.said = true
    const seconds = Math.round((last - present) / 1_000)
    log.warn(`The last event is ${seconds} s ahead of the database's clock. Time goes on from that event until the clock has caught up.`)
  }
}
