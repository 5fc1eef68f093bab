import type { Unit } from '@/lib/domain/kinds'
import { NotLoaded, type World } from '@/lib/domain/world'
import type { Reading } from '../read'

/**
 * Asks a pure question for each of these who still waits, and refuses those for whom it fails. What they lack of the world is loaded for several together:
 * for a few at first, because most lack the same, and for twice as many each time.
 */
export const askAll = async <W extends { isDone: boolean }, T>(
  waiters: Iterable<W>,
  { world }: Reading,
  ask: (world: World, waiter: W) => T,
  refuse: (waiter: W, error: unknown) => void,
): Promise<Map<W, T>> => {
  const found = new Map<W, T>()
  let atOnce = 4
  await world((known) => {
    const lacking: Unit[] = []
    let left = atOnce
    for (const waiter of waiters) {
      if (waiter.isDone || found.has(waiter)) continue
      if (left === 0) break
      try {
        found.set(waiter, ask(known, waiter))
      } catch (error) {
        if (!(error instanceof NotLoaded)) {
          refuse(waiter, error)
          continue
        }
        lacking.push(...error.units)
        left -= 1
      }
    }
    atOnce *= 2
    if (lacking.length > 0) throw new NotLoaded(lacking)
  })
  return found
}
