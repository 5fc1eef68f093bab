import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'
import { magicLink } from 'better-auth/plugins'
import { refusalOf } from '@/db/client'
import { getInstance, type Instance } from '@/db/instance'
import { ask } from '@/db/read'
import { getSigningSecret } from '@/db/sign-in/accounts'
import { findSessionByHash, type SignedIn, touchSession } from '@/db/sign-in/sessions'
import { openAuthTables } from '@/db/sign-in/tables'
import { randomText } from '@/lib/domain/ids'
import { log } from '@/lib/log.mjs'
import { sessionCookie, stateCookie, tokenIn } from './cookie'
import { withHashedTokens } from './hashed-tokens'
import { sha256 } from './key'
import { ownSignIn } from './own-sign-in'

// This module only signs people in. The lane decides what they may do.

/** The paths below it that are served are routes in `app/auth`. */
const AUTH_PATH = '/auth'
const LINK_SECONDS = 60 * 60
const DAY_SECONDS = 60 * 60 * 24
/** A session ends after 30 days without use (`touchSession`), and after 90 in any case. A page cannot set a cookie, so the cookie lives that long. */
const IDLE_DAYS = 30
const MOST_DAYS = 90

/** Why a link did not sign its holder in. The library forgets a used link, and so cannot tell it from one that never was. */
export type LinkError = 'INVALID_TOKEN' | 'NOT_SIGNED_IN'

/** 190 random bits, so nobody finds a token by trying. */
const TOKEN_LENGTH = 38

/** Whether a text has the form of a link's token. Only such a text is looked for in the database. */
export const isLinkToken = (text: string): boolean => text.length === TOKEN_LENGTH && /^[a-z2-7]+$/.test(text)

/** The front says in it from which address a request came, whatever a client wrote. */
export const ADDRESS_HEADER = 'x-cairn-address'

type Sent = { email: string; token: string }

const build = async (instance: Instance) => {
  let sent: Sent | null = null
  const { tables, schema } = openAuthTables(instance)
  const secret = await getSigningSecret(instance)
  const auth = betterAuth({
    appName: 'Cairn',
    baseURL: instance.origin,
    basePath: AUTH_PATH,
    // Secrets in the environment would outrank a single `secret`.
    secrets: [{ version: 1, value: secret }],
    database: withHashedTokens(drizzleAdapter(tables, { provider: 'pg', schema })),
    trustedOrigins: [instance.origin],
    telemetry: { enabled: false },
    // It counts no calls of our own code, so we count: `attempts.ts`.
    rateLimit: { enabled: false },
    session: {
      expiresIn: MOST_DAYS * DAY_SECONDS,
      disableSessionRefresh: true,
      additionalFields: { by: { type: 'string', required: true, defaultValue: 'link', input: false } },
    },
    // People come from the log only.
    user: { validateUserInfo: ({ source }) => (source.action === 'create-user' ? { error: 'signup_disabled' } : undefined) },
    databaseHooks: {
      user: { create: { before: async () => false }, update: { before: async () => false } },
      session: {
        create: { before: async (session, context) => ({ data: { ...session, ...begunBy(context), expiresAt: inDays(IDLE_DAYS) } }) },
      },
      // Nothing is done in the name of people elsewhere, so nothing is kept that would allow it.
      account: {
        create: { before: async (account) => ({ data: { ...account, ...NO_TOKENS } }) },
        update: { before: async (account) => ({ data: { ...account, ...NO_TOKENS } }) },
      },
    },
    socialProviders: socialProviders(instance),
    // An account elsewhere is that of whoever linked it, never that of whoever has its e-mail address.
    account: { updateAccountOnSignIn: false, accountLinking: { disableImplicitLinking: true, allowDifferentEmails: true } },
    onAPIError: { errorURL: `${instance.origin}/sign-in` },
    verification: { storeIdentifier: 'hashed' },
    // The library hands its logger whole errors of the database, with the token of a session among the parameters.
    logger: { disableColors: true, log: (level, _message, ...given) => logFor(level, given) },
    advanced: {
      useSecureCookies: false,
      defaultCookieAttributes: { secure: instance.origin.startsWith('https:') },
      cookies: { session_token: { name: sessionCookie(instance.origin) }, state: { name: stateCookie(instance.origin) } },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => crypto.randomUUID() },
    },
    plugins: [
      magicLink({
        expiresIn: LINK_SECONDS,
        storeToken: 'hashed',
        disableSignUp: true,
        generateToken: () => randomText(TOKEN_LENGTH),
        sendMagicLink: ({ email, token }) => {
          sent = { email, token }
        },
      }),
      ownSignIn(),
    ],
  })
  /** Makes a link that signs its holder in once, within an hour. */
  const makeSignInLink = async (email: string): Promise<string> => {
    await auth.api.signInMagicLink({ body: { email }, headers: new Headers() })
    if (sent?.email !== email) throw new Error('The sign-in library made no link for this person')
    return `${instance.origin}${AUTH_PATH}/magic-link/verify?token=${sent.token}`
  }
  return { auth, secret, makeSignInLink }
}

