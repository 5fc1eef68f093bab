import { once } from 'node:events'
import http from 'node:http'
import { connect, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../tools/port.mjs'
import { calledOrigin } from './address.mjs'
import { createFront } from './front.mjs'

const OWN = 'https://cairn.example.com'
const LOCAL = ['127.0.0.1:3000', 'localhost:3000', 'app.localhost:3000', '[::1]:3000', '127.8.8.8']
const NAMED = ['cairn.example.com', 'cairn.example.com:443', 'cairn.lan', 'cairn.lan:8080']
const FOREIGN = [
  'evil.test',
  'evil.test:3000',
  '127.0.0.1.evil.test',
  'localhost.evil.test',
  '0.0.0.0:3000',
  'cairn.example.com.evil.test',
  'a@localhost',
  'localhost.',
  'cairn.example.com.',
  'xcairn.example.com',
  'cairn-example.com',
  '[::1].evil.test',
  '[::ffff:127.0.0.1]',
  '[::]',
  'localhost,evil.test',
  'evil.test, localhost',
  'localhost/evil.test',
  'localhost?evil.test',
  'localhost#evil.test',
  'localhost\\evil.test',
  'localhost%2eevil.test',
  'localhost:3000:80',
  'localhost:x',
  'localhost:99999',
]

let received: http.IncomingHttpHeaders | undefined

const front = createFront({
  address: () => ({ url: OWN, hosts: ['cairn.lan'] }),
  handle: async (request) => {
    received = Object.fromEntries(request.headers)
    return new Response('api')
  },
  page: async (req, res) => {
    received = req.headers
    res.end('page')
  },
  upgrade: (req, socket) => {
    received = req.headers
    socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    return true
  },
})
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
let port: number

beforeAll(async () => {
  port = await listen(front.server, 0, '127.0.0.1')
})
afterAll(async () => {
  agent.destroy()
  await front.stop(100)
})

type Sent = { method?: string; path?: string; headers: Record<string, string>; body?: string }

async function send({ method = 'GET', path = '/', headers, body = '' }: Sent): Promise<{ status: number; type?: string; text: string }> {
  received = undefined
  const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent, setHost: false })
  // After the answer, whatever of the body was not read may fail.
  request.on('error', () => {})
  request.end(body)
  const [response] = await once(request, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, text, type: response.headers['content-type'] }
}

/** What Next compares before it runs a server action. */
const isTakenByNext = (headers: http.IncomingHttpHeaders | undefined) =>
  new URL(headers?.origin ?? OWN).host === (headers?.['x-forwarded-host'] ?? headers?.host)

