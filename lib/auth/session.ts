import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { magicLink } from 'better-auth/plugins'
import { getInstance, type Instance } from '@/db/instance'
import { getSigningSecret } from '@/db/sign-in/accounts'
import { openAuthTables } from '@/db/sign-in/tables'

// This module only signs people in. The lane decides what they may do.

export const AUTH_PATH = '/auth'
const LINK_SECONDS = 60 * 60
const SESSION_SECONDS = 60 * 60 * 24 * 30

type Sent = { email: string; url: string }

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
    // Only Cairn's start and its command `link` make sign-in links; a client cannot ask for one over HTTP.
    disabledPaths: ['/sign-in/magic-link'],
    advanced: { cookiePrefix: 'cairn', database: { generateId: () => crypto.randomUUID() } },
    plugins: [
      magicLink({
        expiresIn: LINK_SECONDS,
        storeToken: 'hashed',
        disableSignUp: true,
        sendMagicLink: ({ email, url }) => {
          sent = { email, url }
        },
      }),
    ],
  })
  /** Makes a link that signs its holder in once, within an hour. */
  const makeSignInLink = async (email: string): Promise<string> => {
    const body = { email, callbackURL: '/', errorCallbackURL: '/sign-in' }
    await auth.api.signInMagicLink({ body, headers: new Headers() })
    if (sent?.email !== email) throw new Error(`The sign-in library made no link for ${email}`)
    return sent.url
  }
  return { auth, makeSignInLink }
}

const built = new WeakMap<Instance, ReturnType<typeof build>>()

export const getAuth = (instance: Instance): ReturnType<typeof build> => {
  const known = built.get(instance)
  if (known) return known
  const made = build(instance)
  built.set(instance, made)
  made.catch(() => built.delete(instance))
  return made
}

export type Session = { principal_id: string; session_id: string }

export const findSession = async (headers: Headers): Promise<Session | null> => {
  const { auth } = await getAuth(getInstance())
  const found = await auth.api.getSession({ headers })
  return found ? { principal_id: found.user.id, session_id: `web_${found.session.id.slice(0, 8)}` } : null
}
