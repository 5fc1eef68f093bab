import type { LogPosition } from '@/db/feed'
import type { Actor } from '@/lib/domain/context'
import type { LogPlace } from '@/lib/domain/log-place'
import type { Stream } from '../define'
import type { ToldEvent } from './sight'
import type { Shared } from './views'

/** Why a stream ends. `failed` is an error in Cairn. */
export type Ending = 'gone' | 'log_replaced' | 'unauthenticated' | 'slow' | 'failed'

/** Whoever is told the events of one stream. What it is told may wait in it until its client takes it. */
export type Listener = {
  /** Whether it is also told of each milestone of which checkpoints may have changed their state because one elsewhere did. */
  hearsOfDependents?: boolean
  /** In bytes: how much waits, and how much was ever taken. */
  waiting: () => number
  taken: () => number
  hear: (events: readonly ToldEvent[]) => void
  /** Nothing that may be read is missing up to this position. */
  beat: (position: LogPosition) => void
  end: (why: Ending, error?: unknown) => void
}

/** In bytes: a listener in which more than this waits is told no more of the past until its client has taken some of it. */
export const ROOM = 64 * 1_024

export type Following = {
  /** The listener has room for more of the past. */
  more: () => void
  /** The client has left. */
  stop: () => void
}

/** One stream, from the call that opens it to its end. */
export type Reader = {
  operation: Stream
  input: object
  actor: Actor
  listener: Listener
  after: LogPlace | null
  /** The position up to which it was told everything; null until the stream has begun. */
  at: LogPosition | null
  shared: Shared | null
  /** Whether it hears the news. Otherwise it is told the past, page by page. */
  isLive: boolean
  /** Whether it is among those that are due for a page. */
  isDue: boolean
  isOver: boolean
  /** How much it had taken at the last heartbeat if something waited then, else null. */
  stuckAt: number | null
  begun: { resolve: (following: Following) => void; reject: (error: unknown) => void }
}

/** Whose stream it is: a key's, or that of a person who is signed in. */
export const ownerOf = ({ actor_id, key_id }: Actor): string => key_id ?? actor_id
