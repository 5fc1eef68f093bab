import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type EmbeddedPostgres, findEmbedded, startEmbedded } from '@/db/embedded/server'
import { migrate } from '@/db/migrate'
import { administer, withDatabase } from '@/lib/testing/administer'

/** A data folder of the benchmark's own: the lane alone is measured on its server first, then the app starts on it. */
export type Scratch = { dataDir: string; remove(): Promise<void> }

export const makeScratch = (): Scratch => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'cairn-bench-'))
  // PostgreSQL runs as another user when root starts this.
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

/** The server as the app runs it, fsync on, with room for the limit's clients. */
export const startServer = ({ dataDir }: Scratch): Promise<EmbeddedPostgres> =>
  startEmbedded(dataDir, { settings: { max_connections: '100' } })

/** The server that the app runs. */
export const findServer = async ({ dataDir }: Scratch): Promise<EmbeddedPostgres> => {
  const server = await findEmbedded(dataDir)
  if (!server) throw new Error('the built-in PostgreSQL is not running')
  return server
}

/** A new database of the app's own schema, with its checks, triggers and foreign keys; the app's role uses it. */
export const makeDatabase = async ({ ownerUrl, appUrl }: EmbeddedPostgres, name: string): Promise<{ url: string; ownerUrl: string }> => {
  await administer(ownerUrl, `create database ${name}`)
  const owned = withDatabase(ownerUrl, name)
  await migrate(owned)
  return { url: withDatabase(appUrl, name), ownerUrl: owned }
}
