import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import http from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, isReady, until } from '@/lib/testing/app'
import { postgresOf, useApps } from '@/lib/testing/apps'
import { listen } from '../tools/port.mjs'

const root = path.resolve(import.meta.dirname, '..')
const childrenOf = (pid: number) =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number)

type Answer = { status: number; headers: http.IncomingHttpHeaders; text: string }

async function ask(port: number, method: string, target: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  const request = http.request({ port, host: '127.0.0.1', method, path: target, headers, agent: false })
  request.end(body)
  const [response] = await once(request, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

/** Sends bytes that no HTTP client would send, and returns the status of the answer. */
async function askRaw(port: number, bytes: string): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}).write(bytes)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return Number(String(answer).split(' ')[1])
}

/** A proxy with the defaults of nginx: it calls the app by the app's address, and keeps every other header. */
function openProxy(app: number): http.Server {
  return http.createServer((req, res) => {
    const headers = { ...req.headers, host: `127.0.0.1:${app}`, connection: 'close' }
    const request = http.request({ port: app, host: '127.0.0.1', method: req.method, path: req.url, headers })
    request.on('response', (answer) => answer.pipe(res.writeHead(answer.statusCode ?? 0, answer.headers)))
    req.pipe(request)
  })
}

describe.sequential('an app behind a proxy', () => {
  const apps = useApps()
  const own = 'https://cairn.example.com'
  let app: App
  let proxy: http.Server
  let port: number
  let cookie: string
  let action: string

  beforeAll(async () => {
    app = await apps.start('proxied', { CAIRN_URL: own, CAIRN_GITHUB_CLIENT_ID: 'id', CAIRN_GITHUB_CLIENT_SECRET: 'secret' })
    proxy = openProxy(app.port)
    port = await listen(proxy, 0, '127.0.0.1')
    await until(app, () => isReady(app))
    const manifest = JSON.parse(readFileSync(path.join(root, '.next/server/server-reference-manifest.json'), 'utf8'))
    const actions: [string, { exportedName: string }][] = Object.entries(manifest.node)
    action = actions.find(([, { exportedName }]) => exportedName === 'createProject')?.[0] ?? ''
  })

  afterAll(() => proxy.close())

  it('signs a person in by the link that it printed, with a cookie for https only', async () => {
    const link = new RegExp(`${own}(/auth/\\S+)`).exec(app.output())?.[1] ?? ''
    const { status, headers } = await ask(port, 'GET', link)
    expect(status).toBe(303)
    cookie = headers['set-cookie']?.find((set) => set.includes('session_token')) ?? ''
    // Nobody but this host can set or read a cookie of such a name, and only over https.
    expect(cookie).toMatch(/^__Host-cairn\.session_token=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    cookie = cookie.split(';', 1)[0] ?? ''
    expect((await ask(port, 'GET', '/', { cookie })).text).toContain('Sign out')
  })

  // [Origin, Host, headers of a client that lies, whether a change may pass]. Only the first Host reaches the app through the proxy.
  it.each([
    [own, 'cairn.example.com', {}, true],
    [own, 'cairn.example.com', { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' }, true],
    ['https://evil.test', 'cairn.example.com', {}, false],
    ['https://evil.test', 'evil.test', {}, false],
    ['https://evil.test', 'evil.test', { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' }, false],
    ['http://cairn.example.com', 'cairn.example.com', {}, false],
    ['null', 'cairn.example.com', {}, false],
  ])('lets a page of %s change something, called as %s with %o: %s', async (origin, host, lies, passes) => {
    const sent = { cookie, origin, host, ...lies }
    for (const entry of [port, app.port]) {
      const title = `Group ${Object.keys(lies).length} ${entry}`
      const group = await ask(
        entry,
        'POST',
        '/api/groups',
        { ...sent, 'content-type': 'application/json' },
        JSON.stringify({ name: title }),
      )
      expect(group.status, group.text).toBe(passes ? 200 : 403)
      const group_id = passes ? JSON.parse(group.text).data.group_id : 'g'
      // The second page does not use the action, so Next forwards it to one that does, by a request of its own.
      for (const page of ['/', '/sign-in']) {
        const input = JSON.stringify([{ group_id, title: `Project ${page}` }])
        const made = await ask(entry, 'POST', page, { ...sent, 'next-action': action, 'content-type': 'text/plain' }, input)
        expect(made.status, made.text).toBe(passes ? 200 : 403)
        if (passes) expect(made.text).toContain('"success":true')
      }
    }
  })

  const forms = readdirSync(path.join(root, 'app/auth'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('route.ts') && readFileSync(path.join(root, 'app/auth', file), 'utf8').includes('const POST'))
    .map((file) => file.replace('/route.ts', '').replace('[provider]', 'github'))

  it('has forms for signing in', () => {
    expect(forms).toEqual(expect.arrayContaining(['join', 'link/github', 'password', 'sessions', 'sign-in', 'sign-out']))
  })

  it.each(forms)('takes the form of /auth/%s from its own pages only', async (form) => {
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { origin: 'http://cairn.example.com' },
      { origin: 'https://cairn.example.com:8443' },
      { origin: `${own}.evil.test` },
      { origin: 'http://127.0.0.1:1' },
      { origin: own, 'sec-fetch-site': 'same-site' },
      { origin: own, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
      { referer: `${own}/sign-in` },
    ]
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const entry of [port, app.port])
      for (const headers of foreign) {
        const host = { host: 'cairn.example.com' }
        const answer = await ask(entry, 'POST', `/auth/${form}`, { ...host, ...type, ...headers, cookie }, 'email=a%40b.c&password=x')
        expect(answer.status, JSON.stringify(headers)).toBe(403)
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
    expect((await ask(port, 'GET', '/', { cookie })).text).toContain('Sign out')
    // Nobody is signed in by this one, and the owner is not signed out.
    const taken = await ask(port, 'POST', `/auth/${form}`, { ...type, host: 'cairn.example.com', origin: own }, 'email=a%40b.c&password=x')
    expect(taken.status).toBe(303)
    expect(taken.headers['set-cookie']?.join() ?? '').not.toMatch(/session_token=[^;]/)
  })

  it.each(['%0d%0aSet-Cookie:%20x=y', '%e2%98%83', '%00', '../../auth/sign-out', '//evil.test', '%0a', 'x'.repeat(200)])(
    'leads nobody elsewhere by the token %s of an invitation, and does not fail at it',
    async (token) => {
      const headers = { host: 'cairn.example.com', origin: own, 'content-type': 'application/x-www-form-urlencoded' }
      const { status, headers: answered } = await ask(port, 'POST', '/auth/join', headers, `token=${token}&name=A&email=a%40b.c&password=x`)
      expect([status, new URL(answered.location ?? '', own).origin]).toEqual([303, own])
      expect(new URL(answered.location ?? '', own).pathname).toMatch(/^\/join\//)
    },
  )

  it('is not called by a name that another site points at it, except for the health', async () => {
    const host = `evil.test:${app.port}`
    for (const target of ['/', '/sign-in', '/api/groups', '/icon.svg', '/auth/get-session']) {
      const { status, text } = await ask(app.port, 'GET', target, { host, cookie })
      expect(status, target).toBe(403)
      expect(text, target).toMatch(/CAIRN_URL.*CAIRN_HOSTS/)
    }
    for (const target of ['/api/health', '/api/health/ready']) expect((await ask(app.port, 'GET', target, { host })).status).toBe(200)
  })

  it('answers what a stranger may send with 4xx, never with 500', async () => {
    const post = `POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: ${own}\r\n`
    const form = 'Content-Type: multipart/form-data; boundary=b\r\n'
    const strange: [string, number][] = [
      ['GET * HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
      ['OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
      ['TRACE /auth/x HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
      ['GET ftp://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
      ['GET http://[x/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 403],
      ['GET /_global-error HTTP/1.1\r\nHost: localhost\r\n\r\n', 404],
      ['GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n', 404],
      ['GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
      [`GET /${'x'.repeat(12_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 404],
      [`${post}${form}Content-Length: 6\r\n\r\n--b\r\nx`, 400],
      [`${post}${form}Content-Length: 0\r\n\r\n`, 400],
      [`${post}Content-Type: multipart/form-data\r\nContent-Length: 1\r\n\r\nx`, 400],
      [`${post}Next-Action: ${action}\r\n${form}Content-Length: 6\r\n\r\n--b\r\nx`, 400],
      [`${post}Next-Action: ${action}\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n{`, 400],
      [`${post}Next-Action: ${action}\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n1`, 400],
      [`${post}Next-Action: ${action.replace(/.$/, 'x')}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n[]`, 409],
      [`${post}Next-Action: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n[]`, 400],
    ]
    for (const [bytes, status] of strange) expect(await askRaw(app.port, bytes), bytes.slice(0, 400)).toBe(status)
    for (const tree of ['%7bx', 'null', '%zz', encodeURIComponent('['.repeat(2_000))]) {
      const headers = { rsc: '1', 'next-router-state-tree': tree, 'accept-encoding': 'gzip' }
      const redirected = await ask(app.port, 'GET', '/sign-in', headers)
      const { status, text } = await ask(app.port, 'GET', redirected.headers.location ?? '/sign-in', headers)
      expect(status, tree).toBe(400)
      expect(text).toContain('<h1>This request could not be understood</h1>')
    }
  })

  it.skipIf(!existsSync('/proc/self/fd'))('keeps no file open for answers that nobody read', async () => {
    // A file that is larger than what the kernel takes from the app without a reader.
    const chunks = path.join(root, '.next/static/chunks')
    const sizeOf = (file: string) => statSync(path.join(chunks, file)).size
    const [largest] = readdirSync(chunks).sort((a, b) => sizeOf(b) - sizeOf(a))
    const openFiles = () => readdirSync(`/proc/${app.child.pid}/fd`).length
    const before = openFiles()
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(app.port, '127.0.0.1')
      socket.on('error', () => {}).pause()
      socket.write(`GET /_next/static/chunks/${largest} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(40))
      return socket
    })
    await expect.poll(openFiles).toBeGreaterThan(before + 10)
    await sleep(500)
    for (const socket of sockets) socket.destroy()
    // A few more may be open, for connections of the database's pool.
    await expect.poll(openFiles).toBeLessThan(before + 10)
  })

  it('answers pages with 503 while the database is silent, and with 200 afterwards', async () => {
    const postgres = [postgresOf(app), ...childrenOf(postgresOf(app))]
    for (const pid of postgres) process.kill(pid, 'SIGSTOP')
    try {
      const targets = ['/', '/p/x', '/m/ms_x']
      const pages = targets.map((target) => ask(port, 'GET', target, { cookie, 'accept-encoding': 'gzip' }))
      for (const { status, headers, text } of await Promise.all(pages)) {
        expect(status).toBe(503)
        expect(Number(headers['retry-after'])).toBeGreaterThan(0)
        expect(text).toContain('The database is out of reach')
      }
      expect((await ask(port, 'GET', '/sign-in')).status).toBe(200)
    } finally {
      for (const pid of postgres) process.kill(pid, 'SIGCONT')
    }
    await expect.poll(async () => (await ask(port, 'GET', '/', { cookie })).status).toBe(200)
  })
})
