import type { Instance } from '@/db/instance'
import { isOwnPage } from './credentials'
import { AUTH_PATH, getAuth } from './session'

/** Answers the sign-in library's paths. Signing out is handled here, because the library does not accept the post of a plain HTML form. */
export const handleAuth = async (instance: Instance, request: Request): Promise<Response> => {
  const { auth } = await getAuth(instance)
  const { pathname } = new URL(request.url)
  if (request.method !== 'POST' || pathname !== `${AUTH_PATH}/sign-out`) return auth.handler(request)
  if (!isOwnPage(request.headers))
    return new Response('This sign-out did not come from a page of Cairn. Open Cairn and sign out there.', { status: 403 })
  const signedOut = await auth.api.signOut({ headers: request.headers, asResponse: true })
  const headers = new Headers({ location: '/sign-in' })
  for (const cookie of signedOut.headers.getSetCookie()) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}
