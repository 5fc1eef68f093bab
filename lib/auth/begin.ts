import type { Instance } from '@/db/instance'
import { endSessions } from '@/db/sign-in/sessions'
import type { BegunBy } from './own-sign-in'
import { goOn } from './pages'
import { ADDRESS_HEADER, askLibrary, findSession } from './session'
import { tellEnded } from './watch'
import { wayBackCookie, wayBackOf } from './way-back'

/** What the library may know of a request: what is kept with the session, so that its person recognises it. */
export const kept = (headers: Headers): Headers => {
  const some = new Headers()
  for (const name of ['user-agent', ADDRESS_HEADER]) {
    const value = headers.get(name)
    if (value !== null) some.set(name, value.slice(0, 400))
  }
  return some
}

/** Begins a session for a person who has proven who they are. `cookies` begin it in the browser. @throws busy, unavailable */
export const beginSession = async (
  instance: Instance,
  headers: Headers,
  principal_id: string,
  by: BegunBy,
): Promise<{ session_id: string; cookies: string[] }> => {
  const body = { principal_id, by }
  const begun = await askLibrary(instance, (auth) => auth.api.signInAs({ body, headers: kept(headers), returnHeaders: true }))
  return { session_id: begun.response.session_id, cookies: begun.headers.getSetCookie() }
}

/**
 * Leads a browser on in which a session has begun: to the given page, or to the one that it was on its way to. The session that it had before ends.
 */
export const leadOn = async (instance: Instance, headers: Headers, cookies: readonly string[], page?: string): Promise<Response> => {
  await endSessionOf(instance, headers).catch(() => undefined)
  const wayBack = wayBackOf(headers)
  return goOn(page ?? wayBack ?? '/', [...cookies, ...(wayBack === null ? [] : [wayBackCookie(null, instance.origin)])])
}

/** Ends the session of a browser's cookie. @throws busy, unavailable */
export const endSessionOf = async (instance: Instance, headers: Headers): Promise<void> => {
  const session = await findSession(headers)
  if (!session) return
  await endSessions(instance, session.principal_id, { only: session.id })
  tellEnded(session.id)
}
