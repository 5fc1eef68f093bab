import type { CallRate, Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'

/** So many callers are remembered before those are forgotten who have all their calls again. */
const MOST_KNOWN = 10_000

/** For each name, the calls that it may still make: as many as `burst` at once, and `per_second` more with each second. */
export class Rates {
  /** When all calls of a name will be free again. Who is not in it may make all of them. */
  private readonly freeAt = new Map<string, number>()
  private readonly interval: number

  constructor(
    private readonly rate: CallRate,
    private readonly now: () => number = () => performance.now(),
    private readonly mostKnown = MOST_KNOWN,
  ) {
    this.interval = 1_000 / rate.per_second
  }

  /** Takes a call. Returns 0, or after how many milliseconds there is one; nothing is taken then. */
  take(name: string): number {
    const now = this.now()
    const known = this.freeAt.get(name)
    const freeAt = Math.max(known ?? 0, now) + this.interval
    const early = freeAt - now - this.rate.burst * this.interval
    // A difference of times is not exact.
    if (early > 1e-6) return early
    if (known === undefined && this.freeAt.size >= this.mostKnown) this.forget(now)
    this.freeAt.set(name, freeAt)
    return 0
  }

  get known(): number {
    return this.freeAt.size
  }

  private forget(now: number) {
    for (const [name, freeAt] of this.freeAt) if (freeAt <= now) this.freeAt.delete(name)
    // Whoever came first is forgotten early when so many call at once.
    for (const name of this.freeAt.keys()) {
      if (this.freeAt.size < this.mostKnown) return
      this.freeAt.delete(name)
    }
  }
}

const ratesOf = new WeakMap<Instance, Rates>()

/**
 * Counts a call by its key. The keys of an agent profile count together, and so do the browsers of a person. A call that waits and a stream count
 * once, when they begin. @throws rate_limited
 */
export const countCall = (instance: Instance, { actor_id, key_id }: Actor): void => {
  const { rate } = instance
  if (rate === null) return
  const rates = ratesOf.get(instance) ?? new Rates(rate)
  ratesOf.set(instance, rates)
  const isProfile = actor_id.startsWith('ap_')
  const early = rates.take(isProfile || key_id === null ? actor_id : key_id)
  if (early === 0) return
  const who = isProfile ? 'The keys of this agent profile make' : key_id === null ? 'This session makes' : 'This key makes'
  throw new DomainError(
    'rate_limited',
    `${who} more than ${rate.per_second} calls a second, after ${rate.burst} at once. Send the same call again after this time, and use wait_for or the stream instead of asking again and again.`,
    { limit: rate.per_second, retry_after_seconds: Math.ceil(early / 1_000) },
  )
}
