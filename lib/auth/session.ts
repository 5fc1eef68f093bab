import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { magicLink } from 'better-auth/plugins'
import { refusalOf } from '@/db/client'
import { getInstance, type Instance } from '@/db/instance'
import { ask } from '@/db/read'
import { getSigningSecret } from '@/db/sign-in/accounts'
import { openAuthTables } from '@/db/sign-in/tables'
import { randomText } from '@/lib/domain/ids'
import { log } from '@/lib/log.mjs'

// This module only signs people in. The lane decides what they may do.

/** The paths below it that are served are routes in `app/auth`. */
const AUTH_PATH = '/auth'
const LINK_SECONDS = 60 * 60
const SESSION_SECONDS = 60 * 60 * 24 * 30

/** Why a link did not sign its holder in. The library forgets a used link, and so cannot tell it from one that never was. */
export type LinkError = 'INVALID_TOKEN' | 'NOT_SIGNED_IN'

/** 190 random bits, so nobody finds a token by trying. */
const TOKEN_LENGTH = 38

/** Whether a text has the form of a link's token. Only such a text is looked for in the database. */
export const isLinkToken = (text: string): boolean => text.length === TOKEN_LENGTH && /^[a-z2-7]+$/.test(text)

type Sent = { email: string; token: string }

const build = async (instance: Instance) => {
  let sent: Sent | null = null
  const { tables, schema } = openAuthTables(instance)
  const auth = betterAuth({
    appName: 'Cairn',
    baseURL: instance.origin,
    basePath: AUTH_PATH,
    secret: await getSigningSecret(instance),
    database: drizzleAdapter(tables, { provider: 'pg', schema }),
    trustedOrigins: [instance.origin],
    telemetry: { enabled: false },
    session: { expiresIn: SESSION_SECONDS },
    // The library hands its logger whole errors of the database, with the token of a session among the parameters.
    logger: { disableColors: true, log: (level, _message, ...given) => logFor(level, given) },
    advanced: { cookiePrefix: 'cairn', database: { generateId: () => crypto.randomUUID() } },
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
    ],
  })
  /** Makes a link that signs its holder in once, within an hour. */
  const makeSignInLink = async (email: string): Promise<string> => {
    await auth.api.signInMagicLink({ body: { email }, headers: new Headers() })
    if (sent?.email !== email) throw new Error('The sign-in library made no link for this person')
    return `${instance.origin}${AUTH_PATH}/magic-link/verify?token=${sent.token}`
  }
  return { auth, makeSignInLink }
}

/** The library's messages may repeat what a client sent, so only the error that comes with one is logged. */
const logFor = (level: string, given: readonly unknown[]): void => {
  const error = unwrapped(given.find((one) => one instanceof Error))
  if (level === 'error' && refusalOf(error) === null) log.error('The sign-in library reported an error.', error)
  else log.warn('The sign-in library reported an error.', error)
}

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

type Library = Awaited<ReturnType<typeof build>>['auth']

/** Has the sign-in library do something that needs the database. @throws busy, unavailable */
export const askLibrary = <T>(instance: Instance, run: (auth: Library) => Promise<T>): Promise<T> =>
  ask(instance, async () => {
    const { auth } = await getAuth(instance)
    return run(auth).catch((error: unknown) => {
      throw unwrapped(error)
    })
  })

/** The library throws this refusal if a session ends while it is renewed. */
const noneIfOver = (error: unknown): null => {
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 401) return null
  throw error
}

/** `session_id` is what the log says of a session, of which `id` is the whole id. */
export type Session = { id: string; principal_id: string; session_id: string }

export const findSession = async (headers: Headers): Promise<Session | null> => {
  const found = await askLibrary(getInstance(), (auth) => auth.api.getSession({ headers }).catch(noneIfOver))
  return found ? { id: found.session.id, principal_id: found.user.id, session_id: `web_${found.session.id.slice(0, 8)}` } : null
}
