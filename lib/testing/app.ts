import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../tools/port.mjs'

const root = path.resolve(import.meta.dirname, '../..')

export type App = { child: ChildProcess; port: number; dataDir: string; origin: string; output(): string; ended: Promise<number | null> }

export type Settings = {
  PORT?: string
  CAIRN_URL?: string
  DATABASE_URL?: string
  npm_execpath?: string
  CAIRN_RATE?: string
  CAIRN_BURST?: string
  CAIRN_PROXIES?: string
  CAIRN_GITHUB_CLIENT_ID?: string
  CAIRN_GITHUB_CLIENT_SECRET?: string
  CAIRN_GOOGLE_CLIENT_ID?: string
  CAIRN_GOOGLE_CLIENT_SECRET?: string
  SMTP_URL?: string
  CAIRN_MAIL_FROM?: string
}

/** The variables of an app. Every setting is among them, so that a .env file changes nothing. */
export const variablesFor = (dataDir: string, port: number, settings: Settings = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  PORT: String(port),
  HOST: '127.0.0.1',
  CAIRN_URL: `http://127.0.0.1:${port}`,
  CAIRN_HOSTS: '',
  CAIRN_DATA_DIR: dataDir,
  DATABASE_URL: 'embedded',
  CAIRN_DEMO: 'off',
  CAIRN_RATE: 'off',
  CAIRN_BURST: '200',
  CAIRN_PROXIES: '',
  CAIRN_GITHUB_CLIENT_ID: '',
  CAIRN_GITHUB_CLIENT_SECRET: '',
  CAIRN_GOOGLE_CLIENT_ID: '',
  CAIRN_GOOGLE_CLIENT_SECRET: '',
  SMTP_URL: '',
  ...settings,
})

/** Runs what `npm start` runs, on a port of its own. */
export async function spawnApp(dataDir: string, { cwd = root, ...settings }: Settings & { cwd?: string } = {}): Promise<App> {
  const port = await freePort()
  const child = spawn(process.execPath, ['start.mjs'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: variablesFor(dataDir, port, settings),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const ended = once(child, 'close').then(() => child.exitCode)
  return { child, port, dataDir, origin: `http://127.0.0.1:${port}`, output: () => output, ended }
}

export const hasEnded = ({ child }: App): boolean => child.exitCode !== null || child.signalCode !== null

/** Polls until `look` answers something, and returns that. @throws if the app ends first, or if the time is over */
export async function until<T>(app: App, look: () => T | Promise<T>, seconds = Number.POSITIVE_INFINITY): Promise<T> {
  const deadline = Date.now() + seconds * 1_000
  while (Date.now() < deadline && !hasEnded(app)) {
    const found = await look()
    if (found) return found
    await sleep(5)
  }
  throw new Error(`${hasEnded(app) ? 'The app ended too early' : 'The app took too long'}. Its output:\n${app.output()}`)
}

/** The beginning of the first line that an app prints when it is ready. */
export const GREETING = 'Cairn runs at'

/** Whether an app has printed all that it prints when it is ready. */
export const isReady = ({ output }: App): boolean => output().includes('npm run -s key')
