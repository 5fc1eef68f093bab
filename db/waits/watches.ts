/** Those who wait for the same thing, and the topics on which it hung at `seq`. */
export type Watch<W> = { about: string; waiters: Set<W>; topics: readonly string[]; seq: number }

/** Who waits for what, and on which topics it hangs. */
export class Watches<W> {
  private readonly watches = new Map<string, Watch<W>>()
  private readonly byTopic = new Map<string, Set<Watch<W>>>()

  /** The number of those who wait. */
  get size(): number {
    let size = 0
    for (const { waiters } of this.watches.values()) size += waiters.size
    return size
  }

  /** Those who wait for something that hangs on a topic. */
  *under(topic: string): Iterable<W> {
    for (const { waiters } of this.byTopic.get(topic) ?? []) yield* waiters
  }

  /** Adds a waiter for a thing that hung on these topics at `seq`. Topics that were found at a later number stay. */
  join(waiter: W, seq: number, about: string, topics: readonly string[]): Watch<W> {
    const watch = this.watches.get(about) ?? { about, seq: 0, topics: [], waiters: new Set() }
    this.watches.set(about, watch)
    watch.waiters.add(waiter)
    if (seq < watch.seq) return watch
    watch.seq = seq
    if (watch.topics !== topics) this.listUnder(watch, topics)
    return watch
  }

  leave(waiter: W, watch: Watch<W>): void {
    watch.waiters.delete(waiter)
    if (watch.waiters.size > 0) return
    this.listUnder(watch, [])
    this.watches.delete(watch.about)
  }

  private listUnder(watch: Watch<W>, topics: readonly string[]): void {
    for (const topic of watch.topics) {
      const listed = this.byTopic.get(topic)
      listed?.delete(watch)
      if (listed?.size === 0) this.byTopic.delete(topic)
    }
    watch.topics = topics
    for (const topic of topics) {
      const listed = this.byTopic.get(topic)
      if (listed) listed.add(watch)
      else this.byTopic.set(topic, new Set([watch]))
    }
  }
}
