import type { Instance } from '@/db/instance'
import { dropLink, findLinks } from '@/db/sign-in/accounts'
import { PLAIN_PAGE_HEADERS, plainPage } from '@/lib/plain-page.mjs'
import { ACCOUNT_PAGE, accountOf, endThem, handled, refusedIn, savedIn } from './account-form'
import { endSessionOf, kept, leadOn } from './begin'
import { isAhead } from './handler'
import { failed, goOn, NO_STORE, say } from './pages'
import { faultOfProof } from './proof'
import { isProvider, type NamedProvider, providersOf } from './providers'
import { askLibrary } from './session'

// Signing in by what GitHub or Google says. It never makes a person and never finds one by an e-mail address: somebody who is signed in
// links their account there, and from then on can come in by it.

const MOST_MS = 10_000

const providerNamed = (instance: Instance, id: string): NamedProvider | undefined => providersOf(instance).find((one) => one.id === id)

const unknown = () => say(404, 'Nothing was found here', 'This Cairn is not set up to sign anybody in this way.')

/** Leads a browser to the provider, which sends it back to `finish`. */
export const startSignIn = async (instance: Instance, request: Request, id: string): Promise<Response> => {
  if (isAhead(request.headers)) return new Response(null, { status: 503, headers: NO_STORE })
  const provider = providerNamed(instance, id)
  if (!provider) return unknown()
  try {
    const body = { provider: provider.id, callbackURL: '/', errorCallbackURL: '/sign-in', disableRedirect: true }
    const started = await askLibrary(instance, (auth) => auth.api.signInSocial({ body, headers: kept(request.headers), asResponse: true }))
    return goOn(await addressIn(started), started.headers.getSetCookie())
  } catch (error) {
    return failed(error, 'You are not signed in yet', 'Then sign in again.')
  }
}

/**
 * Leads the person who is signed in to the provider, to link their account there. It does so by a page, because a browser that follows our policy for
 * forms is not redirected to elsewhere after one.
 */
export const startLink = async (instance: Instance, request: Request, id: string): Promise<Response> => {
  const provider = providerNamed(instance, id)
  if (!provider) return unknown()
  return handled(request, async ({ session, form, headers }) => {
    const unproven = await faultOfProof(instance, headers, session, await accountOf(instance, session), form.get('password') ?? '')
    if (unproven) return refusedIn('providers', unproven)
    const body = { provider: provider.id, callbackURL: ACCOUNT_PAGE, errorCallbackURL: ACCOUNT_PAGE, disableRedirect: true }
    const started = await askLibrary(instance, (auth) =>
      auth.api.linkSocialAccount({ body, headers: withCookies(headers), asResponse: true }),
    )
    const href = await addressIn(started)
    const page = plainPage(`On to ${provider.name}`, `You link your account of ${provider.name} there.`, { href, label: 'Go on' })
    const answer = new Response(page, { headers: { ...PLAIN_PAGE_HEADERS, refresh: `0; url=${href}` } })
    for (const cookie of started.headers.getSetCookie()) answer.headers.append('set-cookie', cookie)
    return answer
  })
}

/** What the library may know of a request whose cookies it has to see. */
const withCookies = (headers: Headers): Headers => {
  const some = kept(headers)
  some.set('cookie', headers.get('cookie') ?? '')
  return some
}

const addressIn = async (started: Response): Promise<string> => {
  const { url }: { url?: unknown } = await started.json()
  if (typeof url !== 'string') throw new Error(`The sign-in library gave no address to go to, but ${started.status}`)
  return url
}

/** The parameters with which a provider sends a browser back. What it says in words is never shown. */
const ANSWERED = ['code', 'state', 'error', 'iss']

