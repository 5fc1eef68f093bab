import type { Instance } from '@/db/instance'
import { recordKeyUse } from '@/db/queries/keys'
import type { Actor } from '@/lib/domain/context'
import { LIMITS } from '@/lib/domain/limits'

/** When a key was last recorded as used for a call, by key and call. */
const lastRecorded = new Map<string, number>()
const RECORD_EVERY_MS = 60_000
const MOST_KNOWN = 10_000

/** What a key was used for: the name of the operation, or of the method by which a client makes contact, and what the client calls itself, if it does. */
export type Use = { call: string; client: string | null }

/**
 * Records when, by which transport, by which client and for what the actor's key was last used, at most once a minute for each call. So the first
 * operation is seen although the client made contact just before. The call does not wait for it.
 */
export const recordUse = (instance: Instance, { key_id, via }: Actor, { call, client }: Use): void => {
  if (key_id === null) return
  const known = `${key_id} ${call}`
  const now = Date.now()
  if (now - (lastRecorded.get(known) ?? 0) < RECORD_EVERY_MS) return
  if (lastRecorded.size >= MOST_KNOWN) lastRecorded.clear()
  lastRecorded.set(known, now)
  const name = client === null ? null : cleaned(client)
  const use = { via, call, client: name, isNameless: name === null || LIBRARY.test(name), isContact: isContact(call) }
  recordKeyUse(instance, key_id, use).catch(() => lastRecorded.delete(known))
}

/** Methods of MCP are named like `initialize` or `tools/list`, and operations like `list_milestones`. */
const isContact = (call: string): boolean => !call.includes('_')

/** What a library of HTTP calls itself, if the client that uses it says nothing. It does not take the place of a name. */
const LIBRARY = /^(node|undici|node-fetch|axios|got|bun|deno|python|aiohttp|httpx|go-http-client|reqwest|okhttp|java)\b/i

/** Anybody may write anything into the name of a client. It is kept as one short line without what nobody could see, or as null if nothing is left. */
const cleaned = (client: string): string | null => {
  const line = client.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
  const characters = Array.from(line.trim())
  return characters.slice(0, LIMITS.client).join('').trim() || null
}
