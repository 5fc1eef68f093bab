import { once } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../tools/port.mjs'
import type { Refusal } from './explain.mjs'
import { createFront } from './front.mjs'

/** What lib does (lib/transport/fault.ts). */
const tell = (refusal: Refusal) => Reflect.set(Reflect.get(globalThis, Symbol.for('cairn.page')).getStore(), 'refusal', refusal)
const AWAY: Refusal = { status: 503, message: 'The database <is> out of reach.', retryAfter: 2 }

/** The ways in which Next and its compression answer. */
const answers: Record<string, (res: ServerResponse) => void> = {
  end: (res) => res.end('of Next'),
  write: (res) => {
    res.write('of Next')
    res.end()
  },
  writeHead: (res) => res.writeHead(res.statusCode, { 'x-of': 'Next' }).end('of Next'),
  flushHeaders: (res) => {
    res.flushHeaders()
    res.write('of Next')
    res.end(() => {})
  },
}

let base: string
const front = createFront({
  address: () => ({ url: 'http://localhost', hosts: [] }),
  handle: async () => new Response(null),
  page: async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost')
    res.statusCode = Number(searchParams.get('status'))
    res.setHeader('content-encoding', 'identity')
    res.setHeader('set-cookie', 'of=Next')
    if (searchParams.has('broken')) {
      const parser = new PassThrough()
      req.once('data', () => parser.destroy(new Error('as asked')))
      await pipeline(req, parser).catch(() => {})
    }
    if (searchParams.has('told')) await Promise.resolve().then(() => tell(AWAY))
    answers[pathname.slice(1)]?.(res)
  },
})

beforeAll(async () => {
  base = `http://127.0.0.1:${await listen(front.server, 0, '127.0.0.1')}`
})
afterAll(() => front.stop(100))

describe.each(Object.keys(answers))('a page that Next answers by %s', (way) => {
  it('with 500 is answered with the refusal, if lib has told one', async () => {
    for (const method of ['GET', 'POST', 'HEAD']) {
      const response = await fetch(`${base}/${way}?status=500&told`, { method })
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('2')
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(response.headers.get('content-encoding')).toBeNull()
      const text = await response.text()
      if (method !== 'HEAD') expect(text).toContain('<p>The database &lt;is&gt; out of reach.</p>')
      expect(text).not.toContain('of Next')
    }
  })

  it('is answered too when the reading of the body failed before its end', async () => {
    const request = http.request(`${base}/${way}?status=500&told&broken`, { method: 'POST', headers: { 'content-length': 100_000 } })
    request.on('error', () => {}).write('x'.repeat(50_000))
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(503)
    request.destroy()
  })

  it.each(['status=500', 'status=200&told', 'status=404&told'])('with %s is left as it is', async (query) => {
    const response = await fetch(`${base}/${way}?${query}`)
    expect(response.status).toBe(Number(/\d+/.exec(query)))
    expect(response.headers.get('set-cookie')).toBe('of=Next')
    expect(await response.text()).toBe('of Next')
  })
})
