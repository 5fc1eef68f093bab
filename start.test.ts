import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import http from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEmbedded } from '@/db/embedded/server'
import { openInstance } from '@/db/instance'
import { makeKey, sha256 } from '@/lib/auth/key'
import { getAuth } from '@/lib/auth/session'
import { randomText } from '@/lib/domain/ids'
import { administer } from '@/lib/testing/administer'
import { freePort, listen } from './tools/port.mjs'
import { build } from './tools/prepare.mjs'

const root = import.meta.dirname
const greeting = 'Cairn runs at'
let folder: string
const children = new Set<ChildProcess>()
const dataDirs = new Set<string>()

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-start-'))
  // PostgreSQL runs as another user when root starts the tests.
  chmodSync(folder, 0o755)
  // `npm test` has built already. This is for a run of this file alone.
  await build(console.log)
}, 300_000)

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const dataDir of dataDirs) await (await findEmbedded(dataDir))?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type App = { child: ChildProcess; port: number; dataDir: string; origin: string; output(): string; ended: Promise<number | null> }

/** Runs what `npm start` runs, on a port of its own. Every setting is given, so that a .env file changes nothing. */
async function start(name: string, { cwd = root, ...settings }: { cwd?: string; PORT?: string; CAIRN_URL?: string } = {}): Promise<App> {
  const port = await freePort()
  const dataDir = path.join(folder, name)
  dataDirs.add(dataDir)
  const own = { PORT: String(port), HOST: '127.0.0.1', CAIRN_URL: `http://127.0.0.1:${port}`, CAIRN_DATA_DIR: dataDir }
  const child = spawn(process.execPath, ['start.mjs'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // There is no npm at this path, so that no test can install packages by accident.
    env: { ...process.env, ...own, DATABASE_URL: 'embedded', CAIRN_DEMO: 'off', npm_execpath: path.join(folder, 'no-npm.js'), ...settings },
  })
  children.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const ended = once(child, 'close').then(() => child.exitCode)
  return { child, port, dataDir, origin: `http://127.0.0.1:${port}`, output: () => output, ended }
}

async function until(app: App, look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) {
    if (app.child.exitCode !== null || app.child.signalCode !== null)
      throw new Error(`The server ended too early. Its output:\n${app.output()}`)
    await sleep(5)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Tries twice, because start.mjs first listens for a moment to see whether the port is free. */
async function listens({ port }: App): Promise<boolean> {
  if (!(await accepts(port))) return false
  await sleep(10)
  return accepts(port)
}

const pidFile = ({ dataDir }: App) => path.join(dataDir, 'postgres', 'data', 'postmaster.pid')
const postgresOf = (app: App) => Number.parseInt(readFileSync(pidFile(app), 'utf8'), 10)

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const childrenOf = (pid: number) =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number)

async function terminate(app: App): Promise<void> {
  app.child.kill('SIGTERM')
  expect(await app.ended, app.output()).toBe(0)
  expect(existsSync(pidFile(app))).toBe(false)
  expect(await findEmbedded(app.dataDir)).toBeNull()
}

describe.sequential('a start', { timeout: 30_000 }, () => {
  let first: App

  it('lets requests that come before it is ready wait, and answers them', async () => {
    first = await start('first')
    await until(first, () => listens(first))
    expect(first.output()).not.toContain(greeting)
    const replies = await Promise.all([fetch(`${first.origin}/api/health`), fetch(`${first.origin}/sign-in`)])
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    await until(first, () => first.output().includes(greeting))
  })

  it('on a data folder in use is refused, names who uses it, and leaves that one running', async () => {
    const postgres = postgresOf(first)
    const second = await start('first')
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(first.dataDir)
    expect(second.output()).toContain(`cairn app pid ${first.child.pid} on 127.0.0.1:${first.port}`)
    expect(second.output()).not.toContain(greeting)
    expect((await fetch(`${first.origin}/api/health`)).status).toBe(200)
    expect(postgresOf(first)).toBe(postgres)
  })

  it('ends at SIGTERM with 0 and takes its PostgreSQL with it', async () => {
    const postgres = postgresOf(first)
    expect(isAlive(postgres)).toBe(true)
    await terminate(first)
    expect(isAlive(postgres)).toBe(false)
  })

  it('ends with 0 at a SIGTERM that comes as soon as it listens, and leaves no PostgreSQL behind', async () => {
    const app = await start('early')
    await until(app, () => listens(app))
    await terminate(app)
    expect(app.output()).not.toContain(greeting)
  })

  it('ends with 0 at a SIGTERM that comes while its PostgreSQL starts, and stops that too', async () => {
    const app = await start('halfway')
    await until(app, () => existsSync(pidFile(app)))
    await terminate(app)
    expect(app.output()).not.toContain(greeting)
  })
})

