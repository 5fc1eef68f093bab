import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listen } from '../tools/port.mjs'
import { createFront } from './front.mjs'
import { mostWaiting } from './turns.mjs'

let front: ReturnType<typeof createFront>
let port: number
/** The paths that were given to `handle` or `page`, in order. */
let started: string[]
/** Answers the request for a path, once it has started. */
let answers: Map<string, (body: string) => void>
let pages: Map<string, { req: IncomingMessage; res: ServerResponse }>

async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  started.push(pathname)
  if (pathname.startsWith('/api/now')) return new Response(`${pathname} ${await request.text()}`)
  return new Promise((resolve) => answers.set(pathname, (body) => resolve(new Response(body))))
}

async function page(req: IncomingMessage, res: ServerResponse): Promise<void> {
  started.push(req.url ?? '')
  pages.set(req.url ?? '', { req, res })
}

beforeEach(async () => {
  started = []
  answers = new Map()
  pages = new Map()
  front = createFront({ handle, page, address: () => ({ url: 'http://x', hosts: [] }) })
  port = await listen(front.server, 0, '127.0.0.1')
})
afterEach(() => front.stop(100))

/** @param endsToo whether the client stops sending when the server does */
async function open({ endsToo = true } = {}): Promise<Socket & { text(): string; gone: Promise<unknown> }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  if (endsToo) socket.on('end', () => socket.end())
  return Object.assign(socket, { text: () => text, gone: new Promise((resolve) => socket.on('close', resolve)) })
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${more}\r\n`
const post = (path: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

describe('the requests of one connection', () => {
  it('start one after another, and are answered in order', async () => {
    const socket = await open()
    socket.write(get('/api/1') + post('/api/now2', 'body') + get('/3') + get('/api/now4'))
    await expect.poll(() => started).toEqual(['/api/1'])
    await sleep(30)
    expect(started).toEqual(['/api/1'])
    answers.get('/api/1')?.('one')
    await expect.poll(() => started).toEqual(['/api/1', '/api/now2', '/3'])
    pages.get('/3')?.res.end('three')
    await expect.poll(() => statuses(socket.text())).toEqual([200, 200, 200, 200])
    expect(socket.text()).toMatch(/one.*\/api\/now2 body.*three.*\/api\/now4 /s)
    socket.destroy()
  })

  it('are never started once the client has gone', async () => {
    const socket = await open()
    socket.write(get('/api/1') + get('/api/2') + get('/3'))
    await expect.poll(() => started).toEqual(['/api/1'])
    socket.resetAndDestroy()
    await sleep(30)
    answers.get('/api/1')?.('one')
    await sleep(50)
    expect(started).toEqual(['/api/1'])
  })

  it('leave a page that is being sent as soon as the client has gone', async () => {
    const socket = await open()
    socket.pause()
    socket.write(get('/1') + get('/2'))
    await expect.poll(() => started).toEqual(['/1'])
    const res = pages.get('/1')?.res
    while (res?.write('x'.repeat(100_000)));
    socket.destroy()
    await expect.poll(() => res?.closed).toBe(true)
    expect(started).toEqual(['/1'])
  })

  it('do not start behind an answer that closes the connection', async () => {
    const socket = await open()
    socket.write(get('/api/now1', 'Connection: close\r\n') + get('/api/now2'))
    await socket.gone
    expect(statuses(socket.text())).toEqual([200])
    expect(started).toEqual(['/api/now1'])
  })

  it('do not start when they come after such an answer, while the connection is still read', async () => {
    const socket = await open({ endsToo: false })
    socket.write('GET /api/now1 HTTP/1.1\r\n\r\n')
    await once(socket, 'end')
    socket.write(get('/api/now2') + get('/3'))
    await sleep(100)
    socket.destroy()
    expect(started).toEqual([])
  })

  it('are never read out of the body of another one, when Node drops what it got behind a request for an upgrade', async () => {
    const socket = await open()
    const smuggled = get('/api/now3')
    const head = post('/api/now2', smuggled).slice(0, -smuggled.length)
    socket.write(get('/api/1', 'Connection: upgrade\r\nUpgrade: websocket\r\n') + head)
    await expect.poll(() => started).toEqual(['/api/1'])
    socket.write(smuggled)
    await sleep(30)
    answers.get('/api/1')?.('one')
    await socket.gone
    expect(statuses(socket.text())).toEqual([200])
    expect(socket.text().toLowerCase()).toContain('connection: close')
    expect(started).toEqual(['/api/1'])
  })

  it('wait for a client that reads slowly, which gets every answer whole', async () => {
    const socket = await open()
    socket.pause()
    const long = 'x'.repeat(20_000_000)
    socket.write(get('/api/1') + get('/api/2'))
    await expect.poll(() => started).toEqual(['/api/1'])
    answers.get('/api/1')?.(long)
    await sleep(100)
    expect(started).toEqual(['/api/1'])
    socket.resume()
    await expect.poll(() => started).toEqual(['/api/1', '/api/2'])
    answers.get('/api/2')?.('two')
    await expect.poll(() => socket.text().endsWith('two')).toBe(true)
    expect(socket.text()).toContain(`\r\n\r\n${long}HTTP/1.1 200`)
    socket.destroy()
  })

  it('may have bodies that arrive later, before and behind others', async () => {
    const socket = await open()
    const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n`
    socket.write(`${get('/api/1') + head('/api/now2')}3\r\nabc\r\n`)
    await expect.poll(() => started).toEqual(['/api/1'])
    answers.get('/api/1')?.('one')
    await expect.poll(() => statuses(socket.text())).toEqual([200])
    const long = 'y'.repeat(0x8000)
    for (let sent = 0; sent < 4; sent++) {
      await sleep(10)
      socket.write(`8000\r\n${long}\r\n`)
    }
    socket.write(`0\r\n\r\n${get('/api/now3')}`)
    await expect.poll(() => statuses(socket.text())).toEqual([200, 200, 200])
    expect(socket.text()).toContain(`/api/now2 abc${long.repeat(4)}HTTP`)
    socket.destroy()
  })

  it('are told to go on only when it is their turn', async () => {
    const socket = await open()
    const head = 'POST /api/now2 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n'
    socket.write(get('/api/1') + head)
    await expect.poll(() => started).toEqual(['/api/1'])
    await sleep(30)
    expect(socket.text()).toBe('')
    answers.get('/api/1')?.('one')
    await expect.poll(() => statuses(socket.text())).toEqual([200, 100])
    socket.write('ok')
    await expect.poll(() => statuses(socket.text())).toEqual([200, 100, 200])
    expect(socket.text()).toContain('/api/now2 ok')
    socket.destroy()
  })

  it(`may be ${mostWaiting} more than the one that runs; a client that sends more is disconnected`, async () => {
    const most = await open()
    most.write(get('/api/first') + get('/api/now').repeat(mostWaiting))
    await expect.poll(() => started).toEqual(['/api/first'])
    answers.get('/api/first')?.('')
    await expect.poll(() => statuses(most.text())).toHaveLength(mostWaiting + 1)
    most.destroy()
    started = []
    const more = await open()
    more.write(get('/api/first') + get('/api/now').repeat(mostWaiting + 1))
    await more.gone
    expect(started).toEqual(['/api/first'])
  })

  it('may be any number in the course of time', async () => {
    const socket = await open()
    for (let round = 0; round < 20; round++) {
      socket.write(get('/api/now').repeat(20))
      await expect.poll(() => statuses(socket.text()).length).toBe((round + 1) * 20)
    }
    socket.destroy()
  })
})

