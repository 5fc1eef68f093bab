import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { afterAll, beforeAll } from 'vitest'
import { handleRest } from '@/lib/transport/rest'
import { createFront } from '../../front/front.mjs'
import { listen } from '../../tools/port.mjs'
import type { TestInstance } from './instance'

/** A response as it came over the wire: neither its body nor its headers are decoded. */
export type Raw = { status: number; headers: IncomingHttpHeaders; bytes: Buffer }

/** A header with a list of values is sent once for each of them. */
export type CallFront = (method: string, path: string, headers?: OutgoingHttpHeaders, body?: object) => Promise<Raw>

/** Serves the API of an instance behind the real front, on a port. */
export const useFront = (test: TestInstance): CallFront => {
  const address = () => ({ url: 'http://cairn.test', hosts: [] })
  const front = createFront({ address, handle: (request) => handleRest(test.instance, request), page: async (_req, res) => res.end() })
  let port: number
  beforeAll(async () => {
    port = await listen(front.server, 0, '127.0.0.1')
  })
  afterAll(() => front.stop(100))
  return async (method, path, headers = {}, body) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request({ port, host: '127.0.0.1', method, path: `/api${path}`, headers: { host: 'cairn.test', ...json, ...headers } })
    sent.end(body && JSON.stringify(body))
    const [response]: IncomingMessage[] = await once(sent, 'response')
    if (!response) throw new Error('there is no response')
    const bytes = Buffer.concat(await response.toArray())
    return { status: response.statusCode ?? 0, headers: response.headers, bytes }
  }
}
