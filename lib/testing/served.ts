import { afterAll, beforeAll } from 'vitest'
import { answerCommandLine } from '@/lib/transport/command-line'
import { handle } from '@/lib/transport/handle'
import { createFront } from '../../front/front.mjs'
import { freePort, listen } from '../../tools/port.mjs'
import type { TestInstance } from './instance'

export type Served = {
  readonly origin: string
  /** The requests of the API so far, as `METHOD /path`. */
  readonly requests: string[]
  /** Those of them whose answer has begun. */
  readonly answered: string[]
  /** Waits at most so long for what is running, and then breaks off all connections. New ones are refused until `start`. */
  stop: (milliseconds?: number) => Promise<void>
  start: () => Promise<void>
}

/** Serves an instance behind the real front on a port that stays the same, as a server that restarts. It also hands out the command line. */
export const useServed = (test: TestInstance): Served => {
  let port = 0
  let front: ReturnType<typeof createFront> | null = null
  const requests: string[] = []
  const answered: string[] = []
  const origin = () => `http://127.0.0.1:${port}`
  const start = async () => {
    front = createFront({
      address: () => ({ url: origin(), hosts: [] }),
      handle: async (request) => {
        const name = `${request.method} ${new URL(request.url).pathname}`
        requests.push(name)
        const response = await handle(test.instance, request)
        answered.push(name)
        return response
      },
      page: async (req, res) => {
        const response = answerCommandLine(new Request(`${origin()}${req.url}`), origin())
        res.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text())
      },
    })
    await listen(front.server, port, '127.0.0.1')
  }
  const stop = async (milliseconds = 0) => {
    await front?.stop(milliseconds)
    front = null
  }
  beforeAll(async () => {
    port = await freePort()
    await start()
  })
  afterAll(() => stop())
  return {
    get origin() {
      return origin()
    },
    requests,
    answered,
    stop,
    start,
  }
}
