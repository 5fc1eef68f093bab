/** Random choices that a seed repeats. */
export class Random {
  constructor(private state: number) {}

  /** A number from 0 up to and without 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)]
  }

  /** Picks an entry in proportion to its weight. */
  weighted<T>(entries: readonly (readonly [weight: number, entry: T])[]): T | undefined {
    let at = this.next() * entries.reduce((sum, [weight]) => sum + weight, 0)
    return entries.find(([weight]) => {
      at -= weight
      return at < 0
    })?.[1]
  }

  /** Another source for a part of the work, so that what one part draws does not depend on the others. */
  fork(): Random {
    return new Random(this.below(2 ** 31))
  }
}
