import { createHmac } from 'node:crypto'
import type { Instance } from '@/db/instance'
import { countAttempt, forgetAttempts } from '@/db/sign-in/attempts'
import { ADDRESS_HEADER, getAuth } from './session'

/** From one address, for one e-mail address. Who guesses from elsewhere does not slow the person themselves. */
const PAIR = { free: 5, mostSeconds: 900 }
/** For one e-mail address, from wherever: so gentle that nobody can be locked out. */
const EMAIL = { free: 50, mostSeconds: 30 }
/** From one address, which many may share, for whichever e-mail addresses. */
const ADDRESS = { free: 200, mostSeconds: 60 }

/** The names under which tries are counted say nothing about whom they were for. */
const namesOf = async (instance: Instance, headers: Headers, email: string) => {
  const { secret } = await getAuth(instance)
  const address = headers.get(ADDRESS_HEADER) ?? ''
  const named = (...parts: string[]) => `password|${createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url')}`
  return { pair: named('pair', email, address), email: named('email', email), address: named('address', address) }
}

/** Counts a try of a password, before it is compared. Returns 0, or in how many seconds the next may be made: this one may not. @throws busy, unavailable */
export const countTry = async (instance: Instance, headers: Headers, email: string): Promise<number> => {
  const names = await namesOf(instance, headers, email)
  return (
    (await countAttempt(instance, names.pair, PAIR)) ||
    (await countAttempt(instance, names.email, EMAIL)) ||
    (await countAttempt(instance, names.address, ADDRESS))
  )
}

/** Forgets the tries for an e-mail address, because the password was right. @throws busy, unavailable */
export const forgetTries = async (instance: Instance, headers: Headers, email: string): Promise<void> => {
  const names = await namesOf(instance, headers, email)
  await forgetAttempts(instance, names.pair)
  await forgetAttempts(instance, names.email)
}
