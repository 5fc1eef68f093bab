import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../tools/port.mjs'
import type { Scratch } from './scratch'

export type App = { origin: string; pid: number; signInLink: string; key: string; stop(): Promise<void> }

/** Variables of the app besides those that every start of the benchmark has. */
type More = Record<string, string>

const variables = ({ dataDir }: Scratch, port: number, more: More): NodeJS.ProcessEnv => ({
  ...process.env,
  PORT: String(port),
  HOST: '127.0.0.1',
  CAIRN_URL: `http://127.0.0.1:${port}`,
  CAIRN_DATA_DIR: dataDir,
  CAIRN_DEMO: 'off',
  DATABASE_URL: 'embedded',
  ...more,
})

/** The apps that must be stopped before this process ends. */
const running = new Set<Started>()

export const stopApps = async (): Promise<void> => {
  await Promise.all([...running].map(stop))
}

type Started = { child: ChildProcess; origin: string; output: () => string }

/** Starts Cairn as `npm start` does: in production, with a build first if it is missing or out of date. */
const start = async (scratch: Scratch, more: More = {}): Promise<Started> => {
  const port = await freePort()
  const child = spawn(process.execPath, ['start.mjs'], { env: variables(scratch, port, more), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const started = { child, origin: `http://127.0.0.1:${port}`, output: () => output }
  running.add(started)
  child.once('exit', () => running.delete(started))
  return started
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** Polls until `look` returns a value. @throws if the app ends first, or if the time is over */
const until = async <T>({ child, output }: Started, seconds: number, look: () => Promise<T | null> | T | null): Promise<T> => {
  const deadline = Date.now() + seconds * 1_000
  while (Date.now() < deadline && !hasEnded(child)) {
    const found = await look()
    if (found !== null) return found
    await sleep(10)
  }
  throw new Error(`The app did not start. The end of its output:\n${output().slice(-2_000)}`)
}

const stop = async ({ child }: Started): Promise<void> => {
  if (hasEnded(child)) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const isDone = await Promise.race([ended.then(() => true), sleep(30_000, false, { ref: false })])
  if (!isDone) child.kill('SIGKILL')
}

const makeKey = async (scratch: Scratch, port: string, more: More): Promise<string> => {
  const args = [...process.execArgv, 'cli/key.ts', '--name', 'bench']
  const child = spawn(process.execPath, args, { env: variables(scratch, Number(port), more), stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
  })
  await new Promise((resolve) => child.once('close', resolve))
  const key = /sk_live_\S+/.exec(output)?.[0]
  if (!key) throw new Error('cli/key.ts printed no key; see the output above')
  return key
}

/** Starts the app and waits for its sign-in link, for up to 300 seconds because it may have to build first. */
export const startApp = async (scratch: Scratch, more: More = {}): Promise<App> => {
  const started = await start(scratch, more)
  const { child, origin, output } = started
  try {
    const signInLink = await until(started, 300, () => /Sign in once.*?(https?:\S+)/.exec(output())?.[1] ?? null)
    const key = await makeKey(scratch, new URL(origin).port, more)
    return { origin, pid: child.pid ?? 0, signInLink, key, stop: () => stop(started) }
  } catch (error) {
    await stop(started)
    throw error
  }
}

/** Measures the seconds from a start to the first answer, for an app that is built and was started before. */
export const timeStart = async (scratch: Scratch): Promise<number> => {
  const began = performance.now()
  const started = await start(scratch)
  try {
    const isAnswered = () =>
      fetch(`${started.origin}/api/health/ready`)
        .then(({ ok }) => ok || null)
        .catch(() => null)
    await until(started, 60, isAnswered)
    return (performance.now() - began) / 1_000
  } finally {
    await stop(started)
  }
}
