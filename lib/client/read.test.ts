import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { read } from './read'

const SIGNAL = new AbortController().signal

/** Answers by the path: with a status and a body, or by closing the connection. */
const ANSWERS: Record<string, [number, string]> = {
  '/done': [200, '{"success":true,"data":{"a":1},"seq":7}'],
  '/signed-out': [401, '{"success":false,"error":"unauthenticated","message":"Send a key.","details":{}}'],
  '/gone': [404, '{"success":false,"error":"not_found","message":"There is no such milestone.","details":{}}'],
  '/busy': [503, '{"success":false,"error":"busy","message":"The database did not answer in time.","details":{}}'],
  '/refused': [403, '{"success":false,"error":"forbidden","message":"You may not read it.","details":{}}'],
  '/proxy': [502, '<h1>Bad gateway</h1>'],
  '/portal': [200, '{"welcome":true}'],
  '/null': [200, 'null'],
}

const server = http.createServer((req, res) => {
  const [status, body] = ANSWERS[req.url ?? ''] ?? []
  if (status === undefined) res.destroy()
  else res.writeHead(status).end(body)
})
let origin: string

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

describe('what is read from the API', () => {
  it('is the data, and the number at which it was read', async () => {
    expect(await read(`${origin}/done`, SIGNAL)).toMatchObject({ data: { a: 1 }, seq: 7 })
  })

  it.each([
    ['/signed-out', 'unauthenticated', false, 'You are signed out.'],
    ['/gone', 'not_found', false, 'It was deleted, or you may no longer read it.'],
    ['/busy', 'busy', true, 'The database did not answer in time.'],
    ['/refused', 'forbidden', false, 'You may not read it.'],
    ['/proxy', null, true, 'The server cannot be reached.'],
    ['/portal', null, true, 'The server cannot be reached.'],
    ['/null', null, true, 'The server cannot be reached.'],
    ['/closed', null, true, 'The server cannot be reached.'],
  ])('fails at %s with the code %s', async (path, code, isPassing, message) => {
    await expect(read(origin + path, SIGNAL)).rejects.toMatchObject({ name: 'ReadError', code, isPassing, message })
  })

  it('is not a failure of the server if it was no longer wanted', async () => {
    const given = new AbortController()
    given.abort()
    await expect(read(`${origin}/done`, given.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})
