// @ts-check
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFront } from './front/front.mjs'
import { env } from './lib/env.mjs'
import { listen } from './tools/port.mjs'

/**
 * What instrumentation.ts hands over, or a promise of it, while Next prepares: it runs inside Next's bundle, and so shares its one
 * copy of lib.
 * @typedef {{ handle(request: Request): Promise<Response>, hello(): Promise<string[]>, stop(): Promise<void> }} Handoff
 */

const finishMilliseconds = 5_000
const stopMilliseconds = 20_000

/** Listens, prepares Next, and answers the lines that greet whoever started it. @param {{ dev?: boolean }} [options] @returns {Promise<string[]>} */
export async function serve({ dev = false } = {}) {
  const { port: wanted, host } = env()
  const handed = awaitHandoff()
  let stopping = false
  // Before it listens: whoever reaches it may also end it in order. Until Next begins, only the front has to stop.
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
  const front = createFront({ handle: async (request) => (await findHandoff()).handle(request), page: (req, res) => page(req, res), ready })
  // Before the database and Next: two starts at once are told apart here, and what comes early waits.
  const port = await listen(front.server, wanted, host)
  process.env.PORT = String(port)

  const { default: next } = await import('next')
  // Next takes over this server's upgrades at the first page; only the development server has any.
  const httpServer = dev ? front.server : new EventEmitter()
  if (stopping) return new Promise(() => {})
  const app = next({ dev, hostname: host, port, httpServer: /** @type {import('node:http').Server} */ (httpServer) })
  stop = async () => {
    const handoff = await Promise.race([handed.catch(() => {}), sleep(stopMilliseconds, undefined, { ref: false })])
    await front.stop(dev ? 200 : finishMilliseconds)
    await Promise.race([handoff?.stop(), sleep(stopMilliseconds, undefined, { ref: false })])
    await app.close()
  }
  await app.prepare()
  const handoff = await Promise.race([handed, failure(app)])
  // A signal came while it started: its handler ends the process, and nothing else may before the database is stopped.
  if (stopping) return new Promise(() => {})
  page = app.getRequestHandler()
  open()
  return handoff.hello().catch((/** @type {unknown} */ error) => {
    if (stopping) return []
    throw error
  })
}

const key = Symbol.for('cairn.handle')

/** Asked anew each time: the development server replaces it. @returns {Promise<Handoff>} */
function findHandoff() {
  return Reflect.get(globalThis, key)
}

/** In production `prepare` does not wait for the instrumentation: so it is the handing over that is waited for. @returns {Promise<Handoff>} */
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

/** Never resolves. Next's own server alone knows that the instrumentation failed; it has no public way to ask. @param {object} app @returns {Promise<never>} */
async function failure(app) {
  const server = await Reflect.get(app, 'server')?.getServer?.()
  if (!server) return new Promise(() => {})
  await server.prepare()
  // It hands over in time, or not at all.
  await sleep(1_000)
  if (await findHandoff()) return new Promise(() => {})
  throw new Error('The application did not start: instrumentation.ts handed nothing over.')
}

/** @param {() => Promise<void>} stop */
function stopOnSignals(stop) {
  let since = 0
  const onSignal = async () => {
    if (since > 0) {
      // npm passes on the Ctrl-C that the terminal has sent to us as well: the same wish, not a second one.
      if (Date.now() - since > 500) process.exit(1)
      return
    }
    since = Date.now()
    try {
      await stop()
      process.exit(0)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
}
