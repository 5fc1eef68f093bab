import type { Instance } from '@/db/instance'
import { dropPassword, forgetUnused, setPassword } from '@/db/sign-in/accounts'
import { DomainError } from '@/lib/domain/errors'
import { newId } from '@/lib/domain/ids'
import { Email, PersonName } from '@/lib/domain/schemas/person'
import { beginSession, leadOn } from './begin'
import { isOwnPage } from './credentials'
import { readForm, typedCookie } from './form'
import { faultOfPassword } from './new-password'
import { failed, goOn, say } from './pages'
import { hashPassword } from './password'

type NewPerson = { principal_id: string; name: string; email: string; token: string; session_id: null }

/** What the operations do with an invitation. */
export type Invitations = {
  /** Whether the invitation can be accepted. */
  isOpen: (token: string) => Promise<boolean>
  /** Registers a person, who accepts the invitation. Returns the slug of the group. */
  signUp: (person: NewPerson) => Promise<string>
}

/**
 * Signs up whoever has an invitation, by the form of its page. The password is stored first, when nobody can sign in with it yet, so that nobody
 * is ever registered without one.
 */
export const signUpByForm = async (instance: Instance, request: Request, invitations: Invitations): Promise<Response> => {
  const { headers } = request
  if (!isOwnPage(headers)) return say(403, 'You are not signed up', 'This did not come from a page of Cairn. Open the invitation again.')
  const form = await readForm(request)
  const token = form?.get('token') ?? ''
  if (!form || !/^[a-z2-7]{1,100}$/.test(token)) return goOn('/join/unknown')
  const typed = { name: form.get('name') ?? '', email: form.get('email') ?? '' }
  const refuse = (error: string) => goOn(`/join/${token}?error=${error}`, [typedCookie(typed, instance.origin)])
  const [name, email] = [PersonName.safeParse(typed.name), Email.safeParse(typed.email)]
  const password = form.get('password') ?? ''
  const principal_id = newId('usr')
  try {
    // A stranger must not make us derive keys.
    if (!(await invitations.isOpen(token))) return goOn(`/join/${token}`)
    if (!name.success) return refuse('NAME')
    if (!email.success) return refuse('EMAIL')
    const fault = await faultOfPassword(password, { name: name.data, email: email.data })
    if (fault) return refuse(fault)
    await forgetUnused(instance)
    await setPassword(instance, { principal_id, hash: await hashPassword(password) })
    const slug = await invitations.signUp({ principal_id, name: name.data, email: email.data, token, session_id: null })
    const { cookies } = await beginSession(instance, headers, principal_id, 'invitation')
    return await leadOn(instance, headers, [...cookies, typedCookie(null, instance.origin)], `/?group=${slug}`)
  } catch (error) {
    if (!(error instanceof DomainError) || !['not_found', 'email_taken'].includes(error.code))
      return failed(error, 'You are perhaps not signed up yet', 'Then open the invitation again, or sign in.')
    await dropPassword(instance, principal_id).catch(() => undefined)
    return refuse(error.code === 'email_taken' ? 'EMAIL_TAKEN' : 'ENDED')
  }
}
