import type { Instance } from '@/db/instance'
import { recordKeyUse } from '@/db/queries/keys'
import type { Actor } from '@/lib/domain/context'
import { LIMITS } from '@/lib/domain/limits'

/** When a key was last recorded as used, by key and call, and there by client. */
const lastRecorded = new Map<string, Map<string | null, number>>()
const RECORD_EVERY_MS = 60_000
const MOST_KNOWN = 10_000
/** A key might name another client with each call. So many of them are recorded in a minute. */
const MOST_CLIENTS = 8

/** What a key was used for: the name of the operation, or of the method by which a client makes contact, and what the client calls itself, if it does. */
export type Use = { call: string; client: string | null }

/**
 * Records when, by which transport, by which client and for what the actor's key was last used, at most once a minute for each call of each client. So the
 * first operation is seen although the client made contact just before, or another client with the same key called it. The call does not wait for it.
 */
export const recordUse = (instance: Instance, { key_id, via }: Actor, { call, client }: Use): void => {
  if (key_id === null) return
  const name = client === null ? null : cleaned(client)
  const clients = clientsOf(`${key_id} ${call}`)
  const now = Date.now()
  for (const [known, at] of clients) if (now - at >= RECORD_EVERY_MS) clients.delete(known)
  if (clients.has(name) || clients.size >= MOST_CLIENTS) return
  clients.set(name, now)
  const use = { via, call, client: name, isNameless: name === null || LIBRARY.test(name), isContact: isContact(call) }
  recordKeyUse(instance, key_id, use).catch(() => clients.delete(name))
}

const clientsOf = (known: string): Map<string | null, number> => {
  const found = lastRecorded.get(known)
  if (found) return found
  if (lastRecorded.size >= MOST_KNOWN) lastRecorded.clear()
  const clients = new Map<string | null, number>()
  lastRecorded.set(known, clients)
  return clients
}

/** Methods of MCP are named like `initialize` or `tools/list`, and operations like `list_milestones`. */
const isContact = (call: string): boolean => !call.includes('_')

/** What a library of HTTP calls itself, if the client that uses it says nothing. It does not take the place of a name. */
const LIBRARY = /^(node|undici|node-fetch|axios|got|bun|deno|python|aiohttp|httpx|go-http-client|reqwest|okhttp|java)\b/i

/** What comes later in the name of a client is not looked at. */
const LONGEST_READ = 1_000

/** Anybody may write anything into the name of a client. It is kept as one short line without what nobody could see, or as null if nothing is left. */
const cleaned = (client: string): string | null => {
  const line = client
    .slice(0, LONGEST_READ)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
  const characters = Array.from(line.trim())
  return characters.slice(0, LIMITS.client).join('').trim() || null
}
