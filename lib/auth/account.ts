import type { Instance } from '@/db/instance'
import { findAccount, findPassword, setPassword } from '@/db/sign-in/accounts'
import { type Ended, endSessions, type ListedSession, listSessions } from '@/db/sign-in/sessions'
import { DomainError } from '@/lib/domain/errors'
import { isOwnPage } from './credentials'
import { readForm } from './form'
import { countTry, forgetTries } from './guessing'
import { faultOfPassword } from './new-password'
import { failed, goOn, say } from './pages'
import { hashPassword, isPassword } from './password'
import { findSession, type Session } from './session'
import { tellEnded } from './watch'

const PAGE = '/settings/account'

/** So long after a link was opened, a password may be set without the old one, which may be lost. */
const LINK_COUNTS_MS = 15 * 60_000

/** Whether a person may set a password without knowing the present one. */
export const mayForget = ({ by, created_at }: Session, now = Date.now()): boolean =>
  by === 'link' && now - created_at.getTime() < LINK_COUNTS_MS

/** What the account page shows of how its person signs in. */
export type SignIns = { current: string; sessions: ListedSession[]; hasPassword: boolean; mayForget: boolean }

/** Null for somebody whose session has just ended. @throws busy, unavailable */
export const readSignIns = async (instance: Instance, headers: Headers): Promise<SignIns | null> => {
  const session = await findSession(headers)
  if (!session) return null
  const { id, principal_id } = session
  const [sessions, password] = await Promise.all([listSessions(instance, principal_id), findPassword(instance, principal_id)])
  return { current: id, sessions, hasPassword: password !== null, mayForget: mayForget(session) }
}

type Handle = (session: Session, form: URLSearchParams) => Promise<Response>

/** Handles a form of the account page, for the person who is signed in. */
const handled = async (request: Request, handle: Handle): Promise<Response> => {
  if (!isOwnPage(request.headers)) return say(403, 'Nothing was changed', 'This did not come from a page of Cairn. Make the change there.')
  const form = await readForm(request)
  if (!form) return goOn(PAGE)
  try {
    const session = await findSession(request.headers)
    return session ? await handle(session, form) : goOn(`/sign-in/to?page=${encodeURIComponent(PAGE)}`)
  } catch (error) {
    return failed(error, 'It is not certain that anything was changed', 'Then look at your account again.')
  }
}

/** Sets the password of the person who is signed in, and ends their other sessions: whoever began one knew the old password. */
export const changePassword = (instance: Instance, request: Request): Promise<Response> =>
  handled(request, async (session, form) => {
    const { principal_id } = session
    const refuse = (error: string) => goOn(`${PAGE}?error=${error}#password`)
    const account = await findAccount(instance, principal_id)
    if (!account) throw new DomainError('unavailable', 'Your account was not found.', { retry_after_seconds: 2 })
    if (!mayForget(session)) {
      const seconds = await countTry(instance, request.headers, account.email)
      if (seconds > 0) return refuse(`TOO_SOON&wait=${seconds}`)
      const present = await findPassword(instance, principal_id)
      if (!(await isPassword(form.get('password') ?? '', present))) return refuse(present === null ? 'LINK_NEEDED' : 'WRONG_PASSWORD')
      await forgetTries(instance, request.headers, account.email)
    }
    const password = form.get('new_password') ?? ''
    const fault = await faultOfPassword(password, account)
    if (fault) return refuse(fault)
    await setPassword(instance, { principal_id, hash: await hashPassword(password) })
    await end(instance, principal_id, { but: session.id })
    return goOn(`${PAGE}?saved=password#password`)
  })

/** Ends one of the sessions of the person who is signed in, or all but the one in this browser. */
export const endOwnSessions = (instance: Instance, request: Request): Promise<Response> =>
  handled(request, async ({ id, principal_id }, form) => {
    const only = form.get('session')
    await end(instance, principal_id, only === null ? { but: id } : { only })
    return goOn(`${PAGE}?saved=sessions#sessions`)
  })

const end = async (instance: Instance, principal_id: string, which: Ended): Promise<void> => {
  for (const id of await endSessions(instance, principal_id, which)) tellEnded(id)
}
