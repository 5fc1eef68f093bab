import { openInstance, setInstance } from '@/db/instance'
import { migrate } from '@/db/migrate'
import { type OpenDatabase, openDatabase } from '@/db/open'
import { getAuth } from '@/lib/auth/session'
import { seedDemo } from '@/lib/demo'
import { type Env, parseEnv } from '@/lib/env.mjs'
import { mailer } from '@/lib/mail'
import { ensureOwner } from '@/lib/operations/setup'
import { handle } from '@/lib/transport/handle'

export { tellFrontOf } from '@/lib/transport/fault'

/** What server.mjs receives. If it imported lib itself, that would be a second copy of lib, and so a second lane. */
type Handoff = { handle(request: Request): Promise<Response>; hello(): Promise<string[]>; endWaits(): void; stop(): Promise<void> }

/** Opens the database and brings it to this build's schema. The first start also creates the owner and the demo data. */
export const boot = async (): Promise<Handoff> => {
  const env = parseEnv(process.env)
  const database = await openDatabase(env, 'app')
  const { instance, owner } = await open(database, env).catch(async (error: unknown) => {
    await database.stop()
    throw error
  })
  return {
    handle: (request) => handle(instance, request),
    hello: async () => {
      const { makeSignInLink } = await getAuth(instance)
      return [
        `Cairn runs at ${env.url}`,
        `Sign in once, within an hour:  ${await makeSignInLink(owner.email)}`,
        `Then connect an agent:         ${env.url}/settings/connect`,
        `Or make a key from here:       npm run -s key -- --name my-agent`,
      ]
    },
    endWaits: () => instance.waits.stop(),
    stop: async () => {
      await instance.close()
      await database.stop()
    },
  }
}

const open = async (database: OpenDatabase, env: Env) => {
  await migrate(database.ownerUrl)
  const instance = await openInstance(database.url, env.url, {
    rate: env.rate,
    providers: env.providers,
    sendMail: env.mail && mailer(env.mail),
  })
  try {
    const owner = await ensureOwner(instance)
    if (env.demo) await seedDemo(instance, owner.principal_id)
    setInstance(instance)
    return { instance, owner }
  } catch (error) {
    await instance.close()
    throw error
  }
}
