import type { Instance } from '@/db/instance'
import { type Account, findAccount } from '@/db/sign-in/accounts'
import { type Ended, endSessions } from '@/db/sign-in/sessions'
import { DomainError } from '@/lib/domain/errors'
import { isOwnPage } from './credentials'
import { readForm } from './form'
import { failed, goOn, say } from './pages'
import { findSession, type Session } from './session'
import { tellEnded } from './watch'

export const ACCOUNT_PAGE = '/settings/account'

/** A part of the account page, in which it is said how a form of it fared. */
export type Part = 'email' | 'password' | 'providers' | 'sessions'

/** `error` may have further parameters behind it. */
export const refusedIn = (part: Part, error: string, cookies: readonly string[] = []): Response =>
  goOn(`${ACCOUNT_PAGE}?error=${error}&in=${part}#${part}`, cookies)

export const savedIn = (part: Part, cookies: readonly string[] = []): Response => goOn(`${ACCOUNT_PAGE}?saved=${part}#${part}`, cookies)

/** Whom a form of the account page is for, and what they sent. */
export type Sent = { session: Session; form: URLSearchParams; headers: Headers }

/** Handles a form of the account page, for the person who is signed in. */
export const handled = async (request: Request, handle: (sent: Sent) => Promise<Response>): Promise<Response> => {
  const { headers } = request
  if (!isOwnPage(headers)) return say(403, 'Nothing was changed', 'This did not come from a page of Cairn. Make the change there.')
  const form = await readForm(request)
  if (!form) return goOn(ACCOUNT_PAGE)
  try {
    const session = await findSession(headers)
    return session ? await handle({ session, form, headers }) : goOn(`/sign-in/to?page=${encodeURIComponent(ACCOUNT_PAGE)}`)
  } catch (error) {
    return failed(error, 'It is not certain that anything was changed', 'Then look at your account again.')
  }
}

/** @throws busy, unavailable */
export const accountOf = async (instance: Instance, { principal_id }: Session): Promise<Account> => {
  const account = await findAccount(instance, principal_id)
  if (!account) throw new DomainError('unavailable', 'Your account was not found.', { retry_after_seconds: 2 })
  return account
}

/** Ends sessions of a person, on every process. @throws busy, unavailable */
export const endThem = async (instance: Instance, principal_id: string, which: Ended): Promise<void> => {
  for (const id of await endSessions(instance, principal_id, which)) tellEnded(id)
}
