import type { Account } from '@/db/sign-in/accounts'
import { LIMITS } from '@/lib/domain/limits'

export type PasswordFault = 'SHORT' | 'LONG' | 'COMMON' | 'PERSONAL'

/** Why a password is too easy to guess, or null if nothing is known against it. No character is asked for: length is what counts. */
export const faultOfPassword = async (
  password: string,
  { name, email }: Pick<Account, 'name' | 'email'>,
): Promise<PasswordFault | null> => {
  const { length } = Array.from(password)
  if (length < LIMITS.password_least) return 'SHORT'
  if (length > LIMITS.password) return 'LONG'
  const plain = password.normalize('NFKC').toLowerCase()
  if ([name, email, email.split('@', 1)[0]].some((own) => own?.toLowerCase() === plain)) return 'PERSONAL'
  return (await commonPasswords()).has(plain) || new Set(plain).size < 3 ? 'COMMON' : null
}

let common: Promise<Set<string>> | null = null

/** Some 50,000 passwords that were found in leaks most often. They are read only when somebody chooses a password. */
const commonPasswords = (): Promise<Set<string>> => {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common'].map(String)))
  return common
}
