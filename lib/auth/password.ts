import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { DomainError } from '@/lib/domain/errors'

/** The second set of OWASP for scrypt: 32 MiB, and about a quarter of a second of one core. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const BYTES = 32

/** Each derivation needs its memory and a thread that files and names of hosts are looked up by too. */
const MOST_AT_ONCE = 2
const MOST_WAITING = 20

let running = 0
const waiting: (() => void)[] = []

/** Runs what is expensive when its turn has come. @throws busy */
const inTurn = async <T>(run: () => Promise<T>): Promise<T> => {
  if (running >= MOST_AT_ONCE) {
    if (waiting.length >= MOST_WAITING)
      throw new DomainError('busy', 'Too many people are signing in at once. Try again in a few seconds.', { retry_after_seconds: 5 })
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    return await run()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

const derive = (password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        const text = password.normalize('NFKC')
        scrypt(text, salt, BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => (error ? reject(error) : resolve(key)))
      }),
  )

/** What is stored of a password: how it was derived, the salt, and the key. @throws busy */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16)
  const key = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Has the costs of a hash and is that of no password. */
const NOBODY = ['scrypt', COST.N, COST.r, COST.p, randomBytes(16).toString('base64url'), randomBytes(BYTES).toString('base64url')].join('$')

/** Whether a hash is that of a password. Where there is none it takes as long, so that nobody learns from the time who has a password. @throws busy */
export const isPassword = async (password: string, hash: string | null): Promise<boolean> => {
  const [name, N, r, p, salt, key] = (hash ?? NOBODY).split('$')
  if (name !== 'scrypt' || !salt || !key) return false
  const expected = Buffer.from(key, 'base64url')
  const derived = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return hash !== null && expected.length === derived.length && timingSafeEqual(expected, derived)
}
