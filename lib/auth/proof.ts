import type { Instance } from '@/db/instance'
import { type Account, findPassword } from '@/db/sign-in/accounts'
import { countTry, forgetTries } from './guessing'
import { isPassword } from './password'
import type { Session } from './session'

/** So long after a person came in otherwise than by their password, it need not be asked for: it may be lost. */
const COUNTS_MS = 15 * 60_000

/** Whether a session was begun just now by something that proves as much as the password. */
export const isProven = ({ by, created_at }: Session, now = Date.now()): boolean =>
  by !== 'password' && by !== 'invitation' && now - created_at.getTime() < COUNTS_MS

/**
 * Why a change by which somebody could take an account over may not be made, as a part of an address, or null: whoever has only found a browser
 * open must not make it. @throws busy, unavailable
 */
export const faultOfProof = async (
  instance: Instance,
  headers: Headers,
  session: Session,
  { principal_id, email }: Account,
  password: string,
): Promise<string | null> => {
  if (isProven(session)) return null
  const seconds = await countTry(instance, headers, email)
  if (seconds > 0) return `TOO_SOON&wait=${seconds}`
  const present = await findPassword(instance, principal_id)
  if (!(await isPassword(password, present))) return present === null ? 'LINK_NEEDED' : 'WRONG_PASSWORD'
  await forgetTries(instance, headers, email)
  return null
}