/** Takes a browser back from the provider: signs its person in, or links their account. */
export const finish = async (instance: Instance, request: Request, id: string): Promise<Response> => {
  const provider = providerNamed(instance, id)
  if (!provider) return unknown()
  if (isAhead(request.headers)) return new Response(null, { status: 503, headers: NO_STORE })
  const { searchParams } = new URL(request.url)
  const query = Object.fromEntries(ANSWERED.flatMap((name) => (searchParams.has(name) ? [[name, searchParams.get(name) ?? '']] : [])))
  try {
    const given = { params: { id: provider.id }, query, headers: withCookies(request.headers) }
    const asked = askLibrary(instance, (auth) => auth.api.callbackOAuth({ ...given, asResponse: true })).catch(ofProvider)
    const answered = await inTime(asked, (late) => forget(instance, late))
    return answered ? await answer(instance, request.headers, provider, answered) : refuse(provider, 'PROVIDER_SILENT')
  } catch (error) {
    return failed(error, 'It is not certain that you are signed in', 'Then look whether you are.')
  }
}

/** Null for a failure of the network on the way to the provider. */
const ofProvider = (error: unknown): null => {
  if (error instanceof TypeError && error.message === 'fetch failed') return null
  throw error
}

/** What comes in time, or null. The library waits for a provider as long as that takes. */
const inTime = async <T>(asked: Promise<T | null>, whenLate: (late: T) => Promise<unknown>): Promise<T | null> => {
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      isOver = true
      resolve(null)
    }, MOST_MS)
  })
  asked.then((late) => (isOver && late !== null ? whenLate(late) : null)).catch(() => undefined)
  return Promise.race([asked, over]).finally(() => clearTimeout(timer))
}

/** Ends the session that began after its browser was told that none did. */
const forget = async (instance: Instance, late: Response): Promise<void> => {
  const cookie = late.headers.getSetCookie().map((set) => set.split(';', 1)[0])
  await endSessionOf(instance, new Headers({ cookie: cookie.join('; ') }))
}

const answer = async (instance: Instance, headers: Headers, provider: NamedProvider, answered: Response): Promise<Response> => {
  const to = new URL(answered.headers.get('location') ?? '/sign-in?error=none', instance.origin)
  const cookies = answered.headers.getSetCookie()
  const error = to.searchParams.get('error')
  const isLink = to.pathname === ACCOUNT_PAGE
  if (error !== null) return refuse(provider, reasonOf(error), isLink, cookies)
  return isLink ? savedIn('providers', cookies) : leadOn(instance, headers, cookies)
}

/** The reasons of the library and of the providers. Whether anybody here has an address is not told apart from whether an account is linked. */
const REASONS: Partial<Record<string, string>> = {
  signup_disabled: 'NOT_LINKED',
  account_not_linked: 'NOT_LINKED',
  email_not_found: 'NOT_LINKED',
  unable_to_link_account: 'NOT_LINKABLE',
  account_already_linked_to_different_user: 'LINKED_TO_ANOTHER',
  access_denied: 'DENIED',
  state_mismatch: 'STARTED_ELSEWHERE',
  state_not_found: 'STARTED_ELSEWHERE',
}

const reasonOf = (error: string): string => (Object.hasOwn(REASONS, error) && REASONS[error]) || 'PROVIDER_FAILED'

const refuse = ({ id }: NamedProvider, reason: string, isLink = false, cookies: readonly string[] = []): Response => {
  const error = `${reason}&with=${id}`
  return isLink ? refusedIn('providers', error, cookies) : goOn(`/sign-in?error=${error}`, cookies)
}

/** Forgets that an account elsewhere is that of the person who is signed in, and ends the sessions that they began by it. */
export const unlink = (instance: Instance, request: Request): Promise<Response> =>
  handled(request, async ({ session: { id, principal_id }, form }) => {
    const provider = form.get('provider') ?? ''
    if (!isProvider(provider)) return goOn(ACCOUNT_PAGE)
    await dropLink(instance, principal_id, provider)
    await endThem(instance, principal_id, { but: id, by: provider })
    return savedIn('providers')
  })

/** What the account page shows of the providers: those that are set up, and those by which its person can come in. @throws busy, unavailable */
export const readProviders = async (instance: Instance, principal_id: string): Promise<(NamedProvider & { linked: boolean })[]> => {
  const linked = await findLinks(instance, principal_id)
  return providersOf(instance).map((provider) => ({ ...provider, linked: linked.includes(provider.id) }))
}
