import type { Checkpoint } from '@/lib/client/graph'
import { EXPIRED_REASON } from '@/lib/domain/attempt'
import type { LoggedEvent } from '@/lib/domain/schemas/event'

/** Who made an attempt, as far as the events tell. */
type Maker = Pick<LoggedEvent, 'actor_id' | 'actor_name' | 'on_behalf_of'>

/** How an attempt ended, and when. It is `running` as long as its claim stands. */
export type Attempt = {
  number: number
  by: Maker
  at: string
} & ({ end: 'running' | 'completed' | 'released' | 'expired' } | { end: 'failed'; reason: string })

/** The attempts at a checkpoint, the latest first, from its events, the latest first, as far as they have been read. */
export function attemptsOf(events: readonly LoggedEvent[], { claim, last_failure }: Pick<Checkpoint, 'claim' | 'last_failure'>): Attempt[] {
  const attempts = new Map<number, Attempt>()
  const nameOf = namesIn(events)
  let latest = 0
  for (const { type, data, at, actor_id, actor_name, on_behalf_of } of events.toReversed()) {
    const actor = { actor_id, actor_name, on_behalf_of }
    const number = Number(data.attempt)
    const held_by = String(data.held_by)
    const by = attempts.get(number)?.by ?? { actor_id: held_by, actor_name: nameOf(held_by) ?? '', on_behalf_of: null }
    if (type === 'claim.taken') {
      attempts.set(number, { number, by: actor, at, end: 'running' })
      latest = number
    }
    if (type === 'claim.released') attempts.set(number, { number, by, at, end: 'released' })
    if (type === 'claim.expired') attempts.set(number, { number, by, at: String(data.expired_at), end: 'expired' })
    if (type === 'checkpoint.failed') attempts.set(number, { number, by: actor, at, end: 'failed', reason: String(data.reason) })
    const running = attempts.get(latest)
    if (type === 'checkpoint.completed' && running?.end === 'running') attempts.set(latest, { ...running, at, end: 'completed' })
  }
  // That a claim has expired is written only with the next change.
  const last = attempts.get(latest)
  if (last?.end === 'running' && !claim && last_failure?.attempt === latest) {
    const { reason, at } = last_failure
    attempts.set(latest, reason === EXPIRED_REASON ? { ...last, at, end: 'expired' } : { ...last, at, end: 'failed', reason })
  }
  return [...attempts.values()].sort((a, b) => b.number - a.number)
}

/** The names of principals by their ids, from all that they did in these events. */
export function namesIn(events: readonly LoggedEvent[]): (principal_id: string) => string | undefined {
  const names = new Map(events.map(({ actor_id, actor_name }) => [actor_id, actor_name]))
  return (principal_id) => names.get(principal_id)
}
