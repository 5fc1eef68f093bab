import { createHash } from 'node:crypto'
import { randomText, textFrom } from '@/lib/domain/ids'

export type KeyScope = 'user' | 'group'

/** The stored part of a key. It is enough to recognise the key, and not enough to use it. */
export type KeyPrint = { hash: string; hint: string }

const PREFIX = { user: 'sk_live_u_', group: 'sk_live_g_' } as const
const SHAPE = /^sk_live_[ug]_[a-z2-7]{38}$/
const CHECKSUM = 6

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** With a checksum, a mistyped key is refused without asking the database. */
const checksum = (body: string): string => {
  const digest = createHash('sha256').update(body).digest()
  return textFrom(digest.subarray(0, CHECKSUM))
}

/** A secret is a prefix that secret scanners know, 160 random bits and a checksum. It is shown once; only its print is stored. */
export const makeKey = (scope: KeyScope, random = randomText(32)): KeyPrint & { secret: string } => {
  const body = PREFIX[scope] + random
  const secret = body + checksum(body)
  return { secret, hash: sha256(secret), hint: secret.slice(-4) }
}

export const isWellFormedKey = (secret: string): boolean =>
  SHAPE.test(secret) && checksum(secret.slice(0, -CHECKSUM)) === secret.slice(-CHECKSUM)
