import { isolated } from './bidi'
import type { Key, Principal } from './entities'
import { DomainError } from './errors'
import type { Authorship } from './events'
import type { IdSource } from './ids'
import { findMilestoneOf } from './reach'
import type { World } from './world'

/** The caller that the credentials name. What it may do is judged later, against the world. `key_id` is null for a browser session. */
export type Actor = Omit<Authorship, 'actor_type' | 'on_behalf_of'>

/** An actor that the world knows and whose key is live. */
export type Caller = { actor: Actor; principal: Principal; key: Key | null }

/** All that a rule, a decision or a view is given besides the world. Nothing else may influence its result. */
export type Context = {
  caller: Caller
  /** The time of the change or of the read by the database's clock, ISO 8601 UTC. */
  now: string
  /** The public address under which the instance's pages are found. */
  origin: string
  ids: IdSource
}

const REFUSED = 'The key is unknown, revoked or expired, or the session has ended. Use another key, or sign in again.'

/** Whether a key has ended for good: it was revoked, or its milestone was deleted (K2). */
export const hasEnded = (world: World, key: Key): boolean =>
  key.revoked_at !== null || (key.milestone_id !== null && findMilestoneOf(world, key) === null)

/** @throws unauthenticated for a key that is unknown, has ended or is past its expiry, and for an agent profile that is suspended or deleted (A2) */
export const identify = (world: World, actor: Actor, now: string): Caller => {
  const principal = world.find('principal', actor.actor_id)
  const key = principal && actor.key_id ? world.findIn('principal', principal.principal_id, 'key', actor.key_id) : null
  const dead = key && (hasEnded(world, key) || (key.expires_at !== null && key.expires_at <= now))
  if (!principal || principal.deleted_at !== null || (actor.key_id && !key) || dead) throw new DomainError('unauthenticated', REFUSED)
  if (principal.suspended_at !== null)
    throw new DomainError(
      'unauthenticated',
      `The agent profile ${isolated(principal.name)} is suspended, so its keys do not work. Ask an admin of its group, or the person who answers for it.`,
    )
  return { actor, principal, key }
}

export const authorshipOf = ({ actor, principal }: Caller): Authorship => ({
  ...actor,
  actor_type: principal.kind,
  on_behalf_of: principal.accountable_id,
})