describe('broken bytes behind a request', () => {
  it.each([
    ['of no protocol', 'GET / HTTQ\r\n\r\n'],
    ['of a body', 'POST /api/now2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ])('%s are refused after its answer', async (_name, bytes) => {
    const socket = await open()
    socket.write(get('/api/1') + bytes)
    await expect.poll(() => started).toEqual(['/api/1'])
    await sleep(30)
    expect(socket.text()).toBe('')
    answers.get('/api/1')?.('one')
    await socket.gone
    expect(statuses(socket.text())).toEqual([200, 400])
    expect(started).toEqual(['/api/1'])
  })

  it('are not answered when it closed the connection', async () => {
    const socket = await open()
    socket.write(`${get('/api/1', 'Connection: close\r\n')}nonsense\r\n\r\n`)
    await expect.poll(() => started).toEqual(['/api/1'])
    answers.get('/api/1')?.('one')
    await socket.gone
    expect(statuses(socket.text())).toEqual([200])
  })

  it('with the method CONNECT close the connection', async () => {
    const socket = await open()
    socket.write(`${get('/api/1')}CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n`)
    await socket.gone
    expect(statuses(socket.text())).toEqual([])
  })
})

describe('a client that reads nothing', () => {
  it('is disconnected after a while', async () => {
    const strict = createFront({ handle, page, address: () => ({ url: 'http://x', hosts: [] }), stalledMilliseconds: 300 })
    strict.server.listen(0, '127.0.0.1')
    await once(strict.server, 'listening')
    const address = strict.server.address()
    port = typeof address === 'object' && address ? address.port : 0
    const socket = await open()
    socket.pause()
    socket.write(get('/1'))
    await expect.poll(() => started).toEqual(['/1'])
    const res = pages.get('/1')?.res
    res?.end('x'.repeat(20_000_000))
    await expect.poll(() => res?.closed).toBe(true)
    socket.destroy()
    await strict.stop(100)
  })
})

describe('a client that waits for its answer', () => {
  it('keeps its connection for two thirds of the time after which a stalled one is closed, again and again', async () => {
    const slow = createFront({
      handle: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5_000))
        return new Response('{}')
      },
      page,
      address: () => ({ url: 'http://x', hosts: [] }),
      stalledMilliseconds: 7_500,
    })
    slow.server.listen(0, '127.0.0.1')
    await once(slow.server, 'listening')
    const address = slow.server.address()
    port = typeof address === 'object' && address ? address.port : 0
    const socket = await open()
    for (let answered = 1; answered <= 2; answered++) {
      socket.write(get('/api/wait'))
      await expect.poll(() => statuses(socket.text()).length).toBe(answered)
    }
    socket.destroy()
    await slow.stop(100)
  })
})

describe('a stop', () => {
  it('lets the requests that wait be answered too', async () => {
    const socket = await open()
    socket.write(get('/api/1') + get('/api/now2'))
    await expect.poll(() => started).toEqual(['/api/1'])
    const stopped = front.stop(3_000)
    answers.get('/api/1')?.('one')
    await stopped
    await socket.gone
    expect(statuses(socket.text())).toEqual([200, 200])
  })
})
