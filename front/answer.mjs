// @ts-check
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setImmediate as soon } from 'node:timers/promises'
import { PLAIN_PAGE_HEADERS, plainPage } from '../lib/plain-page.mjs'

/** @typedef {import('node:http').ServerResponse} ServerResponse */

const lingerMilliseconds = 500

/** The readers of open event streams, which never end by themselves. @type {Set<ReadableStreamDefaultReader<Uint8Array>>} */
const streams = new Set()

/** Ends the open event streams, so that a stop need not wait for them. Their clients connect again. */
export function endStreams() {
  for (const reader of streams) void reader.cancel().catch(() => {})
}

/**
 * Writes a web-standard response. If the whole body is there at once, it is sent in one piece with its length; otherwise it is sent
 * chunk by chunk until it ends or the client leaves.
 * @param {ServerResponse} res @param {Response} response @param {boolean} keepAlive
 */
export async function send(res, response, keepAlive) {
  if (!keepAlive) closeSlowly(res)
  const headers = [...response.headers].flat()
  if (!response.body) {
    if (response.status !== 204 && response.status !== 304) headers.push('content-length', '0')
    res.writeHead(response.status, headers).end()
    return
  }
  const reader = response.body.getReader()
  res.once('close', () => {
    streams.delete(reader)
    void reader.cancel().catch(() => {})
  })
  if (!isStream(response)) {
    const first = await reader.read()
    const next = reader.read()
    const rest = first.done ? first : await Promise.race([next, soon()])
    if (rest?.done) {
      const bytes = first.value ?? new Uint8Array()
      if (!response.headers.has('content-length')) headers.push('content-length', String(bytes.length))
      res.writeHead(response.status, headers).end(bytes)
      return
    }
    res.writeHead(response.status, headers)
    if (first.value) await write(res, first.value)
    await pump(res, reader, next)
    return
  }
  streams.add(reader)
  // The server gives up a stream whose client does not take what it is sent. The connection is closed with it, because the client would not notice.
  reader.closed.catch(() => res.destroy())
  res.writeHead(response.status, headers)
  res.flushHeaders()
  await pump(res, reader, reader.read())
}

/** Whether an answer has no end of its own. @param {Response} response */
function isStream({ headers }) {
  if (headers.has('content-length')) return false
  return headers.get('x-accel-buffering') === 'no' || (headers.get('content-type')?.startsWith('text/event-stream') ?? false)
}

/** @param {ServerResponse} res @param {ReadableStreamDefaultReader<Uint8Array>} reader @param {ReturnType<typeof reader.read>} next */
async function pump(res, reader, next) {
  for (let chunk = await next; !chunk.done && !res.closed; chunk = await reader.read()) await write(res, chunk.value)
  res.end()
}

/** @param {ServerResponse} res @param {Uint8Array} bytes */
async function write(res, bytes) {
  if (res.write(bytes) || res.closed) return
  const given = new AbortController()
  // A client that has left never drains, so `close` ends the wait too.
  await Promise.race([once(res, 'drain', given), once(res, 'close', given)]).finally(() => given.abort())
}

/**
 * If a connection is closed while the client still sends, the kernel resets it and the client may never see the response. So only the
 * writing side is closed at first, and bytes that still arrive are discarded for a moment.
 * @param {ServerResponse} res
 */
export function closeSlowly(res) {
  res.shouldKeepAlive = false
  // That of the request would be null after a pipeline that reads the body has failed.
  const { socket } = res
  // The client has left.
  if (!socket) return
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), lingerMilliseconds)
  }
}

/** The envelope in which the API refuses a call. @param {string} code @param {string} message */
export function envelope(code, message) {
  const request_id = randomUUID()
  return { request_id, text: JSON.stringify({ success: false, error: code, message, details: {}, request_id }) }
}

/** The error of JSON-RPC in which MCP refuses a request that was not read. @param {string} code @param {string} message */
export function rpcError(code, message) {
  const request_id = randomUUID()
  const error = { code: -32_000, message, data: { error: code, request_id } }
  return { request_id, text: JSON.stringify({ jsonrpc: '2.0', error, id: null }) }
}

/** For each status with which a page is refused, the heading of the page that says so, and the code. @type {Map<number, [string, string]>} */
const refusals = new Map([
  [400, ['This request could not be understood', 'malformed']],
  [403, ['This is not allowed', 'forbidden']],
  [405, ['This is not possible here', 'method_not_allowed']],
  [413, ['This is too large', 'too_large']],
  [503, ['Cairn cannot answer right now', 'unavailable']],
])

/**
 * Answers with a page that says what is wrong. It needs neither Next nor a script. A script of Next that called a server action gets
 * the envelope of a refusal, which it throws as the message of an error: it does so for exactly this content type.
 * @param {ServerResponse} res @param {number} status @param {string} message @param {Record<string, string>} [headers]
 */
export function answerPage(res, status, message, headers = {}) {
  if (!res.req.complete) closeSlowly(res)
  const isAction = res.req.headers['next-action'] !== undefined
  const [title, code] = refusals.get(status) ?? ['This page could not be shown', 'internal']
  const link = status === 503 ? { href: '', label: 'Try again' } : undefined
  const body = isAction ? envelope(code, message).text : plainPage(title, message, link)
  const type = isAction ? { 'content-type': 'text/plain' } : {}
  res.writeHead(status, { ...PLAIN_PAGE_HEADERS, ...type, ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}
