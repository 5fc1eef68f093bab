import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { findEmbedded, startEmbedded } from '@/db/embedded/server'
import { migrate } from '@/db/migrate'
import { administer, withDatabase } from '@/lib/testing/administer'

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: Cluster
  }
}

/** The database in these URLs is a placeholder: each test file uses its own clone of `template`. */
export type Cluster = { ownerUrl: string; appUrl: string; template: string }

const prefix = 'cairn-test-'

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env.CAIRN_TEST_DATABASE_URL
  const { ownerUrl, appUrl, stop } = given ? await borrowServer(given) : await startServer()
  const template = `cairn_template_${randomBytes(4).toString('hex')}`
  await administer(ownerUrl, `create database ${template}`)
  await migrate(withDatabase(ownerUrl, template))
  provide('cluster', { ownerUrl, appUrl, template })
  return async () => {
    if (given) await administer(ownerUrl, `drop database if exists ${template} with (force)`)
    await stop()
  }
}

type Server = { ownerUrl: string; appUrl: string; stop(): Promise<void> }

async function startServer(): Promise<Server> {
  await removeLeftBehind()
  const dataDir = mkdtempSync(path.join(tmpdir(), `${prefix}${process.pid}-`))
  // PostgreSQL runs as another user when root starts the tests.
  chmodSync(dataDir, 0o755)
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }
  const server = await startEmbedded(dataDir, { settings })
  return {
    ownerUrl: server.ownerUrl,
    appUrl: server.appUrl,
    async stop() {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Removes the servers and folders that a killed test run left behind. */
async function removeLeftBehind(): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const pid = Number(entry.startsWith(prefix) ? entry.slice(prefix.length).split('-')[0] : Number.NaN)
    if (!pid || isAlive(pid)) continue
    const dataDir = path.join(tmpdir(), entry)
    const server = await findEmbedded(dataDir).catch(() => null)
    await server?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** On a given server, the application's role has no password. Instead, sessions of the superuser change to this role when they begin. */
async function borrowServer(ownerUrl: string): Promise<Server> {
  await administer(ownerUrl, `do $$ begin create role cairn_app; exception when duplicate_object then null; end $$`)
  const appUrl = new URL(ownerUrl)
  appUrl.searchParams.set('options', '-c role=cairn_app')
  return { ownerUrl, appUrl: appUrl.href, stop: async () => {} }
}
