import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEmbedded, startEmbedded } from '@/db/embedded/server'
import { openDatabase } from '@/db/open'
import { parseEnv } from '@/lib/env.mjs'
import { administer } from '@/lib/testing/administer'

let dataDir: string
const file = () => path.join(dataDir, 'postgres', 'passwords.json')

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'cairn-passwords-'))
  chmodSync(dataDir, 0o755)
  const server = await startEmbedded(dataDir)
  await administer(server.ownerUrl, 'create table kept as select 42 as answer')
  await administer(server.ownerUrl, 'grant select on kept to cairn_app')
  await server.stop()
})
afterAll(async () => {
  await (await findEmbedded(dataDir))?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const environment = () => parseEnv({ CAIRN_DATA_DIR: dataDir, PORT: '3999' })

const damages: Record<string, () => void> = {
  'is empty after a power cut': () => writeFileSync(file(), ''),
  'is missing': () => rmSync(file()),
  'has no JSON': () => writeFileSync(file(), '\0\0\0\0'),
  'has JSON of another form': () => writeFileSync(file(), '{"owner":"only"}'),
  'has passwords that are not those of the cluster': () => writeFileSync(file(), '{"owner":"wrong","app":"wrong"}'),
  'has only the owner’s password right': () => {
    const { owner } = JSON.parse(readFileSync(file(), 'utf8'))
    writeFileSync(file(), JSON.stringify({ owner, app: 'wrong' }))
  },
}

describe.sequential('a start whose file of passwords', () => {
  for (const [what, damage] of Object.entries(damages)) {
    it(`${what} makes new ones, and nothing that was kept is lost [H3]`, async () => {
      damage()
      const server = await startEmbedded(dataDir)
      expect(await administer(server.ownerUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
      expect(await administer(server.appUrl, 'select answer from kept')).toEqual([{ answer: 42 }])
      await server.stop()
      const again = await startEmbedded(dataDir)
      expect([again.ownerUrl, again.appUrl].map((url) => new URL(url).password)).toEqual(
        [server.ownerUrl, server.appUrl].map((url) => new URL(url).password),
      )
      await again.stop()
    })
  }

  it('is empty after a crash of the server is mended too, by several starts at the same time [H3]', async () => {
    const crashed = await startEmbedded(dataDir)
    await administer(crashed.ownerUrl, 'insert into kept values (43)')
    process.kill(crashed.pid, 'SIGKILL')
    writeFileSync(file(), '')
    const servers = await Promise.all([startEmbedded(dataDir), startEmbedded(dataDir), startEmbedded(dataDir)])
    expect(new Set(servers.map((server) => server.pid)).size).toBe(1)
    for (const { ownerUrl } of servers)
      expect(await administer(ownerUrl, 'select answer from kept order by 1')).toEqual([{ answer: 42 }, { answer: 43 }])
    await servers[0]?.stop()
  })

  it('is missing while the server runs says which process to stop, and leaves that process running', async () => {
    const running = await startEmbedded(dataDir)
    rmSync(file())
    await expect(startEmbedded(dataDir)).rejects.toThrow(new RegExp(`${file()} is missing or damaged.*kill -INT ${running.pid}`))
    expect(await administer(running.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await running.stop()
  })

  it('is empty does not hinder the app from opening the database', async () => {
    writeFileSync(file(), '')
    const database = await openDatabase(environment(), 'app')
    expect(await administer(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await database.stop()
    expect(await findEmbedded(dataDir)).toBeNull()
  })
})

describe.sequential('a start that finds a lock file of PostgreSQL', () => {
  const lockFile = () => path.join(dataDir, 'postgres', 'data', 'postmaster.pid')

  it('that is empty, because a crash came before it was written, starts nevertheless [H3]', async () => {
    writeFileSync(lockFile(), '')
    const server = await startEmbedded(dataDir)
    expect(await administer(server.ownerUrl, 'select count(*)::int as rows from kept')).toEqual([{ rows: 2 }])
    await server.stop()
  })

  it('of a single-user server, whose number another process of the same user now has, starts nevertheless', async () => {
    const { spawn } = await import('node:child_process')
    const { getSystemUser } = await import('@/db/embedded/system-user')
    const other = spawn('sleep', ['60'], { ...getSystemUser(), cwd: '/' })
    await once(other, 'spawn')
    writeFileSync(lockFile(), `-${other.pid}\n${path.dirname(lockFile())}\n0\n0\n\n\n`)
    const server = await startEmbedded(dataDir)
    expect(await administer(server.ownerUrl, 'select count(*)::int as rows from kept')).toEqual([{ rows: 2 }])
    await server.stop()
    other.kill()
  })
})
