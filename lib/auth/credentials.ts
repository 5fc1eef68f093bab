import type { Instance } from '@/db/instance'
import { findKeyByHash, type KeyIdentity, recordKeyUse } from '@/db/queries/principals'
import type { Actor } from '@/lib/domain/context'
import { DomainError, invalid } from '@/lib/domain/errors'
import type { Via } from '@/lib/domain/events'
import { isWellFormedKey, sha256 } from './key'
import { findSession } from './session'

/** Whose a key is never changes, so it is kept; whether it is still live is judged in the lane or in the read, every time. */
const known = new Map<string, KeyIdentity>()
const MOST_KNOWN = 10_000

const lastRecorded = new Map<string, number>()
const RECORD_EVERY_MS = 60_000

const SESSION_ID_LENGTH = 200

const unauthenticated = (message: string) => new DomainError('unauthenticated', message)

/** From a request's headers to who asks. @throws unauthenticated; forbidden for a change from a foreign page */
export const authenticate = async (instance: Instance, request: Request, via: Via): Promise<Actor> => {
  const { headers } = request
  const authorization = headers.get('authorization')
  if (authorization === null) return actorOfBrowser(headers, { changes: request.method !== 'GET' })
  const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (!secret || !isWellFormedKey(secret))
    throw unauthenticated('The key is not valid. Send Authorization: Bearer sk_live_… with a whole key.')
  const { key_id, principal_id } = await identityOf(instance, secret)
  recordUse(instance, key_id, via)
  return { actor_id: principal_id, key_id, session_id: sessionIdOf(headers), via }
}

const identityOf = async (instance: Instance, secret: string): Promise<KeyIdentity> => {
  const hash = sha256(secret)
  const cached = known.get(hash)
  if (cached) return cached
  const identity = await findKeyByHash(instance, hash)
  if (!identity) throw unauthenticated('The key is not valid, or no longer.')
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(hash, identity)
  return identity
}

const sessionIdOf = (headers: Headers): string | null => headers.get('x-clink-session-id') || headers.get('x-session-id') || null

/** @throws invalid for a session id that is too long */
export const assertSessionId = (headers: Headers): void => {
  if ((sessionIdOf(headers)?.length ?? 0) > SESSION_ID_LENGTH)
    throw invalid('X-Session-Id', `is longer than ${SESSION_ID_LENGTH} characters`)
}

/** The signed-in person of a browser's request. @throws unauthenticated; forbidden for a change from a foreign page */
export const actorOfBrowser = async (headers: Headers, { changes }: { changes: boolean }): Promise<Actor> => {
  const session = headers.get('cookie') === null ? null : await findSession(headers)
  if (!session) throw unauthenticated('Send a key (Authorization: Bearer sk_live_…), or sign in.')
  if (changes && !isOwnPage(headers)) {
    throw new DomainError('forbidden', 'A change by a browser session must come from our own pages.', { missing: 'same origin' })
  }
  return { actor_id: session.principal_id, key_id: null, session_id: sessionIdOf(headers) ?? session.session_id, via: 'web' }
}

/** A cookie is sent whoever made the page: a change counts only from a page of the host that is asked. */
export const isOwnPage = (headers: Headers): boolean => {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = headers.get('origin')
  if (origin === null) return site === 'same-origin'
  if (!URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  return (protocol === 'http:' || protocol === 'https:') && host === headers.get('host')
}

/** When and by what a key was last used: at most once a minute, after the fact, and never in the way of the call. */
const recordUse = (instance: Instance, key_id: string, via: Via): void => {
  const now = Date.now()
  if (now - (lastRecorded.get(key_id) ?? 0) < RECORD_EVERY_MS) return
  if (lastRecorded.size >= MOST_KNOWN) lastRecorded.clear()
  lastRecorded.set(key_id, now)
  recordKeyUse(instance, key_id, via).catch(() => lastRecorded.delete(key_id))
}