describe('a running app', { timeout: 60_000 }, () => {
  it('ends in order with 1 when its PostgreSQL comes back on another port, so that a supervisor starts it again', async () => {
    const app = await start('moved')
    await until(app, () => app.output().includes(greeting))
    const lines = readFileSync(pidFile(app), 'utf8').split('\n')
    // The app is halted until another program listens on the port.
    app.child.kill('SIGSTOP')
    process.kill(postgresOf(app), 'SIGKILL')
    const other = createServer()
    await expect.poll(() => listen(other, Number(lines[3]), '127.0.0.1').catch(() => null)).toBe(Number(lines[3]))
    app.child.kill('SIGCONT')
    expect(await app.ended, app.output()).toBe(1)
    expect(app.output()).toMatch(/now listens on port \d+, no longer on \d+\. Cairn ends/)
    expect(await findEmbedded(app.dataDir)).toBeNull()
    other.close()
  })
})

const databaseOf = async (app: App) => {
  const found = await findEmbedded(app.dataDir)
  if (!found) throw new Error('The database of the app does not run.')
  return found
}

/** A token that no link has, in the form of a token that one has. */
const tokenLike = (link: string): string => randomText(new URL(link).searchParams.get('token')?.length ?? 0)

const linkIn = (output: string): string => /http\S+\/auth\/\S+/.exec(output)?.[0] ?? ''

/** Opens a sign-in link, and returns the cookie of the session. */
async function signIn(link: string): Promise<string> {
  const { headers } = await fetch(link, { redirect: 'manual' })
  return headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ')
}

