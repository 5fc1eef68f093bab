import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromiumArguments, findChromium } from './tools/chromium.mjs'
import { freePort } from './tools/port.mjs'

// Each worker reads this file again. The folder and the port are chosen once and passed on in the environment.
process.env.CAIRN_E2E_DIR ??= makeFolder()
process.env.CAIRN_E2E_PORT ??= String(await freePort())
const folder = process.env.CAIRN_E2E_DIR
const port = process.env.CAIRN_E2E_PORT
const origin = `http://127.0.0.1:${port}`
const executablePath = findChromium()
// When root starts the tests, PostgreSQL runs as another user, which must be able to enter the folder.
chmodSync(folder, 0o755)

function makeFolder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'cairn-e2e-'))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  return made
}

/** The tests run their own instance, whatever .env says. */
const environment = {
  PORT: port,
  HOST: '127.0.0.1',
  CAIRN_URL: origin,
  CAIRN_DATA_DIR: path.join(folder, 'data'),
  DATABASE_URL: 'embedded',
  CAIRN_DEMO: 'on',
  CAIRN_GITHUB_CLIENT_ID: '',
  CAIRN_GITHUB_CLIENT_SECRET: '',
  CAIRN_GOOGLE_CLIENT_ID: '',
  CAIRN_GOOGLE_CLIENT_SECRET: '',
  SMTP_URL: '',
}
// The commands that the setup and the tests run must use this instance too.
Object.assign(process.env, environment)

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/setup.ts',
  workers: 2,
  retries: 0,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // These times are for a machine that has much else to do.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    baseURL: origin,
    storageState: path.join(folder, 'owner.json'),
    trace: 'retain-on-failure',
    launchOptions: { args: chromiumArguments, ...(executablePath && { executablePath }) },
  },
  webServer: {
    command: 'node e2e/server.mjs',
    // `port` and not `url`: the server holds early requests until it is ready, and a page that fails should fail a test, not the start.
    port: Number(port),
    env: { ...environment, CAIRN_E2E_LOG: path.join(folder, 'server.log') },
    // The server may have to build first.
    timeout: 300_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
  },
})
