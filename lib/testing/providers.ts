import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { askInstead } from './provider-fetch.mjs'

/** An account at a provider, as the stand-in tells of it. */
export type AccountElsewhere = { id: number; email: string; verified: boolean }

/** Stands in for GitHub and Google on this machine, by real HTTP. What a server asks them comes here. */
export type ProvidersStub = {
  readonly origin: string
  account: AccountElsewhere
  /** What it waits for before it answers. */
  after: Promise<unknown>
  /** The question at which it cuts the connection. */
  cut: string | null
  /** What was asked, as the host and the path. */
  readonly asked: string[]
  close: () => Promise<void>
}

export const SECRET_OF_PROVIDER = 'gho_a_token_that_must_be_kept_nowhere'

/** @param account that signs in there first */
export const standInForProviders = async (account: AccountElsewhere): Promise<ProvidersStub> => {
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const askThemselves = askInstead(origin)
  const stub: ProvidersStub = {
    origin,
    account,
    after: Promise.resolve(),
    cut: null,
    asked: [],
    close: async () => {
      askThemselves()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { id, email, verified } = stub.account
    stub.asked.push(request.url ?? '')
    await stub.after
    if (request.url === stub.cut) return void request.socket.destroy()
    const answers: Record<string, object> = {
      '/github.com/login/oauth/access_token': { access_token: SECRET_OF_PROVIDER, token_type: 'bearer', scope: 'read:user,user:email' },
      '/api.github.com/user': { id, login: 'octo', name: 'Octo', email, avatar_url: 'https://avatars.test/1' },
      '/api.github.com/user/emails': [{ email, primary: true, verified }],
      '/oauth2.googleapis.com/token': {
        access_token: SECRET_OF_PROVIDER,
        refresh_token: SECRET_OF_PROVIDER,
        expires_in: 3600,
        token_type: 'Bearer',
        id_token: unsigned({ sub: String(id), email, email_verified: verified, name: 'Octo', iss: 'https://accounts.google.com' }),
      },
    }
    const found = answers[request.url ?? '']
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}))
  }
  return stub
}

/** Comes straight from the provider over https, so its signature is not looked at. */
const unsigned = (claims: object): string =>
  [{ alg: 'RS256', typ: 'JWT' }, claims, 'none'].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
