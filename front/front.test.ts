import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { log } from '@/lib/log.mjs'
import { listen } from '../tools/port.mjs'
import { apiBytes } from './body.mjs'
import { apiTarget, createFront } from './front.mjs'

let port: number
let received: Request[] = []
let left = 0

// A stand-in for the transport: it echoes the request, and answers 413 if the body is too long.
async function handle(request: Request): Promise<Response> {
  received.push(request)
  const { pathname, search } = new URL(request.url)
  if (pathname === '/api/fail') throw new Error('as asked')
  if (pathname === '/api/events') return events(request)
  if (pathname === '/api/given-up') return givenUp()
  if (pathname === '/api/nothing') return new Response(null, { status: 204 })
  const text = await request.text()
  if (text.length > apiBytes) return Response.json({ error: 'too_large' }, { status: 413 })
  const headers = new Headers({ 'x-request-id': 'r' })
  headers.append('set-cookie', 'a=1')
  headers.append('set-cookie', 'b=2')
  return Response.json({ method: request.method, path: pathname + search, text, session: request.headers.get('x-session-id') }, { headers })
}

function events(request: Request): Response {
  request.signal.addEventListener('abort', () => {
    left++
  })
  const encoder = new TextEncoder()
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode('data: 1\n\n')),
    cancel: () => {
      left++
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

/** A stream that the server gives up although its client does not read it. */
function givenUp(): Response {
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new Uint8Array(20_000_000))
      setTimeout(() => controller.error(new Error('given up')), 100)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

const address = () => ({ url: 'http://cairn.test:8080', hosts: ['x'] })

const front = createFront({
  address,
  handle,
  page: async (req, res) => {
    for await (const _ of req);
    res.end('page')
  },
})

beforeAll(async () => {
  port = await listen(front.server, 0, '127.0.0.1')
})
afterAll(() => front.stop(100))

const url = (path: string) => `http://127.0.0.1:${port}${path}`

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Sends the bytes as they are, and reads until the server closes the connection. */
async function raw(text: string): Promise<{ status: number; head: string; body: string }> {
  const socket = await open()
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(text)
  // `once` would reject when the connection is reset.
  await new Promise((resolve) => socket.on('close', resolve))
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body }
}

const envelope = (error: string) => ({
  success: false,
  error,
  message: expect.any(String),
  details: {},
  request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
})

describe('routing', () => {
  it.each([
    ['/api', '/api'],
    ['/api/', '/api'],
    ['//api///groups//?a=//b/', '/api/groups?a=//b/'],
    ['/api/groups/', '/api/groups'],
    ['/mcp', '/mcp'],
    ['//mcp/', '/mcp'],
    ['/api/%zz', '/api/%zz'],
    ['/', null],
    ['//', null],
    ['/apis', null],
    ['/groups/api/', null],
    ['*', null],
  ])('%s', (asked, target) => {
    expect(apiTarget(asked)).toBe(target)
  })

  it('folds slashes, keeps the query, the headers and the body, and both cookies', async () => {
    const response = await fetch(url('/api//milestones///ms_x/?limit=1'), {
      method: 'POST',
      body: '{"a":"ä"}',
      headers: { 'X-Session-Id': 's1' },
    })
    expect(await response.json()).toEqual({ method: 'POST', path: '/api/milestones/ms_x?limit=1', text: '{"a":"ä"}', session: 's1' })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('content-length')).not.toBeNull()
    expect(response.headers.has('x-powered-by')).toBe(false)
  })

  it('gives pages to Next, and refuses an address that cannot be decoded', async () => {
    expect(await (await fetch(url('/groups'))).text()).toBe('page')
    expect((await fetch(url('/groups/%zz'))).status).toBe(400)
    expect((await fetch(url('/api/%zz'))).status).toBe(200)
  })

  it('answers HEAD without a body and 204 without a length', async () => {
    const head = await fetch(url('/api/x'), { method: 'HEAD' })
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0)
    expect((await fetch(url('/api/nothing'))).headers.has('content-length')).toBe(false)
  })

  it('answers an error of the transport in the envelope, without its text', async () => {
    const said = vi.spyOn(log, 'error').mockImplementation(() => undefined)
    const response = await fetch(url('/api/fail'))
    expect(said).toHaveBeenCalledOnce()
    said.mockRestore()
    expect(response.status).toBe(500)
    const answer = await response.json()
    expect(answer).toEqual(envelope('internal'))
    expect(answer.message).not.toContain('as asked')
  })
})

