import { DomainError } from '@/lib/domain/errors'
import type { Event } from '@/lib/domain/events'
import type { Unit } from '@/lib/domain/kinds'
import { LIMITS } from '@/lib/domain/limits'
import type { World } from '@/lib/domain/world'
import type { Reading } from '../read'

/** The moment of a look: the snapshot, the events about the wait since the last look, and whether the caller waits no longer, so that an answer is due. */
export type Moment = { now: string; events: readonly Event[]; isOver: boolean }

/** What a look at a world found: an answer as JSON, or that there is none yet. */
export type Looked =
  | { answer: string }
  | {
      /** Names what is waited for. All waits for the same hang on the same topics. */
      about: string
      hangsOn: () => readonly string[]
      /** When to look again at the latest, by the database's clock. */
      again_at: string | null
    }

/** A call that waits until there is an answer. */
export type Wait = {
  principal_id: string
  /** No more than LIMITS.waits_per_key waits with the same text may run at once. */
  limitedBy: string
  /** How long the caller waits. After that, a look must answer. */
  seconds: number
  signal: AbortSignal | null
  /** The units that the first look needs in any case. */
  expected: readonly Unit[]
  /** Pure but for that it settles what is asked, in the world of the first look. @throws DomainError */
  begin: (world: World, reading: Reading) => void
  /** Reads what the first look needs besides a world. */
  read: (reading: Reading) => Promise<void>
  /** Pure. @throws DomainError */
  look: (world: World, moment: Moment) => Looked
}

export const tooMany = () =>
  new DomainError(
    'rate_limited',
    `This key has ${LIMITS.waits_per_key.toLocaleString('en')} waits already, the most that it may have. Let one of them end first, or wait for a change of a milestone instead of each of its checkpoints.`,
    {
      limit: LIMITS.waits_per_key,
      retry_after_seconds: 5,
    },
  )

export const left = () => new DomainError('unavailable', 'The caller stopped waiting.')
export const stopping = () =>
  new DomainError('unavailable', 'Cairn stops or starts again. Send the same call again.', { retry_after_seconds: 1 })

export const replaced = (seq: number) =>
  new DomainError(
    'log_replaced',
    `The log was replaced by another one while this call waited, such as one from a backup. It ends at ${seq}. Read what you wait for again.`,
    { seq },
    seq,
  )