describe('a request for a page', () => {
  const bodies = ['text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b']
  const origins = (host: string) => [
    null,
    OWN,
    `http://${host}`,
    `https://${host}`,
    'http://cairn.example.com',
    'https://evil.test',
    'null',
    '',
    'zzz',
  ]

  // Passes: any known Host without an Origin, with that of the instance, or, where the name means this machine, with its own.
  const passes = (host: string, origin: string | null) =>
    !FOREIGN.includes(host) && (origin === null || origin === OWN || (LOCAL.includes(host) && origin === `http://${host}`))

  it.each([...LOCAL, ...NAMED, ...FOREIGN])('to the Host %s passes with the origins of its own pages only', async (host) => {
    for (const origin of origins(host)) {
      const headers = { host, ...(origin === null ? {} : { origin }) }
      for (const type of bodies) {
        const action = { ...headers, 'content-type': type, 'next-action': 'x' }
        const { status } = await send({ method: 'POST', headers: action, body: 'x' })
        expect({ origin, type, status }).toEqual({ origin, type, status: passes(host, origin) ? 200 : 403 })
        expect(received !== undefined).toBe(status === 200)
        if (received) expect(isTakenByNext(received), `${host} ${origin}`).toBe(true)
      }
      for (const method of ['GET', 'HEAD'])
        expect((await send({ method, headers })).status, `${method} ${origin}`).toBe(FOREIGN.includes(host) ? 403 : 200)
    }
  })

  it('is answered although most of its body is not read', async () => {
    for (const path of ['/', '/api/groups']) {
      const { status, text } = await send({ method: 'POST', path, headers: { host: 'evil.test' }, body: 'x'.repeat(20_000_000) })
      expect(status).toBe(403)
      expect(text).toContain('CAIRN_HOSTS')
    }
  })

  it('by the script of a foreign page gets the refusal alone, as a message that Next throws', async () => {
    const headers = { host: 'cairn.lan', origin: 'http://cairn.lan', 'next-action': 'x' }
    const { status, type, text } = await send({ method: 'POST', headers })
    expect({ status, type }).toEqual({ status: 403, type: 'text/plain' })
    const message = expect.stringMatching(/^This change did not come from a page of https:\/\/cairn\.example\.com\. .*CAIRN_URL/)
    expect(JSON.parse(text)).toEqual({ success: false, error: 'forbidden', message, details: {}, request_id: expect.any(String) })
  })

  it('to an unknown Host names the settings', async () => {
    const { text } = await send({ headers: { host: 'evil.test' } })
    expect(text).toMatch(/<p>.*CAIRN_URL.*CAIRN_HOSTS/)
    expect(text).not.toContain('evil')
  })

  it('tells Next the public address, and nothing that a client wrote about it', async () => {
    const forged = {
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'gopher',
      'x-forwarded-for': '1.2.3.4',
      forwarded: 'host=evil.test',
    }
    await send({ headers: { host: '127.0.0.1:3000', ...forged } })
    const policy = expect.stringContaining("'nonce-")
    const drawn = { 'content-security-policy': policy, 'x-cairn-nonce': expect.stringMatching(/^[\w+/]{22}==$/) }
    const told = { connection: 'keep-alive', 'x-cairn-address': '127.0.0.1', 'x-cairn-page': '/', 'x-cairn-origin': OWN, ...drawn }
    expect(received).toEqual({ ...told, host: 'cairn.example.com' })
    await send({ headers: { host: 'localhost:3000', origin: 'http://localhost:3000', ...forged } })
    expect(received).toEqual({ ...told, host: 'localhost:3000', origin: 'http://localhost:3000' })
  })

  it.each([
    ['cairn.example.com', OWN],
    ['cairn.example.com:443', OWN],
    ['cairn.example.com:3000', OWN],
    ['127.0.0.1:3000', OWN],
    ['cairn.lan:8080', 'https://cairn.lan:8080'],
    ['Cairn.LAN', 'https://cairn.lan'],
    ['cairn.lan:', 'https://cairn.lan'],
    ['cairn.lan:08080', 'https://cairn.lan:8080'],
  ])('tells Next that a client which calls the Host %s reaches it at %s, whatever the client says', async (host, origin) => {
    await send({ headers: { host, 'x-cairn-origin': 'https://evil.test' } })
    expect(received?.['x-cairn-origin']).toBe(origin)
    await send({ headers: { host, 'x-forwarded-for': '1.2.3.4' } })
    expect(received?.['x-cairn-origin']).toBe(OWN)
  })

  it.each([
    ['127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['localhost:8080', 'http://localhost:8080'],
    ['[::1]:3000', 'http://[::1]:3000'],
    ['0x7f.1:3000', 'http://127.0.0.1:3000'],
    ['192.168.1.7:3000', 'http://192.168.1.7:3000'],
  ])('where the public name is a loopback name, a client that calls the Host %s reaches it at %s', (host, origin) => {
    const req = Object.assign(new http.IncomingMessage(new Socket()), { headers: { host } })
    expect(calledOrigin(req, { url: 'http://127.0.0.1:3000', hosts: ['192.168.1.7'] })).toBe(origin)
  })

  it.each([
    ['/p/x?view=list&cp=y', '/p/x?view=list&cp=y'],
    ['/p/x?_rsc=1abc', '/p/x'],
    ['/p/x?view=list&_rsc=1abc', '/p/x?view=list'],
    ['/p/x?_rsc&view=list?', '/p/x?view=list?'],
    ['http://localhost/m/x?my_rsc=1', '/m/x?my_rsc=1'],
  ])('tells Next that %s asks for the page %s, whatever the client says', async (path, page) => {
    await send({ path, headers: { host: 'localhost', 'x-cairn-page': '//evil.test' } })
    expect(received?.['x-cairn-page']).toBe(page)
  })
})

describe('a call of the API', () => {
  it.each([...LOCAL, ...NAMED])('passes to the Host %s', async (host) => {
    for (const path of ['/api/groups', '/mcp']) expect(await send({ path, headers: { host } })).toMatchObject({ status: 200, text: 'api' })
  })

  it.each(FOREIGN)('does not pass to the Host %s, except for the health', async (host) => {
    for (const path of ['/api/groups', '/mcp', '/api/health/x', '/api/healthy']) {
      for (const method of ['GET', 'POST']) {
        const { status, text } = await send({ method, path, headers: { host, authorization: 'Bearer x' } })
        expect(status, path).toBe(403)
        const message = expect.stringMatching(/CAIRN_URL.*CAIRN_HOSTS/)
        const refusal = path === '/mcp' ? { jsonrpc: '2.0', error: { code: -32_000, message } } : { error: 'forbidden', message }
        expect(JSON.parse(text)).toMatchObject(refusal)
        expect(received).toBeUndefined()
      }
    }
    for (const path of ['/api/health', '/api/health/', '//api/health/ready', '/api/health/ready?x'])
      expect((await send({ path, headers: { host } })).status, path).toBe(200)
  })
})

describe('a whole address as the target', () => {
  it.each([
    ['http://localhost:3000/x?y', 'evil.test', 200, 'page'],
    ['HTTP://localhost:3000', 'evil.test', 200, 'page'],
    ['http://localhost:3000/api//groups', 'evil.test', 200, 'api'],
    ['http://evil.test/', 'localhost', 403, 'CAIRN_HOSTS'],
    ['http://evil.test/api/groups', 'localhost', 403, '"error":"forbidden"'],
    ['http://', 'localhost', 400, 'not the address of a page'],
    ['ftp://localhost/', 'localhost', 400, 'not the address of a page'],
    ['*', 'localhost', 400, 'not the address of a page'],
  ])('%s counts instead of the Host %s: %i', async (path, host, status, text) => {
    expect(await send({ path, headers: { host } })).toMatchObject({ status, text: expect.stringContaining(text) })
  })
})

describe('an upgrade', () => {
  const upgrade = async (headers: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /_next/hmr HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`)
    let text = ''
    for await (const chunk of socket) text += chunk
    return text.slice(0, 12)
  }

  it('passes to a known Host only', async () => {
    expect(await upgrade('Host: evil.test\r\nOrigin: http://evil.test\r\n')).toBe('HTTP/1.1 403')
    expect(await upgrade('Host: localhost:3000\r\nOrigin: http://localhost:3000\r\n')).toBe('HTTP/1.1 101')
    expect(received?.host).toBe('localhost:3000')
  })

  it.each(['evil.test', 'localhost:3000'])('to %s may fail at any time, and the server goes on', async (host) => {
    const connected = once(front.server, 'connection')
    const socket = connect(port, '127.0.0.1').resume()
    const [taken] = await connected
    socket.write(`GET /_next/hmr HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nHost: ${host}\r\n\r\n`)
    await once(socket, 'end')
    // Node throws an error to which nobody listens.
    expect(() => taken.emit('error', new Error('as asked'))).not.toThrow()
    expect((await send({ headers: { host: 'localhost' } })).status).toBe(200)
  })
})

describe('a page', () => {
  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])('does not accept %s', async (method) => {
    expect((await send({ method, headers: { host: 'localhost' } })).status).toBe(405)
    expect(received).toBeUndefined()
  })
})