describe('the limit of a body', () => {
  it('stops the reading of a chunked body', async () => {
    received = []
    const socket = await open()
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.write('POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
    // Nine chunks of 32 KiB are over the limit, and the body never ends.
    for (let sent = 0; sent < 9; sent++) socket.write(chunk)
    await once(socket, 'end')
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*connection: close/is)
    expect(received).toHaveLength(1)
    socket.destroy()
  })

  it('refuses a Content-Length over it before the body is sent', async () => {
    const { status, head } = await raw('POST /api/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 300000\r\n\r\n')
    expect(status).toBe(413)
    expect(head).toContain('connection: close')
  })

  it('admits a body of exactly this size', async () => {
    const response = await fetch(url('/api/x'), { method: 'POST', body: 'x'.repeat(apiBytes) })
    expect(response.status).toBe(200)
  })

  it('exists for pages too', async () => {
    expect((await raw('POST /groups HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n')).status).toBe(413)
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
    expect(await raw(`POST /groups HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(33)}`)).toMatchObject({
      head: '',
    })
    expect((await fetch(url('/groups'), { method: 'POST', body: 'x'.repeat(1_000_000) })).status).toBe(200)
  })
})

describe('bodies that never end', () => {
  it.each(['/api/x', '/groups'])(
    'at %s hold a bounded memory together: the oldest are given up, and others are still read',
    async (path) => {
      const bytes = path === '/groups' ? 1_000_000 : 250_000
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes + 1}\r\n\r\n`
      const sockets: Socket[] = []
      for (let sent = 0; sent < 80_000_000; sent += bytes) {
        const socket = await open()
        await new Promise((resolve) => socket.resume().write(head + 'x'.repeat(bytes), resolve))
        sockets.push(socket)
      }
      await expect.poll(() => sockets[0]?.closed).toBe(true)
      expect(sockets.at(-1)?.closed).toBe(false)
      expect((await fetch(url(path), { method: 'POST', body: 'x'.repeat(bytes) })).status).toBe(200)
      for (const socket of sockets) socket.destroy()
    },
  )
})

describe('a body of many small pieces', () => {
  it('takes little more memory than its bytes', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc')
    const used = () => {
      collect()
      const { heapUsed, external } = process.memoryUsage()
      return heapUsed + external
    }
    const bytes = 100_000
    const socket = await open()
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    const before = used()
    socket.write('POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    await new Promise((resolve) => socket.write('1\r\nx\r\n'.repeat(bytes), resolve))
    await sleep(500)
    expect(used() - before).toBeLessThan(10_000_000)
    socket.write('0\r\n\r\n')
    await expect.poll(() => answer).toContain(`"text":"${'x'.repeat(bytes)}"`)
    socket.destroy()
  })
})

describe('an event stream', () => {
  it('is cancelled when its client leaves', async () => {
    left = 0
    const controller = new AbortController()
    const response = await fetch(url('/api/events'), { signal: controller.signal })
    const chunk = await response.body?.getReader().read()
    expect(new TextDecoder().decode(chunk?.value)).toBe('data: 1\n\n')
    controller.abort()
    await expect.poll(() => left).toBe(2)
  })

  it('that the server gives up closes its connection at once, without an entry in the log', async () => {
    const logged = vi.spyOn(log, 'error')
    const closed = new Promise((resolve) => front.server.once('connection', (server) => server.once('close', resolve)))
    const socket = await open()
    socket.pause().write('GET /api/given-up HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed
    expect(logged).not.toHaveBeenCalled()
    logged.mockRestore()
    socket.destroy()
  })
})

describe('an invalid request', () => {
  it.each([
    ['an unknown method', 'BREW /api/x HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'method_not_allowed'],
    ['the method CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'method_not_allowed'],
    ['the method TRACE', 'TRACE /api/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405, 'method_not_allowed'],
    ['headers that are too large', `GET /api/x HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'too_large'],
    ['a protocol other than HTTP', 'GET /api/x HTTQ\r\n\r\n', 400, 'malformed'],
    ['no Host header', 'GET /api/x HTTP/1.1\r\n\r\n', 400, 'malformed'],
    ['two Host headers', 'GET /api/x HTTP/1.1\r\nHost: x\r\nhOST: x\r\n\r\n', 400, 'malformed'],
    ['two Host headers for a page', 'GET / HTTP/1.1\r\nHost: x\r\nHost: evil.test\r\n\r\n', 400, 'malformed'],
    ['a TE that wants more than trailers', 'GET /api/x HTTP/1.1\r\nHost: x\r\nTE: trailers, deflate\r\n\r\n', 400, 'malformed'],
    ['101 headers', `GET /api/x HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(100)}\r\n`, 431, 'too_large'],
    ['2,500 headers', `GET /api/x HTTP/1.1\r\nHost: x\r\n${'a:\r\n'.repeat(2_500)}\r\n`, 431, 'too_large'],
    [
      'a length and chunks',
      'POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed',
    ],
    [
      'chunks after a length',
      'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
      400,
      'malformed',
    ],
    [
      'chunks inside another encoding',
      'POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
      400,
      'malformed',
    ],
    ['a space before the colon', 'GET /api/x HTTP/1.1\r\nHost : x\r\n\r\n', 400, 'malformed'],
    ['a header over two lines', 'GET /api/x HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nHost: y\r\n\r\n', 400, 'malformed'],
    ['two Content-Length headers', 'POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'malformed'],
    ['a broken chunk', 'POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400, 'malformed'],
  ])('with %s is answered in the envelope', async (_name, text, status, code) => {
    const answer = await raw(text)
    expect(answer.status).toBe(status)
    expect(answer.head).toContain('content-type: application/json')
    expect(JSON.parse(answer.body)).toEqual(envelope(code))
  })
})

