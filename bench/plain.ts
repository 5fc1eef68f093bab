import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { endWithParent } from './child'
import { CREATE_STATEMENT, ONE_STATEMENT, READ_STATEMENT } from './limit-data'

// The server that sets the limit over HTTP: node:http and pg with one statement per request, and nothing else. It runs in its own process.

export type Plain = { writeUrl: string; readUrl: string }

/** Only the first error is printed, because the next thousands would tell no more. */
let hasFailed = false

const serve = ({ writeUrl, readUrl }: Plain) => {
  const write = new pg.Pool({ connectionString: writeUrl, max: 8 })
  const read = new pg.Pool({ connectionString: readUrl, max: 8 })
  const answers: Record<string, (id: string) => Promise<string>> = {
    complete: async (id) => {
      await write.query({ name: 'complete', text: ONE_STATEMENT, values: [id] })
      return '{"success":true}'
    },
    create: async (id) => {
      await write.query({ name: 'create', text: CREATE_STATEMENT, values: [id, 50] })
      return '{"success":true}'
    },
    read: async (id) => {
      const { rows } = await read.query({ name: 'read', text: READ_STATEMENT, values: [id] })
      return `{"success":true,"data":${rows[0]?.body}}`
    },
  }
  const server = createServer(async (req, res) => {
    const [, name = '', id = ''] = (req.url ?? '').split('/')
    try {
      const body = await answers[name]?.(id)
      res
        .writeHead(body ? 200 : 404, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body ?? '') })
        .end(body ?? '')
    } catch (error) {
      res.writeHead(500, { 'content-length': 0 }).end()
      if (!hasFailed) console.error(error)
      hasFailed = true
    }
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}

endWithParent()
process.on('message', serve)
