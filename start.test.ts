import { cpSync, existsSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { findEmbedded } from '@/db/embedded/server'
import { type App, GREETING, isReady, until } from '@/lib/testing/app'
import { pidFileOf, postgresOf, terminate, useApps } from '@/lib/testing/apps'
import { listen } from './tools/port.mjs'

const root = import.meta.dirname
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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

describe.sequential('a start', () => {
  const apps = useApps()
  let first: App

  it('lets requests that come before it is ready wait, and answers them', async () => {
    first = await apps.start('first')
    await until(first, () => listens(first))
    expect(first.output()).not.toContain(GREETING)
    const replies = await Promise.all([fetch(`${first.origin}/api/health`), fetch(`${first.origin}/sign-in`)])
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    await until(first, () => isReady(first))
  })

  it('on a data folder in use is refused, names who uses it, and leaves that one running', async () => {
    const postgres = postgresOf(first)
    const second = await apps.start('first')
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(first.dataDir)
    expect(second.output()).toContain(`cairn app pid ${first.child.pid} on 127.0.0.1:${first.port}`)
    expect(second.output()).not.toContain(GREETING)
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
    const app = await apps.start('early')
    await until(app, () => listens(app))
    await terminate(app)
    expect(app.output()).not.toContain(GREETING)
  })

  it('ends with 0 at a SIGTERM that comes while its PostgreSQL starts, and stops that too', async () => {
    const app = await apps.start('halfway')
    await until(app, () => existsSync(pidFileOf(app)))
    await terminate(app)
    expect(app.output()).not.toContain(GREETING)
  })
})

describe('a running app', () => {
  const apps = useApps()
  it('ends in order with 1 when its PostgreSQL comes back on another port, so that a supervisor starts it again', async () => {
    const app = await apps.start('moved')
    await until(app, () => isReady(app))
    const lines = readFileSync(pidFileOf(app), 'utf8').split('\n')
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

describe('a start on a bare machine', () => {
  const apps = useApps()
  let bare: string

  // These files run before the packages are installed.
  beforeAll(() => {
    bare = path.join(apps.folder, 'bare')
    for (const file of ['start.mjs', 'lib/env.mjs', 'tools/port.mjs', 'tools/prepare.mjs', 'package.json', 'package-lock.json'])
      cpSync(path.join(root, file), path.join(bare, file))
  })

  it('says in one line that the port is taken, before it installs or builds', async () => {
    const other = createServer()
    const port = await listen(other, 0, '127.0.0.1')
    const app = await apps.start('none', { cwd: bare, PORT: String(port) })
    expect(await app.ended).toBe(1)
    expect(app.output()).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is .*PORT=${port + 1} npm start\n$`))
    other.close()
  })

  it('says in one line which setting is wrong', async () => {
    const app = await apps.start('none', { cwd: bare, PORT: 'abc' })
    expect(await app.ended).toBe(1)
    expect(app.output()).toMatch(/^PORT is wrong: "abc" .*\n$/)
    expect(existsSync(app.dataDir)).toBe(false)
  })
})