const NO_TOKENS = { accessToken: null, refreshToken: null, idToken: null }

const socialProviders = ({ providers: { github, google } }: Instance) => {
  const closed = { disableSignUp: true, disableImplicitSignUp: true }
  return { ...(github && { github: { ...github, ...closed } }), ...(google && { google: { ...google, ...closed } }) }
}

/** How a session is begun by the library itself after a provider said who somebody is. */
const begunBy = (context: { path?: string | undefined; params?: Record<string, unknown> | undefined } | null): { by?: string } =>
  context?.path === '/callback/:id' ? { by: String(context.params?.id) } : {}

const inDays = (days: number) => new Date(Date.now() + days * DAY_SECONDS * 1000)

/** The library's messages may repeat what a client sent, so only the error that comes with one is logged. */
const logFor = (level: string, given: readonly unknown[]): void => {
  const error = unwrapped(given.find((one) => one instanceof Error))
  if (level === 'error' && error instanceof Error && !isRefusal(error)) log.error('The sign-in library reported an error.', error)
  else log.warn('The sign-in library reported an error.', error)
}

/** Whether it is the database that failed, or somebody came back from a provider who had not set out: nothing of ours is wrong then. */
const isRefusal = (error: Error): boolean => refusalOf(error) !== null || error.name === 'BetterAuthError'

/** The error of the database for which the library threw an error of its own. Any other error stays as it is. */
const unwrapped = (error: unknown): unknown => (error instanceof Error && 'statusCode' in error ? (error.cause ?? error) : error)

const built = new WeakMap<Instance, ReturnType<typeof build>>()

export const getAuth = (instance: Instance): ReturnType<typeof build> => {
  const known = built.get(instance)
  if (known) return known
  const made = build(instance)
  built.set(instance, made)
  made.catch(() => built.delete(instance))
  return made
}

/** How exactly it is noted when a session was last seen. */
const NOTED_MS = 60_000

type Library = Awaited<ReturnType<typeof build>>['auth']

/** Has the sign-in library do something that needs the database. @throws busy, unavailable */
export const askLibrary = <T>(instance: Instance, run: (auth: Library) => Promise<T>): Promise<T> =>
  ask(instance, async () => {
    const { auth } = await getAuth(instance)
    return run(auth).catch((error: unknown) => {
      throw unwrapped(error)
    })
  })

/** `session_id` is what the log says of a session, of which `id` is the whole id. */
export type Session = SignedIn & { session_id: string }

/** The session of a browser's cookie. It is asked for with each call, so one that has ended is refused at once on every process. @throws busy, unavailable */
export const findSession = async (headers: Headers): Promise<Session | null> => {
  const instance = getInstance()
  const { secret } = await ask(instance, () => getAuth(instance))
  const token = tokenIn(headers, instance.origin, secret)
  const found = token === null ? null : await findSessionByHash(instance, sha256(token))
  if (!found) return null
  if (Date.now() - found.last_seen_at.getTime() > NOTED_MS) touchSession(instance, found.id).catch(() => undefined)
  return { ...found, session_id: `web_${found.id.slice(0, 8)}` }
}
