import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded, type Settings, type App as Started, spawnApp, until, variablesFor } from '@/lib/testing/app'
import { linkOf } from '@/lib/testing/links'
import type { Scratch } from './scratch'

export type App = { origin: string; pid: number; signInLink: string; key: string; makeKey(): Promise<string>; stop(): Promise<void> }

/** The apps that must be stopped before this process ends. */
const running = new Set<Started>()

export const stopApps = async (): Promise<void> => {
  await Promise.all([...running].map(stop))
}

/** Starts Cairn as `npm start` does: in production, with a build first if it is missing or out of date. */
const start = async ({ dataDir }: Scratch, settings?: Settings): Promise<Started> => {
  const started = await spawnApp(dataDir, settings)
  running.add(started)
  started.child.once('exit', () => running.delete(started))
  return started
}

const stop = async (started: Started): Promise<void> => {
  if (hasEnded(started)) return
  started.child.kill('SIGTERM')
  const isDone = await Promise.race([started.ended.then(() => true), sleep(30_000, false, { ref: false })])
  if (!isDone) started.child.kill('SIGKILL')
}

const makeKey = async ({ dataDir, port }: Started, settings?: Settings): Promise<string> => {
  const args = [...process.execArgv, 'cli/key.ts', '--name', 'bench']
  const child = spawn(process.execPath, args, { env: variablesFor(dataDir, port, settings), stdio: ['ignore', 'pipe', 'inherit'] })
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
export const startApp = async (scratch: Scratch, settings?: Settings): Promise<App> => {
  const started = await start(scratch, settings)
  try {
    const signInLink = await until(started, () => linkOf(started), 300)
    const key = await makeKey(started, settings)
    const pid = started.child.pid ?? 0
    return { origin: started.origin, pid, signInLink, key, makeKey: () => makeKey(started, settings), stop: () => stop(started) }
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
      fetch(`${started.origin}/api/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(started, isAnswered, 60)
    return (performance.now() - began) / 1_000
  } finally {
    await stop(started)
  }
}