describe('the sign-in paths of a running app', { timeout: 60_000 }, () => {
  let app: App
  let cookie: string

  beforeAll(async () => {
    app = await start('sign-in')
    await until(app, () => app.output().includes('npm run -s key'))
    cookie = await signIn(linkIn(app.output()))
  })
  afterAll(() => terminate(app))

  const reach = (path: string, method: string, headers = {}) => fetch(app.origin + path, { method, headers, redirect: 'manual' })

  it('are these two, and every other one that the library knows is a 404 for everybody', async () => {
    const instance = await openInstance((await databaseOf(app)).appUrl, app.origin)
    const { auth } = await getAuth(instance)
    const paths = Object.values(auth.api).map(({ path }) => `/auth${path}`.replace(/:\w+/g, 'x'))
    await instance.close()
    expect(paths).toEqual(expect.arrayContaining(['/auth/magic-link/verify', '/auth/sign-out', '/auth/update-user', '/auth/list-sessions']))
    const others = [...paths, '/auth', '/auth/magic-link', '/auth/magic-link/verify/x', '/auth/sign-out/x']
    const served: string[] = []
    for (const path of new Set(others)) {
      for (const method of ['GET', 'POST']) {
        for (const headers of [{}, { cookie, origin: app.origin, 'content-type': 'application/json' }]) {
          const { status } = await reach(path, method, headers)
          if (status !== 404) served.push(`${method} ${path}`)
        }
      }
      // The session ends when the loop comes to the sign-out.
      if (path === '/auth/sign-out') cookie = await signIn(await newLink())
    }
    expect([...new Set(served)].sort()).toEqual([
      'GET /auth/magic-link/verify',
      'GET /auth/sign-out',
      'POST /auth/magic-link/verify',
      'POST /auth/sign-out',
    ])
    expect((await reach('/auth/magic-link/verify', 'POST')).status).toBe(405)
    expect((await reach('/auth/sign-out', 'GET')).status).toBe(405)
  })

  async function newLink(): Promise<string> {
    const instance = await openInstance((await databaseOf(app)).appUrl, app.origin)
    try {
      return await (await getAuth(instance)).makeSignInLink(`${await ownerEmail()}`)
    } finally {
      await instance.close()
    }
  }

  async function ownerEmail(): Promise<unknown> {
    return (await administer((await databaseOf(app)).ownerUrl, 'select email from auth."user"'))[0]?.email
  }

  it('let nobody lock the owner out, and take no address to go on to from a stranger', async () => {
    for (let tries = 0; tries < 20; tries++) {
      const refused = await reach(
        `/auth/magic-link/verify?token=${tokenLike(linkIn(app.output()))}&callbackURL=https://evil.test&errorCallbackURL=//evil.test`,
        'GET',
      )
      expect([refused.status, refused.headers.get('location')]).toEqual([303, '/sign-in?error=INVALID_TOKEN'])
      expect(refused.headers.getSetCookie()).toEqual([])
    }
    const link = new URL(await newLink())
    link.searchParams.set('callbackURL', 'https://evil.test')
    link.searchParams.set('newUserCallbackURL', 'https://evil.test')
    const opened = await fetch(link, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/'])
    expect(opened.headers.getSetCookie().join()).toContain('session_token')
  })

  it('keep a link that is not opened but looked at', async () => {
    const link = await newLink()
    for (const [method, headers] of [
      ['HEAD', {}],
      ['OPTIONS', {}],
      ['POST', {}],
      ['GET', { 'sec-purpose': 'prefetch;prerender' }],
      ['GET', { purpose: 'prefetch' }],
    ] as const) {
      const looked = await fetch(link, { method, headers, redirect: 'manual' })
      expect(looked.headers.getSetCookie(), method).toEqual([])
      expect(looked.status, method).not.toBe(303)
    }
    expect(await signIn(link)).toContain('session_token')
  })

  it('refuse a token that cannot be one with a redirect', async () => {
    for (const query of [
      '',
      '?token=',
      '?token=a&token=b',
      '?token=%00',
      '?token=a%00b',
      '?token=%ff%fe',
      `?token=${'x'.repeat(12_000)}`,
      '?token[]=x',
    ]) {
      const { status, headers } = await reach(`/auth/magic-link/verify${query}`, 'GET')
      expect([status, headers.get('location')], query.slice(0, 20)).toEqual([303, '/sign-in?error=INVALID_TOKEN'])
    }
  })

  it('explain a refused link, and survive any name of a reason', async () => {
    for (const query of ['error=__proto__', 'error=constructor', 'error=toString', 'error=a&error=b', 'error=', 'error=%00'])
      expect((await reach(`/sign-in?${query}`, 'GET')).status, query).toBe(200)
    expect(await (await reach('/sign-in?error=INVALID_TOKEN', 'GET')).text()).toContain('That link does not work')
  })
})

describe('the log of a running app', { timeout: 60_000 }, () => {
  it('has one line of JSON for an entry, and no secret and no text that people wrote, whatever fails', async () => {
    const app = await start('log')
    await until(app, () => app.output().includes('npm run -s key'))
    const cookie = await signIn(linkIn(app.output()))
    const { ownerUrl } = await databaseOf(app)
    const [session] = await administer(ownerUrl, 'select token from auth.session')
    const email = String((await administer(ownerUrl, 'select email from auth."user"'))[0]?.email)
    const [setting] = await administer(ownerUrl, 'select value from auth.settings')
    const token = tokenLike(linkIn(app.output()))
    const { secret } = makeKey('user')
    const words = 'Zanzibar quarterly figures\n\tSign in once'
    const before = app.output().length
    const headers = { cookie, origin: app.origin, 'content-type': 'application/json' }
    const send = (path: string, init: RequestInit = {}) =>
      fetch(app.origin + path, { redirect: 'manual', ...init, headers: { ...headers, ...init.headers } })
    const addGroup = () => send('/api/groups', { method: 'POST', body: JSON.stringify({ name: 'Zanzibar', description: words }) })

    await administer(ownerUrl, 'alter table groups rename to groups_away')
    expect((await addGroup()).status).toBe(500)
    expect((await send('/')).status).toBe(500)
    await administer(ownerUrl, 'alter table groups_away rename to groups')

    await administer(ownerUrl, 'alter schema auth rename to auth_away')
    await send('/')
    await addGroup()
    await send('/auth/sign-out', { method: 'POST' })
    await send(`/auth/magic-link/verify?token=${token}`)
    await send('/auth/magic-link/verify?token=x&callbackURL=x%0ASign%20in%20once,%20within%20an%20hour:%20%1b[31m')
    await administer(ownerUrl, 'alter schema auth_away rename to auth')

    await administer(ownerUrl, 'alter table api_keys rename to api_keys_away')
    await send('/api/groups', { headers: { authorization: `Bearer ${secret}` } })
    await administer(ownerUrl, 'alter table api_keys_away rename to api_keys')
    await send('/', { method: 'POST', headers: { 'next-action': `Zanzibar${'f'.repeat(32)}`, origin: 'http://zanzibar.test' }, body: '[]' })
    await terminate(app)

    const log = app.output().slice(before)
    for (const hidden of [
      String(session?.token),
      token,
      secret,
      sha256(secret),
      String(setting?.value),
      email,
      'Zanzibar',
      'zanzibar',
      'Sign in once',
    ])
      expect(log.includes(hidden), `the log contains ${hidden}:\n${log}`).toBe(false)
    const lines = log.split('\n').filter((line) => line !== '')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) })
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096)
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not occur
    expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
  })
})

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

