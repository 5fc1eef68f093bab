import { createHash } from 'node:crypto'
import { randomText } from '@/lib/domain/ids'

export type KeyScope = 'user' | 'group'

/** What is stored of a key: enough to recognise it, not enough to use it. */
export type KeyPrint = { hash: string; hint: string }

const PREFIX = { user: 'sk_live_u_', group: 'sk_live_g_' } as const
const SHAPE = /^sk_live_[ug]_[a-z2-7]{38}$/
const CHECKSUM = 6

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A typing error is told from a revoked key without asking the database. */
const checksum = (body: string): string => {
  const digest = createHash('sha256').update(body).digest()
  return [...digest.subarray(0, CHECKSUM)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(byte & 31)).join('')
}

/** A new secret: 160 random bits behind a prefix that secret scanners know, then a checksum. Shown once, stored as its print. */
export const makeKey = (scope: KeyScope): KeyPrint & { secret: string } => {
  const body = PREFIX[scope] + randomText(32)
  const secret = body + checksum(body)
  return { secret, hash: sha256(secret), hint: secret.slice(-4) }
}

export const isWellFormedKey = (secret: string): boolean =>
  SHAPE.test(secret) && checksum(secret.slice(0, -CHECKSUM)) === secret.slice(-CHECKSUM)