describe('a request within these limits', () => {
  it.each([
    ['TE: trailers', 'TE: Trailers\r\n'],
    ['100 headers', 'a: b\r\n'.repeat(98)],
  ])('with %s is answered', async (_name, headers) => {
    expect((await raw(`GET /api/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`)).status).toBe(200)
  })
})

describe('a client that resets its connection', () => {
  it.each(['CONNECT x:1', 'GET /api/x', 'GET /x', 'BREW /'])('after %s leaves the server running', async (line) => {
    // An error that nobody listens for would end the process, and here the test run.
    for (let round = 0; round < 100; round++) {
      const socket = await open()
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\n\r\n`)
      if (round % 2 === 1) await sleep(0)
      socket.resetAndDestroy()
    }
    await sleep(50)
    expect((await fetch(url('/api/x'))).status).toBe(200)
  })
})

describe('stop', () => {
  it('waits for running requests, ends streams, and accepts no new connection', async () => {
    let finish: (response: Response) => void = () => {}
    const other = createFront({
      address,
      handle: (request) =>
        request.url.endsWith('/events') ? Promise.resolve(events(request)) : new Promise((resolve) => (finish = resolve)),
      page: async () => {},
    })
    const base = `http://127.0.0.1:${await listen(other.server, 0, '127.0.0.1')}`
    const running = fetch(`${base}/api/slow`)
    const stream = await fetch(`${base}/api/events`)
    await sleep(50)
    const stopped = other.stop(30_000)
    expect(await stream.text()).toBe('data: 1\n\n')
    await expect(fetch(`${base}/api/x`)).rejects.toThrow()
    finish(Response.json({ done: true }))
    expect(await (await running).json()).toEqual({ done: true })
    const before = Date.now()
    await stopped
    expect(Date.now() - before).toBeLessThan(20_000)
  })

  it('does not cut off an answer of a known length that is of the type of a stream', async () => {
    let finish: () => void = () => {}
    const text = 'data: 1\n\ndata: 2\n\n'
    const body = new ReadableStream({
      start: (controller) => {
        const encoder = new TextEncoder()
        controller.enqueue(encoder.encode(text.slice(0, 9)))
        finish = () => {
          controller.enqueue(encoder.encode(text.slice(9)))
          controller.close()
        }
      },
    })
    const headers = { 'content-type': 'text/event-stream', 'content-length': String(text.length) }
    const other = createFront({ address, handle: async () => new Response(body, { headers }), page: async () => {} })
    const answer = await fetch(`http://127.0.0.1:${await listen(other.server, 0, '127.0.0.1')}/api/x`)
    const stopped = other.stop(3000)
    finish()
    expect(await answer.text()).toBe(text)
    await stopped
  })
})
