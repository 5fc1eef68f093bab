import type { Instance } from '@/db/instance'
import { endIfPasswordChanged, findCredential } from '@/db/sign-in/accounts'
import { Email } from '@/lib/domain/schemas/person'
import { beginSession, leadOn } from './begin'
import { isOwnPage } from './credentials'
import { readForm, typedCookie } from './form'
import { countTry, forgetTries } from './guessing'
import { failed, goOn, say } from './pages'
import { isPassword } from './password'

/**
 * Signs in by the form of the sign-in page. An address that nobody has, one without a password, and a wrong password are all refused alike, after the
 * same work.
 */
export const signInByPassword = async (instance: Instance, request: Request): Promise<Response> => {
  const { headers } = request
  if (!isOwnPage(headers)) return say(403, 'You are not signed in', 'This sign-in did not come from a page of Cairn. Sign in there.')
  const form = await readForm(request)
  if (!form) return goOn('/sign-in')
  const typed = form.get('email') ?? ''
  const refuse = (error: string) => goOn(`/sign-in?error=${error}`, [typedCookie({ name: '', email: typed }, instance.origin)])
  try {
    const email = Email.safeParse(typed).data ?? ''
    const seconds = await countTry(instance, headers, email)
    if (seconds > 0) return refuse(`TOO_SOON&wait=${seconds}`)
    const credential = await findCredential(instance, email)
    if (!(await isPassword(form.get('password') ?? '', credential?.hash ?? null)) || !credential) return refuse('WRONG_PASSWORD')
    const { session_id, cookies } = await beginSession(instance, headers, credential.principal_id, 'password')
    // Whoever knew the old password must not be signed in after it was changed.
    if (await endIfPasswordChanged(instance, session_id, credential)) return refuse('WRONG_PASSWORD')
    await forgetTries(instance, headers, email)
    return await leadOn(instance, headers, [...cookies, typedCookie(null, instance.origin)])
  } catch (error) {
    return failed(error, 'You are not signed in yet', 'Then sign in again.')
  }
}
