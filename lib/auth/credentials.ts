import { getInstance, type Instance } from '@/db/instance'
import { findKeyByHash, type KeyIdentity } from '@/db/queries/principals'
import type { Actor } from '@/lib/domain/context'
import { DomainError, invalid } from '@/lib/domain/errors'
import type { Via } from '@/lib/domain/events'
import { SessionId } from '@/lib/domain/schemas/text'
import { isOwnOrigin } from '@/lib/origin.mjs'
import { isWellFormedKey, sha256 } from './key'
import { findSession } from './session'
import { countWrongKey } from './wrong-keys'

/** The owner of a key never changes, so it is cached. Whether the key is live is checked on every call, in the lane or in the read. */
const known = new Map<string, KeyIdentity>()
const MOST_KNOWN = 10_000
const beingLookedUp = new Map<string, Promise<KeyIdentity | null>>()

const unauthenticated = (message: string) => new DomainError('unauthenticated', message)

/** Finds the actor that a request's headers name. @throws unauthenticated; forbidden for a change from a foreign page; rate_limited for too many wrong keys */
export const authenticate = async (instance: Instance, request: Request, via: Via): Promise<Actor> => {
  const { headers } = request
  const authorization = headers.get('authorization')
  if (authorization === null) return actorOfBrowser(headers, { changes: request.method !== 'GET' })
  const secret = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (!secret || !isWellFormedKey(secret)) {
    await countWrongKey(instance, headers)
    throw unauthenticated('The Authorization header has no well-formed key. Send Authorization: Bearer sk_live_… with the whole key.')
  }
  const identity = await identityOf(instance, secret)
  if (!identity) {
    await countWrongKey(instance, headers)
    throw unauthenticated('The key is unknown, revoked or expired.')
  }
  const { key_id, principal_id } = identity
  return { actor_id: principal_id, key_id, session_id: sessionIdOf(headers), via }
}

const identityOf = async (instance: Instance, secret: string): Promise<KeyIdentity | null> => {
  const hash = sha256(secret)
  const cached = known.get(hash)
  if (cached) return cached
  // After a start, all agents that share a key may call at once.
  const looking = beingLookedUp.get(hash) ?? lookUp(instance, hash).finally(() => beingLookedUp.delete(hash))
  beingLookedUp.set(hash, looking)
  return looking
}

const lookUp = async (instance: Instance, hash: string): Promise<KeyIdentity | null> => {
  const identity = await findKeyByHash(instance, hash)
  if (!identity) return null
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(hash, identity)
  return identity
}

const sessionIdOf = (headers: Headers): string | null => headers.get('x-clink-session-id') || headers.get('x-session-id') || null

/** @throws invalid for a session id that is too long, or that is no text of one line */
export const assertSessionId = (headers: Headers): void => {
  const problem = SessionId.nullable().safeParse(sessionIdOf(headers)).error?.issues[0]
  if (problem) throw invalid('X-Session-Id', problem.message)
}

/** Finds the person who is signed in by a browser's request. @throws unauthenticated; forbidden for a change from a foreign page */
export const actorOfBrowser = async (headers: Headers, { changes }: { changes: boolean }): Promise<Actor> => {
  const session = headers.get('cookie') === null ? null : await findSession(headers)
  if (!session)
    throw unauthenticated('This request has neither a key nor a valid session. Send a key (Authorization: Bearer sk_live_…), or sign in.')
  if (changes && !isOwnPage(headers)) {
    throw new DomainError(
      'forbidden',
      `A change by a browser session must come from a page of ${getInstance().origin}. To call from elsewhere, send a key.`,
      {
        missing: 'same origin',
      },
    )
  }
  return { actor_id: session.principal_id, key_id: null, session_id: sessionIdOf(headers) ?? session.session_id, via: 'web' }
}

/** A browser sends the cookie for a foreign page too, so a change is accepted only from a page of this instance. */
export const isOwnPage = (headers: Headers): boolean => {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = headers.get('origin')
  if (origin === null) return site === 'same-origin'
  return isOwnOrigin(origin, headers.get('host') ?? '', getInstance().origin)
}
