import type { Instance } from '@/db/instance'
import { findPassword, setPassword } from '@/db/sign-in/accounts'
import { type ListedSession, listSessions } from '@/db/sign-in/sessions'
import { DomainError } from '@/lib/domain/errors'
import { Email } from '@/lib/domain/schemas/person'
import { accountOf, endThem, handled, refusedIn, savedIn } from './account-form'
import { typedCookie } from './form'
import { faultOfPassword } from './new-password'
import { hashPassword } from './password'
import { faultOfProof, isProven } from './proof'
import { findSession, type Session } from './session'

/** What the account page shows of how its person signs in. */
export type SignIns = { current: string; sessions: ListedSession[]; hasPassword: boolean; isProven: boolean }

/** Null for somebody whose session has just ended. @throws busy, unavailable */
export const readSignIns = async (instance: Instance, headers: Headers): Promise<SignIns | null> => {
  const session = await findSession(headers)
  if (!session) return null
  const { id, principal_id } = session
  const [sessions, password] = await Promise.all([listSessions(instance, principal_id), findPassword(instance, principal_id)])
  return { current: id, sessions, hasPassword: password !== null, isProven: isProven(session) }
}

/** Sets the password of the person who is signed in, and ends their other sessions: whoever began one knew the old password. */
export const changePassword = (instance: Instance, request: Request): Promise<Response> =>
  handled(request, async ({ session, form, headers }) => {
    const account = await accountOf(instance, session)
    const unproven = await faultOfProof(instance, headers, session, account, form.get('password') ?? '')
    if (unproven) return refusedIn('password', unproven)
    const password = form.get('new_password') ?? ''
    const fault = await faultOfPassword(password, account)
    if (fault) return refusedIn('password', fault)
    const { principal_id } = session
    await setPassword(instance, { principal_id, hash: await hashPassword(password) })
    await endThem(instance, principal_id, { but: session.id })
    return savedIn('password')
  })

/** What an operation does with the new address of a person. @throws email_taken */
export type ChangeEmail = (session: Session, email: string) => Promise<unknown>

/** Changes the address with which the person who is signed in does so. */
export const changeEmailByForm = (instance: Instance, request: Request, change: ChangeEmail): Promise<Response> =>
  handled(request, async ({ session, form, headers }) => {
    const typed = form.get('email') ?? ''
    const refuse = (error: string) => refusedIn('email', error, [typedCookie({ name: '', email: typed }, instance.origin)])
    const unproven = await faultOfProof(instance, headers, session, await accountOf(instance, session), form.get('password') ?? '')
    if (unproven) return refuse(unproven)
    const email = Email.safeParse(typed)
    if (!email.success) return refuse('EMAIL')
    try {
      await change(session, email.data)
    } catch (error) {
      if (error instanceof DomainError && error.code === 'email_taken') return refuse('EMAIL_TAKEN')
      throw error
    }
    return savedIn('email', [typedCookie(null, instance.origin)])
  })

/** Ends one of the sessions of the person who is signed in, or all but the one in this browser. */
export const endOwnSessions = (instance: Instance, request: Request): Promise<Response> =>
  handled(request, async ({ session: { id, principal_id }, form }) => {
    const only = form.get('session')
    await endThem(instance, principal_id, only === null ? { but: id } : { only })
    return savedIn('sessions')
  })
