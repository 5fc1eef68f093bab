/** What is said about a password that was refused, by the reason in the address. */
const WORDS: Record<string, string> = {
  WRONG_PASSWORD: 'That is not your present password.',
  LINK_NEEDED: 'You have no password yet, and this session is too old to set one without it. Open a new sign-in link first.',
  SHORT: 'This password is too short. Use 8 characters or more; a few words are easy to remember.',
  LONG: 'This password is too long. Use 256 characters or fewer.',
  COMMON: 'This password is among those that are guessed first. Use another one.',
  PERSONAL: 'This password is your own name or address. Use another one.',
}

/** The reason for which a password was refused, as a sentence, or null for a reason that is none of a password. */
export const sayPassword = (error: string | undefined, wait?: string): string | null => {
  if (error === 'TOO_SOON') return tooSoon(wait)
  return error !== undefined && Object.hasOwn(WORDS, error) ? (WORDS[error] ?? null) : null
}

/** @param wait a number of seconds, which anybody may have written */
export const tooSoon = (wait: string | undefined): string => {
  const seconds = /^\d{1,4}$/.test(wait ?? '') ? Number(wait) : 0
  const when = seconds > 1 ? `in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}` : 'in a moment'
  return `There were too many wrong passwords. Try again ${when}.`
}
