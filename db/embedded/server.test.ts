import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEmbedded, startEmbedded } from '@/db/embedded/server'
import { openDatabase } from '@/db/open'
import { parseEnv } from '@/lib/env.mjs'
import { administer } from '@/lib/testing/administer'

let dataDir: string
const children = new Set<ChildProcess>()

beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'cairn-embedded-'))
  chmodSync(dataDir, 0o755)
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  const left = await findEmbedded(dataDir)
  await left?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const environment = () => parseEnv({ CAIRN_DATA_DIR: dataDir, PORT: '3999' })

/** Starts another app in its own process, which opens the folder and runs until it is killed. */
async function otherApp(): Promise<ChildProcess> {
  const script = `import { openDatabase } from '@/db/open'
    import { parseEnv } from '@/lib/env.mjs'
import { administer } from '@/lib/testing/administer'
    void openDatabase(parseEnv({ CAIRN_DATA_DIR: ${JSON.stringify(dataDir)}, PORT: '4001' }), 'app').then(() => console.log('open'))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  expect(String(line)).toContain('open')
  return child
}

async function kill(child: ChildProcess) {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe.sequential('startEmbedded', () => {
  it('makes a durable cluster once, however many start it at the same time', async () => {
    const servers = await Promise.all([startEmbedded(dataDir), startEmbedded(dataDir), startEmbedded(dataDir)])
    expect(new Set(servers.map((server) => server.pid)).size).toBe(1)
    expect(servers.filter((server) => !server.adopted)).toHaveLength(1)
    const [server] = servers
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'jit', 'listen_addresses', 'server_encoding']
    const shown = await Promise.all(names.map((name) => administer(server.ownerUrl, `show ${name}`)))
    expect(Object.assign({}, ...shown.flat())).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      jit: 'off',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
    })
    expect(statSync(path.join(dataDir, 'postgres', 'passwords.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['postgres'])
    await server.stop()
    expect(await findEmbedded(dataDir)).toBeNull()
  })

  it('gives the application a role that owns nothing, behind a password', async () => {
    const server = await startEmbedded(dataDir)
    expect(await administer(server.appUrl, 'select current_user, usesuper from pg_user where usename = current_user')).toEqual([
      { current_user: 'cairn_app', usesuper: false },
    ])
    await expect(administer(server.appUrl, 'create table not_mine (id int)')).rejects.toThrow(/permission denied/)
    await expect(administer(server.ownerUrl.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication failed/)
    await server.stop()
  })

  it('keeps its port, and what was committed, when the server is killed', async () => {
    const first = await startEmbedded(dataDir)
    await administer(first.ownerUrl, 'create table kept as select 42 as answer')
    process.kill(first.pid, 'SIGKILL')
    const second = await startEmbedded(dataDir)
    expect(second).toMatchObject({ port: first.port, adopted: false })
    expect(await administer(second.ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  it('takes another port when its own was taken', async () => {
    const first = await startEmbedded(dataDir)
    await first.stop()
    const { createServer } = await import('node:net')
    const other = createServer().listen(first.port, '127.0.0.1')
    await once(other, 'listening')
    const second = await startEmbedded(dataDir)
    expect(second.port).not.toBe(first.port)
    await second.stop()
    other.close()
  })

  it('reports the error of a server that cannot start', async () => {
    await expect(startEmbedded(dataDir, { settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /invalid value for parameter "shared_buffers"/,
    )
  })
})

describe.sequential('openDatabase', () => {
  it('names the app that has the folder, adopts its server when it was killed, and stops it when it leaves', async () => {
    const other = await otherApp()
    const running = await findEmbedded(dataDir)
    await expect(openDatabase(environment(), 'app')).rejects.toThrow(
      new RegExp(`already runs on ${dataDir}: it is cairn app pid ${other.pid} on 127.0.0.1:4001.*kill ${other.pid}`),
    )
    await kill(other)
    expect((await findEmbedded(dataDir))?.pid).toBe(running?.pid)
    const mine = await openDatabase(environment(), 'app')
    expect((await findEmbedded(dataDir))?.pid).toBe(running?.pid)
    await mine.stop()
    expect(await findEmbedded(dataDir)).toBeNull()
  })

  it('recovers when app and server are both killed', async () => {
    const other = await otherApp()
    const running = await findEmbedded(dataDir)
    process.kill(running?.pid ?? Number.NaN, 'SIGKILL')
    await kill(other)
    const mine = await openDatabase(environment(), 'app')
    expect(await administer(mine.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await mine.stop()
  })

  it('lets a command start the server, and leaves it running for an app or command that came meanwhile', async () => {
    const command = await openDatabase(environment(), 'cli')
    const app = await openDatabase(environment(), 'app')
    await command.stop()
    expect(await administer(app.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    const later = await openDatabase(environment(), 'cli')
    await app.stop()
    expect(await administer(later.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await later.stop()
    expect(await findEmbedded(dataDir)).toBeNull()
  })

  it('lets no command make a database: with other settings than the app, it would find an empty one', async () => {
    const other = path.join(dataDir, 'other')
    await expect(openDatabase(parseEnv({ CAIRN_DATA_DIR: other }), 'cli')).rejects.toThrow(
      `There is no database in ${other}. Start Cairn first (npm start).`,
    )
    expect(existsSync(other)).toBe(false)
  })

  it('starts the server again, on the same port, when it is killed under a running app', async () => {
    const app = await openDatabase(environment(), 'app')
    const before = await findEmbedded(dataDir)
    process.kill(before?.pid ?? Number.NaN, 'SIGKILL')
    await expect.poll(() => administer(app.url, 'select 1 as one').catch(() => null)).toEqual([{ one: 1 }])
    await app.stop()
    expect(await findEmbedded(dataDir)).toBeNull()
  })

  /** Kills the server under an app that is halted meanwhile, and returns how the app ends and what it printed. */
  async function loseServer(change: (port: number) => Promise<void>): Promise<{ code: number | null; output: string }> {
    const script = `import { openDatabase } from '@/db/open'
      import { parseEnv } from '@/lib/env.mjs'
import { administer } from '@/lib/testing/administer'
      void openDatabase(parseEnv({ CAIRN_DATA_DIR: ${JSON.stringify(dataDir)}, PORT: '4001' }), 'app').then((database) => {
        process.on('SIGTERM', () => void database.stop().then(() => { console.log('stopped'); process.exit(0) }))
        console.log('open')
      })
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script])
    children.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    await expect.poll(() => output).toContain('open')
    const before = await findEmbedded(dataDir)
    child.kill('SIGSTOP')
    process.kill(before?.pid ?? Number.NaN, 'SIGKILL')
    await change(before?.port ?? Number.NaN)
    const ended = once(child, 'close')
    child.kill('SIGCONT')
    await ended
    return { code: child.exitCode, output }
  }

  it('ends the app in order, with code 1, when the server comes back on another port', async () => {
    const { createServer } = await import('node:net')
    const other = createServer()
    const listen = (port: number) =>
      new Promise((resolve) => other.once('error', resolve).listen(port, '127.0.0.1', () => resolve('listens')))
    const lost = await loseServer((port) => expect.poll(() => listen(port)).toBe('listens'))
    expect(lost).toMatchObject({ code: 1, output: expect.stringMatching(/now listens on port \d+.*Cairn ends[\s\S]*stopped/) })
    expect(await findEmbedded(dataDir)).toBeNull()
    other.close()
  })

  it('ends the app in order, with code 1, when the server comes back with new passwords', async () => {
    const lost = await loseServer(async () => rmSync(path.join(dataDir, 'postgres', 'passwords.json')))
    expect(lost).toMatchObject({ code: 1, output: expect.stringMatching(/has new passwords.*Cairn ends[\s\S]*stopped/) })
    expect(await findEmbedded(dataDir)).toBeNull()
  })

  it('stops a server that it started and could not use, and names the folder', async () => {
    const server = await startEmbedded(dataDir)
    await administer(server.ownerUrl.replace(/cairn$/, 'postgres'), 'alter database cairn rename to hidden')
    await server.stop()
    await expect(openDatabase(environment(), 'app')).rejects.toThrow(new RegExp(`${dataDir}.*database "cairn" does not exist`))
    expect(await findEmbedded(dataDir)).toBeNull()
    const again = await startEmbedded(dataDir)
    await administer(again.ownerUrl.replace(/cairn$/, 'postgres'), 'alter database hidden rename to cairn')
    await again.stop()
  })

  it('leaves a database of the user’s own alone', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/none'
    const database = await openDatabase(parseEnv({ DATABASE_URL: url }), 'app')
    expect(database).toMatchObject({ url, ownerUrl: url, embedded: false })
    await database.stop()
  })
})
