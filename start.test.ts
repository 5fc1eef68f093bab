import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEmbedded } from '@/db/embedded/server'
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
async function start(name: string, { cwd = root, ...settings }: { cwd?: string; PORT?: string } = {}): Promise<App> {
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
