import { once } from 'node:events'
import http, { type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../tools/port.mjs'
import { createFront } from './front.mjs'

const given = { url: 'https://cairn.example.com' }
let asked: IncomingHttpHeaders = {}

const front = createFront({
  address: () => ({ ...given, hosts: [] }),
  handle: async (request) => {
    if (request.url.endsWith('/fail')) throw new Error('as asked')
    const headers = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' }
    return new Response(
      '{}',
      request.url.endsWith('/own') ? { headers: { ...headers, 'Content-Security-Policy': 'sandbox' } } : { headers },
    )
  },
  page: async (req, res) => {
    asked = req.headers
    if (req.url === '/told')
      Reflect.set(Reflect.get(globalThis, Symbol.for('cairn.page')).getStore(), 'refusal', { status: 503, message: 'Away.', retryAfter: 1 })
    if (req.url === '/array') res.writeHead(200, ['x-of', 'Next'])
    else if (req.url === '/object') res.writeHead(200, { 'X-Of': 'Next' })
    else res.statusCode = req.url === '/told' ? 500 : 200
    res.end('page')
  },
})
let port: number

beforeAll(async () => {
  port = await listen(front.server, 0, '127.0.0.1')
})
afterAll(() => front.stop(100))

const send = async (path: string, headers = {}, method = 'GET'): Promise<{ status: number; headers: IncomingHttpHeaders }> => {
  const request = http.request({ port, host: '127.0.0.1', path, method, headers: { host: 'localhost', ...headers }, agent: false })
  request.end()
  const [response] = await once(request, 'response')
  response.resume()
  return { status: response.statusCode, headers: response.headers }
}

/** Every kind of answer: the path, what is sent with it, and the status. */
const ANSWERS: [path: string, headers: Record<string, string>, method: string, status: number][] = [
  ['/', {}, 'GET', 200],
  ['/', {}, 'HEAD', 200],
  ['/array', {}, 'GET', 200],
  ['/object', {}, 'GET', 200],
  ['/told', {}, 'GET', 503],
  ['/', { host: 'evil.test' }, 'GET', 403],
  ['/', { origin: 'http://evil.test' }, 'POST', 403],
  ['/', {}, 'PUT', 405],
  ['/%zz', {}, 'GET', 400],
  ['/api/x', {}, 'GET', 200],
  ['/api/own', {}, 'GET', 200],
  ['/api/fail', {}, 'GET', 500],
  ['/api/x', { host: 'evil.test' }, 'GET', 403],
  ['/api/x', { te: 'gzip' }, 'GET', 400],
  ['/mcp', {}, 'TRACE', 405],
  ['/mcp', {}, 'POST', 200],
]

describe('every answer', () => {
  it.each(ANSWERS)('to %s with %j by %s (%i) carries the headers of security, each once', async (path, headers, method, status) => {
    const answer = await send(path, headers, method)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
    })
    const policy = String(answer.headers['content-security-policy'])
    if (path === '/api/own') expect(policy).toBe('sandbox')
    else expect(policy).toMatch(/default-src '(none|self)'.*frame-ancestors 'none'/)
    expect(policy.match(/default-src/g)?.length ?? 1).toBe(1)
  })

  it('to what is not HTTP carries them too', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTQ\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += chunk
    expect(text).toMatch(/^HTTP\/1.1 400 .*x-content-type-options: nosniff/is)
  })

  it('says nothing about https where people come over http', async () => {
    given.url = 'http://cairn.example.com'
    for (const path of ['/', '/api/x']) expect((await send(path)).headers).not.toHaveProperty('strict-transport-security')
    given.url = 'https://cairn.example.com'
  })
})

describe('a page', () => {
  it('lets those scripts run that carry a number, drawn for each answer, whatever a client sends', async () => {
    const drawn = new Set<string>()
    for (let turn = 0; turn < 50; turn++) {
      const { headers } = await send('/', { 'content-security-policy': "script-src 'nonce-evil'", 'x-cairn-nonce': 'evil' })
      const [, nonce] = /script-src 'self' 'nonce-([\w+/]{22}==)' 'strict-dynamic';/.exec(String(headers['content-security-policy'])) ?? []
      expect(nonce).toBe(asked['x-cairn-nonce'])
      expect(asked['content-security-policy']).toBe(headers['content-security-policy'])
      drawn.add(nonce ?? '')
    }
    expect(drawn.size).toBe(50)
  })

  it('lets no inline script, no evaluation, no frame and no other origin through', async () => {
    const policy = String((await send('/')).headers['content-security-policy'])
    const [script] = /script-src [^;]*/.exec(policy) ?? []
    expect(script).not.toMatch(/unsafe|https?:|\*|data:/)
    expect(policy).toContain("object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
  })
})
