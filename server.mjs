// @ts-check
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFront } from './front/front.mjs'
import { env, needsUrl, parseEnv } from './lib/env.mjs'
import { guardOutput, log } from './lib/log.mjs'
import { listen } from './tools/port.mjs'

/**
 * What instrumentation.ts hands over, as a promise, while Next prepares. It runs inside Next's bundle, so that the front uses the
 * same copy of lib as the pages.
 * @typedef {{ handle(request: Request): Promise<Response>, hello(): Promise<string[]>, endWaits(): void, stop(): Promise<void> }} Handoff
 */

const finishMilliseconds = 5_000
const stopMilliseconds = 20_000

/** Listens, prepares Next, and returns the lines that start.mjs prints. @param {{ dev?: boolean }} [options] @returns {Promise<string[]>} */
export async function serve({ dev = false } = {}) {
  const { port: wanted, host } = env()
  // In development, Next and our code print whole messages to the terminal.
  if (!dev) guardOutput()
  const handed = awaitHandoff()
  let stopping = false
  // Signals are handled before the server listens, so that from then on it always ends in order. Until Next is created, only the front
  // has to stop.
  let stop = () => front.stop(0)
  stopOnSignals(() => {
    stopping = true
    return stop()
  })
  /** @type {import('next/dist/server/next').RequestHandler} */
  let page = async () => {}
  /** @type {() => void} */
  let open = () => {}
  const ready = new Promise((resolve) => {
    open = () => resolve(undefined)
  })
  /** @type {import('./lib/origin.mjs').Address} */
  let address = env()
  // At the first page, Next takes over the upgrades of the server that it is given. Only the development server uses any.
  const upgrades = new EventEmitter()
  const front = createFront({
    handle: async (request) => (await findHandoff()).handle(request),
    page: (req, res) => page(req, res),
    ...(dev && { upgrade: (req, socket, head) => upgrades.emit('upgrade', req, socket, head) }),
    address: () => address,
    proxies: env().proxies,
    dev,
    ready,
  })
  // This comes before the database and Next: a second start at the same time fails here, and early requests wait.
  const port = await listen(front.server, wanted, host)
  process.env.PORT = String(port)
  address = parseEnv(process.env)

  const { default: next } = await import('next')
  if (stopping) return new Promise(() => {})
  const app = next({ dev, hostname: host, port, httpServer: /** @type {import('node:http').Server} */ (upgrades) })
  stop = async () => {
    const handoff = await Promise.race([handed.catch(() => {}), sleep(stopMilliseconds, undefined, { ref: false })])
    // Calls that wait are answered now, so that the stop need not wait for them.
    handoff?.endWaits()
    await front.stop(dev ? 200 : finishMilliseconds)
    await Promise.race([handoff?.stop(), sleep(stopMilliseconds, undefined, { ref: false })])
    await app.close()
  }
  await app.prepare()
  const handoff = await Promise.race([handed, failure(app)])
  // A signal came during the start. Its handler stops the database and then ends the process; nothing else may end it before.
  if (stopping) return new Promise(() => {})
  page = app.getRequestHandler()
  open()
  const lines = await handoff.hello().catch((/** @type {unknown} */ error) => {
    if (stopping) return []
    throw error
  })
  return needsUrl(env()) ? [...lines, 'From other machines:           set CAIRN_URL to the address that they use'] : lines
}

const key = Symbol.for('cairn.handle')

/** Read anew for each request, because the development server replaces it. @returns {Promise<Handoff>} */
function findHandoff() {
  return Reflect.get(globalThis, key)
}

/** Resolves when instrumentation.ts has handed over: in production, `prepare` does not wait for that. @returns {Promise<Handoff>} */
function awaitHandoff() {
  const handed = new Promise((resolve) => {
    Object.defineProperty(globalThis, key, {
      configurable: true,
      get: () => undefined,
      set: (value) => {
        Object.defineProperty(globalThis, key, { configurable: true, writable: true, value })
        resolve(value)
      },
    })
  })
  handed.catch(() => {})
  return handed
}

/**
 * Rejects if the instrumentation failed, and never resolves. Only Next's internal server knows of the failure; there is no public way
 * to ask for it.
 * @param {object} app @returns {Promise<never>}
 */
async function failure(app) {
  const server = await Reflect.get(app, 'server')?.getServer?.()
  if (!server) return new Promise(() => {})
  await server.prepare()
  // After `prepare`, the handover follows within this second or never.
  await sleep(1_000)
  if (await findHandoff()) return new Promise(() => {})
  throw new Error('The application did not start: instrumentation.ts handed nothing over to server.mjs.')
}

/** @param {() => Promise<void>} stop */
function stopOnSignals(stop) {
  let since = 0
  const onSignal = async () => {
    if (since > 0) {
      // On Ctrl-C this process gets the signal twice, from the terminal and from npm. Only a later signal is a second request.
      if (Date.now() - since > 500) process.exit(1)
      return
    }
    since = Date.now()
    try {
      await stop()
      process.exit(0)
    } catch (error) {
      log.error('The stop failed.', error)
      process.exit(1)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
}
