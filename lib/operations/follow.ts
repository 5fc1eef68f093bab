import type { Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import type { Stream } from './define'
import { parse } from './execute'
import { Hub } from './follow/hub'
import type { Following, Listener } from './follow/reader'

export type { LogPosition } from '@/db/feed'
export { type Ending, type Following, type Listener, ROOM } from './follow/reader'
export type { ToldEvent } from './follow/sight'

type Call = { input: unknown; actor: Actor; listener: Listener }

/**
 * Follows the events of a stream, beginning after the place in the log that its input names. The listener first hears the position from which it
 * follows, and then each event that its caller may read, once and in order.
 * @throws DomainError if the stream may not begin
 */
export const follow = async (instance: Instance, operation: Stream, { input, actor, listener }: Call): Promise<Following> => {
  const parsed = await parse(instance, operation, { input, actor })
  return hubOf(instance).open(operation, parsed, actor, listener)
}

const hubs = new WeakMap<Instance, Hub>()

/** The hub of an instance. It is made by the first call. */
export const hubOf = (instance: Instance, heartbeat?: number): Hub => {
  const hub = hubs.get(instance) ?? new Hub(instance, heartbeat)
  hubs.set(instance, hub)
  return hub
}
