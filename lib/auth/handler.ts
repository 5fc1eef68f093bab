import type { Instance } from '@/db/instance'
import { endSessionOf, kept, leadOn } from './begin'
import { isOwnPage } from './credentials'
import { failed, goOn, NO_STORE, say } from './pages'
import { askLibrary, isLinkToken, type LinkError } from './session'
import { isWayBack, wayBackCookie } from './way-back'

// These are the only paths for signing in and out. The library's own handler is not used: it serves many more paths, it limits the number of tries, by which a
// stranger could lock the owner out, and it redirects to any address that the link names.

/**
 * Sends a person who is not signed in to the sign-in page. The browser keeps the page that they wanted, and `openLink` leads there. What they posted
 * is lost, and the page says so.
 */
export const askToSignIn = (instance: Instance, request: Request): Response => {
  const to = new URL(request.url).searchParams.get('page') ?? '/'
  const cookie = wayBackCookie(isWayBack(to) && to !== '/' ? to : null, instance.origin)
  return goOn(request.method === 'POST' ? '/sign-in?unsaved' : '/sign-in', [cookie])
}

/** Signs in whoever opens a sign-in link. If the link is not valid, a redirect leads to the sign-in page, which says so. */
export const openLink = async (instance: Instance, request: Request): Promise<Response> => {
  // A browser that loads a page before it is asked for, such as while an address is typed, must not use the link up.
  if (isAhead(request.headers)) return new Response(null, { status: 503, headers: NO_STORE })
  const [token = '', ...more] = new URL(request.url).searchParams.getAll('token')
  if (!isLinkToken(token) || more.length > 0) return refuseLink('INVALID_TOKEN')
  try {
    const query = { token, callbackURL: '/', errorCallbackURL: '/' }
    const opened = await askLibrary(instance, (auth) =>
      auth.api.magicLinkVerify({ query, headers: kept(request.headers), asResponse: true }),
    )
    const location = opened.headers.get('location')
    const error = location === null ? 'none' : new URL(location, instance.origin).searchParams.get('error')
    if (error !== null) return refuseLink(error === 'INVALID_TOKEN' ? error : 'NOT_SIGNED_IN')
    return await leadOn(instance, request.headers, opened.headers.getSetCookie())
  } catch (error) {
    const next = 'The link is not used up. If it is refused then, npm run -s owner-link prints a new one.'
    return failed(error, 'You are not signed in yet', next)
  }
}

/** Signs out by the post of a plain HTML form, which the library does not accept. The cookie stays if the session could not be ended. */
export const signOut = async (instance: Instance, request: Request): Promise<Response> => {
  const { headers } = request
  if (!isOwnPage(headers)) return say(403, 'You are still signed in', 'This sign-out did not come from a page of Cairn. Sign out there.')
  try {
    // The library's own sign-out hides whether this failed.
    await endSessionOf(instance, headers)
    const signedOut = await askLibrary(instance, (auth) => auth.api.signOut({ headers, asResponse: true }))
    return goOn('/sign-in', signedOut.headers.getSetCookie())
  } catch (error) {
    return failed(error, 'You are still signed in', 'Until then, this browser stays signed in.')
  }
}

const AHEAD = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

/** Whether a browser asks for something before its person does. */
export const isAhead = (headers: Headers): boolean => AHEAD.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))

const refuseLink = (error: LinkError): Response => goOn(`/sign-in?error=${error}`)
