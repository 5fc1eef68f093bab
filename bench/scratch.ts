import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type EmbeddedPostgres, findEmbedded, startEmbedded } from '@/db/embedded/server'
import { migrate } from '@/db/migrate'
import { administer, withDatabase } from '@/lib/testing/administer'
import { fillLimit } from './limit-data'

/** The benchmark's own data folder. The lane alone is measured on its server first; then the app starts on the same folder. */
export type Scratch = { dataDir: string; remove(): Promise<void> }

export const makeScratch = (): Scratch => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'cairn-bench-'))
  // When root starts this, PostgreSQL runs as another user, which must be able to enter the folder.
  chmodSync(dataDir, 0o755)
  return {
    dataDir,
    remove: async () => {
      const server = await findEmbedded(dataDir)
      await server?.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Starts the server as the app does, with fsync on, but with enough connections for the clients of the limit. */
export const startServer = ({ dataDir }: Scratch): Promise<EmbeddedPostgres> =>
  startEmbedded(dataDir, { settings: { max_connections: '100' } })

export const findServer = async ({ dataDir }: Scratch): Promise<EmbeddedPostgres> => {
  const server = await findEmbedded(dataDir)
  if (!server) throw new Error('The built-in PostgreSQL is not running')
  return server
}

/** Makes a database with the app's schema, including its checks, triggers and foreign keys. `url` connects as the app's role. */
export const makeDatabase = async ({ ownerUrl, appUrl }: EmbeddedPostgres, name: string): Promise<{ url: string; ownerUrl: string }> => {
  await administer(ownerUrl, `create database ${name}`)
  const owned = withDatabase(ownerUrl, name)
  await migrate(owned)
  return { url: withDatabase(appUrl, name), ownerUrl: owned }
}

const LIMIT = 'bench_limit'

/** Returns the address of the database of the limits, for the app's role. The first call makes and fills it. */
export const openLimit = async (server: EmbeddedPostgres): Promise<string> => {
  const found = await administer(server.ownerUrl, `select datname from pg_database where datname = '${LIMIT}'`)
  if (found.length === 0) await fillLimit((await makeDatabase(server, LIMIT)).ownerUrl)
  return withDatabase(server.appUrl, LIMIT)
}
