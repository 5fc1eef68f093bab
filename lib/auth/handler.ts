import type { Instance } from '@/db/instance'
import { DomainError } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import { PLAIN_PAGE_HEADERS, plainPage } from '@/lib/plain-page.mjs'
import { isOwnPage } from './credentials'
import { askLibrary, isLinkToken, type LinkError } from './session'
import { tellEnded } from './watch'
import { isWayBack, wayBackCookie, wayBackOf } from './way-back'

// These are the only paths for signing in and out. The library's own handler is not used: it serves many more paths, it limits the number of tries, by which a
// stranger could lock the owner out, and it redirects to any address that the link names.

/**
 * Sends a person who is not signed in to the sign-in page. The browser keeps the page that they wanted, and `openLink` leads there. What they posted
 * is lost, and the page says so.
 */
export const askToSignIn = (instance: Instance, request: Request): Response => {
  const to = new URL(request.url).searchParams.get('page') ?? '/'
  const cookie = wayBackCookie(isWayBack(to) && to !== '/' ? to : null, instance.origin)
  return new Response(null, {
    status: 303,
    headers: { ...NO_STORE, location: request.method === 'POST' ? '/sign-in?unsaved' : '/sign-in', 'set-cookie': cookie },
  })
}

/** Signs in whoever opens a sign-in link. If the link is not valid, a redirect leads to the sign-in page, which says so. */
export const openLink = async (instance: Instance, request: Request): Promise<Response> => {
  // A browser that loads a page before it is asked for, such as while an address is typed, must not use the link up.
  if (isAhead(request.headers)) return new Response(null, { status: 503, headers: NO_STORE })
  const [token = '', ...more] = new URL(request.url).searchParams.getAll('token')
  if (!isLinkToken(token) || more.length > 0) return refuseLink('INVALID_TOKEN')
  try {
    const query = { token, callbackURL: '/', errorCallbackURL: '/' }
    const opened = await askLibrary(instance, (auth) => auth.api.magicLinkVerify({ query, headers: new Headers(), asResponse: true }))
    const location = opened.headers.get('location')
    const error = location === null ? 'none' : new URL(location, instance.origin).searchParams.get('error')
    if (error !== null) return refuseLink(error === 'INVALID_TOKEN' ? error : 'NOT_SIGNED_IN')
    const to = wayBackOf(request.headers)
    return goOn(to ?? '/', opened, to === null ? [] : [wayBackCookie(null, instance.origin)])
  } catch (error) {
    const next = 'The link is not used up. If it is refused then, npm run -s link prints a new one.'
    return failed(error, 'You are not signed in yet', next)
  }
}

/** Signs out by the post of a plain HTML form, which the library does not accept. The cookie stays if the session could not be ended. */
export const signOut = async (instance: Instance, request: Request): Promise<Response> => {
  const { headers } = request
  if (!isOwnPage(headers)) return say(403, 'You are still signed in', 'This sign-out did not come from a page of Cairn. Sign out there.')
  try {
    const signedOut = await askLibrary(instance, async (auth) => {
      const found = await auth.api.getSession({ headers })
      // The library's own sign-out hides whether this failed.
      if (found) {
        await (await auth.$context).internalAdapter.deleteSession(found.session.token)
        tellEnded(found.session.id)
      }
      return auth.api.signOut({ headers, asResponse: true })
    })
    return goOn('/sign-in', signedOut)
  } catch (error) {
    return failed(error, 'You are still signed in', 'Until then, this browser stays signed in.')
  }
}

const AHEAD = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']

const isAhead = (headers: Headers): boolean => AHEAD.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))

const NO_STORE = { 'cache-control': 'no-store' }

const refuseLink = (error: LinkError): Response =>
  new Response(null, { status: 303, headers: { ...NO_STORE, location: `/sign-in?error=${error}` } })

/** A redirect with the cookies that the library sets, and more. */
const goOn = (location: string, answered: Response, more: readonly string[] = []): Response => {
  const headers = new Headers({ ...NO_STORE, location })
  for (const cookie of [...answered.headers.getSetCookie(), ...more]) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

const failed = (error: unknown, title: string, next: string): Response => {
  if (error instanceof DomainError) {
    log.warn('A sign-in or sign-out was refused, because the database did not do what it was asked.', error.cause)
    return say(503, title, `${error.message} ${next}`, { 'retry-after': String(error.details.retry_after_seconds) })
  }
  log.error('A sign-in or sign-out failed because of an error in Cairn.', error)
  return say(500, title, `Something went wrong in Cairn. Try again shortly. ${next}`)
}

/** A page that needs no other part of the application, because none may work when this is needed. */
const say = (status: number, title: string, text: string, headers: Record<string, string> = {}): Response =>
  new Response(plainPage(title, text, { href: '/', label: 'Go to Cairn' }), {
    status,
    headers: { ...PLAIN_PAGE_HEADERS, ...headers },
  })
