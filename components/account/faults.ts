import { LIMITS } from '@/lib/domain/limits'

/** What is said of a form that was refused, by the reason in the address. */
const WORDS: Record<string, string> = {
  WRONG_PASSWORD: 'That is not your present password.',
  LINK_NEEDED: 'You have no password, and you came in too long ago to do this without one. Sign in again first, by a new sign-in link.',
  SHORT: `This password is too short. Use ${LIMITS.password_least} characters or more; a few words are easy to remember.`,
  LONG: `This password is too long. Use ${LIMITS.password} characters or fewer.`,
  COMMON: 'This password is among those that are guessed first. Use another one.',
  PERSONAL: 'This password is your own name or address. Use another one.',
  NAME: 'This name is empty, or has characters in it that nobody can see.',
  EMAIL: 'This is not an e-mail address.',
  EMAIL_TAKEN: 'Somebody else here has this e-mail address. If it is you, sign in with it instead.',
}

/** The reason for which a form was refused, as a sentence, or null for no reason that is known. */
export const sayFault = (error: string | undefined, wait?: string): string | null => {
  if (error === 'TOO_SOON') return tooSoon(wait)
  return error !== undefined && Object.hasOwn(WORDS, error) ? (WORDS[error] ?? null) : null
}

/** @param wait a number of seconds, which anybody may have written */
export const tooSoon = (wait: string | undefined): string => {
  const seconds = /^\d{1,4}$/.test(wait ?? '') ? Number(wait) : 0
  const when = seconds > 1 ? `in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}` : 'in a moment'
  return `There were too many wrong passwords. Try again ${when}.`
}