describe.sequential('an app behind a proxy', { timeout: 60_000 }, () => {
  const own = 'https://cairn.example.com'
  let app: App
  let proxy: http.Server
  let port: number
  let cookie: string
  let action: string

  beforeAll(async () => {
    app = await start('proxied', { CAIRN_URL: own })
    proxy = openProxy(app.port)
    port = await listen(proxy, 0, '127.0.0.1')
    await until(app, () => app.output().includes('Make a key'))
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
    expect(cookie).toMatch(/^__Secure-.*; Secure/)
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
    await expect.poll(openFiles, { timeout: 5_000 }).toBeLessThan(before + 10)
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
    await expect.poll(async () => (await ask(port, 'GET', '/', { cookie })).status, { timeout: 10_000 }).toBe(200)
  })
})

describe('a start on a bare machine', { timeout: 10_000 }, () => {
  let bare: string

  // These files run before the packages are installed.
  beforeAll(() => {
    bare = path.join(folder, 'bare')
    for (const file of ['start.mjs', 'lib/env.mjs', 'tools/port.mjs', 'tools/prepare.mjs', 'package.json', 'package-lock.json'])
      cpSync(path.join(root, file), path.join(bare, file))
  })

  it('says in one line that the port is taken, before it installs or builds', async () => {
    const other = createServer()
    const port = await listen(other, 0, '127.0.0.1')
    const app = await start('none', { cwd: bare, PORT: String(port) })
    expect(await app.ended).toBe(1)
    expect(app.output()).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is .*PORT=${port + 1} npm start\n$`))
    other.close()
  })

  it('says in one line which setting is wrong', async () => {
    const app = await start('none', { cwd: bare, PORT: 'abc' })
    expect(await app.ended).toBe(1)
    expect(app.output()).toMatch(/^PORT is wrong: "abc" .*\n$/)
    expect(existsSync(app.dataDir)).toBe(false)
  })
})
