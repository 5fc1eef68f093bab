import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type EmbeddedPostgres, findEmbedded } from '@/db/embedded/server'
import { build } from '../../tools/prepare.mjs'
import { type App, type Settings, spawnApp } from './app'

export type Apps = {
  /** A folder of the block. */
  readonly folder: string
  /** Starts an app whose data folder has this name. */
  start: (name: string, settings?: Settings & { cwd?: string }) => Promise<App>
}

/** Starts real processes of the build. Those that still run after the tests of the block are ended, with their databases. */
export const useApps = (): Apps => {
  let folder: string
  const apps: App[] = []
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cairn-start-'))
    // PostgreSQL runs as another user when root starts the tests.
    chmodSync(folder, 0o755)
    // `npm test` has built already. This is for a run of one file alone.
    await build(console.log)
  }, 300_000)
  afterAll(async () => {
    for (const { child } of apps) child.kill('SIGKILL')
    for (const { dataDir } of apps) await (await findEmbedded(dataDir))?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    get folder() {
      return folder
    },
    start: async (name, settings = {}) => {
      // There is no npm at this path, so that no test can install packages by accident.
      const app = await spawnApp(path.join(folder, name), { npm_execpath: path.join(folder, 'no-npm.js'), ...settings })
      apps.push(app)
      return app
    },
  }
}

export const pidFileOf = ({ dataDir }: App): string => path.join(dataDir, 'postgres', 'data', 'postmaster.pid')

/** The process id of the PostgreSQL that an app has started. */
export const postgresOf = (app: App): number => Number.parseInt(readFileSync(pidFileOf(app), 'utf8'), 10)

export const databaseOf = async ({ dataDir }: App): Promise<EmbeddedPostgres> => {
  const found = await findEmbedded(dataDir)
  if (!found) throw new Error('The database of the app does not run.')
  return found
}

/** Ends an app as a supervisor does, which must leave nothing behind. */
export const terminate = async (app: App): Promise<void> => {
  app.child.kill('SIGTERM')
  expect(await app.ended, app.output()).toBe(0)
  expect(existsSync(pidFileOf(app))).toBe(false)
  expect(await findEmbedded(app.dataDir)).toBeNull()
}
