import type { Instance } from '@/db/instance'
import { recordKeyUse } from '@/db/queries/principals'
import type { Actor } from '@/lib/domain/context'

const lastRecorded = new Map<string, number>()
const RECORD_EVERY_MS = 60_000
const MOST_KNOWN = 10_000

/** What a key was used for: the name of the operation, and what the client calls itself, if it does. */
export type Use = { call: string; client: string | null }

/** Records when, by which transport and for what the actor's key was last used, at most once a minute. The call does not wait for it. */
export const recordUse = (instance: Instance, { key_id, via }: Actor, _use: Use): void => {
  if (key_id === null) return
  const now = Date.now()
  if (now - (lastRecorded.get(key_id) ?? 0) < RECORD_EVERY_MS) return
  if (lastRecorded.size >= MOST_KNOWN) lastRecorded.clear()
  lastRecorded.set(key_id, now)
  recordKeyUse(instance, key_id, via).catch(() => lastRecorded.delete(key_id))
}
