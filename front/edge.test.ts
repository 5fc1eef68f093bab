import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../tools/port.mjs'
import { createFront } from './front.mjs'

/**
 * What each path that is served is for a browser: a page, which is read and posted to by GET, HEAD and POST; a call of the API, whose
 * transport judges the rest; or the health, which is told under every name.
 */
const KINDS: Record<string, 'page' | 'call' | 'health'> = {
  '/': 'page',
  '/m/x': 'page',
  '/p/x': 'page',
  '/p/x/new': 'page',
  '/p/x/instructions': 'page',
  '/p/x/instructions.txt': 'page',
  '/g/x': 'page',
  '/g/x/agents': 'page',
  '/g/x/keys': 'page',
  '/g/x/settings': 'page',
  '/activity': 'page',
  '/proposals': 'page',
  '/proposals/x': 'page',
  '/proposals/new': 'page',
  '/settings/connect': 'page',
  '/sign-in': 'page',
  '/sign-in/to': 'page',
  '/settings/account': 'page',
  '/join/x': 'page',
  '/auth/callback/x': 'page',
  '/auth/email': 'page',
  '/auth/join': 'page',
  '/auth/link/x': 'page',
  '/auth/magic-link/verify': 'page',
  '/auth/password': 'page',
  '/auth/sessions': 'page',
  '/auth/sign-in': 'page',
  '/auth/sign-out': 'page',
  '/auth/start/x': 'page',
  '/auth/unlink': 'page',
  '/cli': 'page',
  '/docs/api': 'page',
  '/docs/api.md': 'page',
  '/llms.txt': 'page',
  '/nowhere': 'page',
  '/_next/static/x.js': 'page',
  '/apis': 'page',
  '/api/x': 'call',
  '//api//groups/': 'call',
  '/mcp': 'call',
  '/api/health': 'health',
  '/api/health/ready': 'health',
}

/** The paths of the files that serve something, with `x` for each parameter. */
const served = readdirSync(path.resolve(import.meta.dirname, '../app'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)(page|route)\.tsx?$/.test(file))
  .map((file) => file.split('/').slice(0, -1))
  .map((folders) => `/${folders.filter((folder) => !folder.startsWith('(')).join('/')}`.replace(/\[+[^\]]+\]+/g, 'x'))

const HOSTS: Record<string, boolean> = {
  'cairn.example.com': true,
  'cairn.lan': true,
  '127.0.0.1:3000': true,
  '[::1]:3000': true,
  'evil.test': false,
  '127.0.0.1.evil.test:3000': false,
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']
const ORIGINS = [undefined, 'own', 'null', 'https://evil.test', 'http://cairn.example.com', 'https://cairn.example.com.evil.test']
const SITES = [undefined, 'same-origin', 'none', 'same-site', 'cross-site', 'x']
const TYPES = ['application/json', 'application/x-www-form-urlencoded']

describe('the edge', () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  const front = createFront({
    address: () => ({ url: 'https://cairn.example.com', hosts: ['cairn.lan'] }),
    handle: async () => new Response('passed'),
    page: async (_req, res) => res.end('passed'),
  })
  let port: number

  beforeAll(async () => {
    port = await listen(front.server, 0, '127.0.0.1')
  })
  afterAll(() => {
    agent.destroy()
    return front.stop(100)
  })

  const send = async (method: string, target: string, given: Record<string, string | undefined>) => {
    const headers = Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
    const request = http.request({ port, host: '127.0.0.1', method, path: target, headers, agent, setHost: false })
    request.end(method === 'POST' ? '{}' : '')
    const [response] = await once(request, 'response')
    let text = ''
    for await (const chunk of response) text += chunk
    const isDone = response.statusCode === 200 && (method === 'HEAD' || text === 'passed')
    return isDone ? 'passes' : `${response.statusCode}`
  }

  it('has a row for every path that is served', () => {
    expect(served.length).toBeGreaterThan(15)
    expect(served.filter((one) => KINDS[one] === undefined)).toEqual([])
  })

  /** What has to come of a request: whether it passes, or with which status it is refused. */
  const wanted = (kind: string, method: string, isKnown: boolean, origin: string | undefined, site: string | undefined): string => {
    if (!isKnown && kind !== 'health') return '403'
    if (kind !== 'page') return method === 'TRACE' ? '405' : 'passes'
    if (method === 'GET' || method === 'HEAD') return 'passes'
    if (method !== 'POST') return '405'
    const isOwn = (origin === undefined || origin === 'own') && (site === undefined || site === 'same-origin' || site === 'none')
    return isOwn ? 'passes' : '403'
  }

  it('[F4] lets a request pass only where the table says so: kind of path, method, Host, Origin, Sec-Fetch-Site and content type', async () => {
    const wrong: string[] = []
    let cells = 0
    let passed = 0
    const judge = async (target: string, method: string, host: string, origin: string | undefined, site: string | undefined) => {
      const own = /^(127|localhost|\[)/.test(host) ? `http://${host}` : 'https://cairn.example.com'
      const right = wanted(KINDS[target] ?? '', method, HOSTS[host] ?? false, origin, site)
      for (const type of method === 'POST' ? TYPES : [undefined]) {
        const came = await send(method, target, {
          host,
          origin: origin === 'own' ? own : origin,
          'sec-fetch-site': site,
          'content-type': type,
        })
        cells++
        if (came === 'passes') passed++
        if (came !== right) wrong.push(`${method} ${target}, Host ${host}, Origin ${origin}, ${site}, ${type}: ${came} instead of ${right}`)
      }
    }
    for (const target of Object.keys(KINDS))
      for (const method of METHODS)
        for (const host of Object.keys(HOSTS))
          await Promise.all(
            // These two count only where something may be changed.
            (method === 'POST' ? ORIGINS : [undefined, 'https://evil.test']).flatMap((origin) =>
              (method === 'POST' ? SITES : [undefined, 'cross-site']).map((site) => judge(target, method, host, origin, site)),
            ),
          )
    expect(wrong.slice(0, 20)).toEqual([])
    expect([cells, passed]).toEqual([Object.keys(KINDS).length * 6 * (8 * 4 + 6 * 6 * 2), expect.any(Number)])
    expect(passed / cells).toBeLessThan(0.5)
  }, 180_000)
})
