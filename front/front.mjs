// @ts-check
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '../lib/log.mjs'
import { calledOrigin, isCalledByName, isFromOwnPage, readTarget, tellAddress, tellPage } from './address.mjs'
import { answerPage, closeSlowly, endStreams, envelope, rpcError, send } from './answer.mjs'
import { boundArrival, boundPageBody, readBody } from './body.mjs'
import { listOf, tellClient } from './client.mjs'
import { explain } from './explain.mjs'
import { guardedResponse, guardPage, guardsFor } from './guard.mjs'
import { findFault } from './request.mjs'
import { takeTurns } from './turns.mjs'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('node:http').ServerResponse} ServerResponse */

const methods = ['GET', 'HEAD', 'POST']

const unknownHost =
  'Cairn does not know the address under which it was called. Whoever runs it can set CAIRN_URL to the address that people use, or name this host in CAIRN_HOSTS, and then start it again.'

/** @param {string} url */
const foreignPage = (url) =>
  `This change did not come from a page of ${url}. Open Cairn there and try again. If people reach it under another address, whoever runs it can set CAIRN_URL to that.`

/**
 * The front is the HTTP server before Next. Requests for /mcp, /api and every path below /api go to `handle`, so that errors there are
 * answered in JSON too. All other requests go to `page`.
 *
 * @typedef {object} Options
 * @property {(request: Request) => Promise<Response>} handle
 * @property {(req: IncomingMessage, res: ServerResponse) => Promise<unknown>} page
 * @property {(req: IncomingMessage, socket: import('node:stream').Duplex, head: Buffer) => boolean} [upgrade] returns false if it did nothing
 * @property {() => import('../lib/origin.mjs').Address} address is called for each request, because the port may be known only after the start
 * @property {boolean} [dev] whether Next develops the pages, whose scripts then evaluate texts
 * @property {readonly string[]} [proxies] addresses and networks of the proxies that are believed about the address of a client
 * @property {Promise<unknown>} [ready] requests wait until this resolves
 * @property {number} [stalledMilliseconds] if nothing moves on a connection for this long, and at most twice as long, it is closed. An event stream must send something more often
 */

/** @param {Options} options */
export function createFront({ handle, page, upgrade, address, dev = false, proxies = [], ready, stalledMilliseconds = 60_000 }) {
  const turns = takeTurns()
  const knownProxies = listOf(proxies)
  let isReady = ready === undefined
  ready?.then(() => {
    isReady = true
  })

  /** @type {{ url: string, headers: readonly string[] }} */
  let guards = { url: '', headers: [] }
  const guardsNow = () => {
    const { url } = address()
    if (guards.url !== url) guards = { url, headers: guardsFor(url) }
    return guards.headers
  }

  const server = http.createServer({
    ServerResponse: guardedResponse(guardsNow),
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 2_000,
    // `findFault` refuses a missing Host header, with the JSON envelope.
    requireHostHeader: false,
  })
  // Node would leave out what is beyond its limit. `findFault` has one that refuses instead.
  server.maxHeadersCount = 0
  // Otherwise a client that never reads its answer could keep it, and the connection, for ever.
  server.setTimeout(stalledMilliseconds)
  server.on('request', listener)
  // A client whose Content-Length is over the limit is not sent 100 Continue.
  server.on('checkContinue', (req, res) => listener(req, res, () => res.writeContinue()))
  server.on('checkExpectation', listener)
  server.on('clientError', (error, socket) => {
    if ('code' in error && error.code === 'ECONNRESET') socket.destroy()
    else turns.refuse(socket, (interrupted) => answerBroken(error, socket, interrupted))
  })
  server.on('connect', (_req, socket) => {
    dropOnError(socket)
    // Node has taken the connection out of HTTP already, so an answer in progress cannot be finished.
    if (turns.isBusy(socket)) socket.destroy()
    else answerRaw(socket, 405, 'method_not_allowed', 'This server does not support the method CONNECT.')
  })
  // Without this listener, Node treats a request for an upgrade like any other.
  if (upgrade) server.on('upgrade', (req, socket, head) => upgradeOrRefuse(upgrade, req, socket, head))
  return { server, stop }

  /** Accepts no new connection, and waits at most this long for the running requests. @param {number} milliseconds */
  async function stop(milliseconds) {
    const closed = new Promise((resolve) => server.close(resolve))
    endStreams()
    // A connection that was busy when the server closed is kept alive after its response, so it is closed here.
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    // The time limit also covers upgraded connections: the HTTP server cannot close them, and `close` would wait for them forever.
    await Promise.race([closed, sleep(milliseconds, undefined, { ref: false })])
    clearInterval(sweep)
    server.closeAllConnections()
  }

  /**
   * @param {NonNullable<Options['upgrade']>} upgrade
   * @param {IncomingMessage} req @param {import('node:stream').Duplex} socket @param {Buffer} head
   */
  async function upgradeOrRefuse(upgrade, req, socket, head) {
    dropOnError(socket)
    await ready
    const known = address()
    if (turns.isBusy(socket)) socket.destroy()
    else if (findFault(req) || !readTarget(req) || !isCalledByName(req, null, known)) answerRaw(socket, 403, 'forbidden', unknownHost)
    else {
      tellAddress(req, known)
      if (!upgrade(req, socket, head)) socket.destroy()
    }
  }

  /** @param {IncomingMessage} req @param {ServerResponse} res @param {() => void} [goOn] */
  function listener(req, res, goOn) {
    boundArrival(req)
    turns.add(req, res, () => answer(req, res, goOn))
  }

  /** @param {IncomingMessage} req @param {ServerResponse} res @param {(() => void) | undefined} goOn */
  async function answer(req, res, goOn) {
    // Node drops what has arrived behind a request for an upgrade, so the rest of the connection may begin in the middle of another request.
    if (req.headers.upgrade !== undefined) closeSlowly(res)
    try {
      if (!isReady) await ready
      await route(req, res, goOn)
    } catch (error) {
      // The client has left, or was left, so there is nobody to answer.
      if (res.closed || res.destroyed) return
      log.error('A request was not answered.', error)
      if (res.headersSent) res.destroy()
      else
        answerError(
          res,
          500,
          'internal',
          'The server failed to answer this request. You may send the same request again.',
          apiTarget(req.url ?? '/'),
        )
    }
  }

  /** @param {IncomingMessage} req @param {ServerResponse} res @param {(() => void) | undefined} goOn */
  async function route(req, res, goOn) {
    const fault = findFault(req)
    if (fault) return answerError(res, ...fault)
    const isAddress = readTarget(req)
    const target = isAddress ? apiTarget(req.url ?? '/') : null
    const known = address()
    if (!isCalledByName(req, target, known))
      return target ? answerError(res, 403, 'forbidden', unknownHost, target) : answerPage(res, 403, unknownHost)
    tellClient(req, knownProxies)
    const called = target ? '' : calledOrigin(req, known)
    tellAddress(req, known)
    if (target) return answerApi(target, req, res, goOn)
    if (!methods.includes(req.method ?? ''))
      return answerPage(res, 405, 'A page answers only GET, HEAD and POST.', { allow: methods.join(', ') })
    if (!isAddress || !isDecodable(req.url ?? '/')) return answerPage(res, 400, 'This is not the address of a page.')
    if (!isFromOwnPage(req, known)) return answerPage(res, 403, foreignPage(known.url))
    if (boundPageBody(req, res)) return answerPage(res, 413, 'What was sent is larger than 1 MiB. Send less.')
    // At this path, Next serves its page for errors, although there was none.
    if (req.url?.split('?', 1)[0] === '/_global-error') req.url = '/_not-found'
    tellPage(req, called)
    guardPage(req, res, dev)
    goOn?.()
    await explain(res, () => page(req, res))
  }

  /** @param {string} target @param {IncomingMessage} req @param {ServerResponse} res @param {(() => void) | undefined} goOn */
  async function answerApi(target, req, res, goOn) {
    const method = req.method ?? 'GET'
    // The Request constructor throws for TRACE.
    if (method === 'TRACE') return answerError(res, 405, 'method_not_allowed', 'This server does not support the method TRACE.', target)
    const body = await readBody(req, goOn)
    // The client left before it had sent the whole body.
    if (body === null) return
    const request = requestOf(req, method, target, body.bytes)
    if (!request) return answerError(res, 400, 'malformed', 'This is not a valid HTTP request.', target)
    giveSignal(request, res)
    await send(res, await handle(request), body.whole)
  }
}

/**
 * Returns the path and query for `handle`, or null for a page. Repeated slashes are folded and a final slash is dropped, because Next
 * would answer such a path with a redirect in plain text.
 * @param {string} url
 */
export function apiTarget(url) {
  const cut = url.indexOf('?')
  const path = (cut === -1 ? url : url.slice(0, cut)).replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')
  if (path !== '/api' && path !== '/mcp' && !path.startsWith('/api/')) return null
  return cut === -1 ? path : path + url.slice(cut)
}

/** @param {string} url */
function isDecodable(url) {
  if (!url.includes('%')) return true
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}

/** Node listens for errors of a connection only as long as it speaks HTTP. @param {import('node:stream').Duplex} socket */
function dropOnError(socket) {
  socket.on('error', () => socket.destroy())
}

/** @param {IncomingMessage} req @param {string} method @param {string} target @param {Buffer<ArrayBuffer>} bytes */
function requestOf(req, method, target, bytes) {
  const body = method === 'GET' || method === 'HEAD' || bytes.length === 0 ? null : bytes
  try {
    const headers = new Headers()
    for (const [name, value] of Object.entries(req.headers)) if (value !== undefined) headers.set(name, String(value))
    return new Request(`http://${req.headers.host}${target}`, { method, headers, body })
  } catch {
    // Node's parser accepts some requests that the web standard refuses.
    return null
  }
}

/**
 * Gives the request a signal that aborts when the client leaves before it has the whole response. The signal is made on first use:
 * most operations never need it, and it costs a quarter as much as the request itself.
 * @param {Request} request @param {ServerResponse} res
 */
function giveSignal(request, res) {
  /** @type {AbortController | undefined} */
  let controller
  Object.defineProperty(request, 'signal', {
    get() {
      if (controller) return controller.signal
      const made = new AbortController()
      controller = made
      const leave = () => !res.writableFinished && made.abort()
      if (res.closed) leave()
      else res.once('close', leave)
      return made.signal
    },
  })
}

/**
 * Refuses a request in the form in which its target answers: at /mcp, that is an error of JSON-RPC.
 * @param {ServerResponse} res @param {number} status @param {string} code @param {string} message @param {string | null} [target]
 */
function answerError(res, status, code, message, target) {
  const isMcp = target?.split('?', 1)[0] === '/mcp'
  const { request_id, text } = isMcp ? rpcError(code, message) : envelope(code, message)
  closeSlowly(res)
  res
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-request-id': request_id })
    .end(text)
}

/** @param {NodeJS.ErrnoException} error @param {import('node:stream').Duplex} socket @param {ServerResponse | undefined} current */
function answerBroken(error, socket, current) {
  // The answer must not be written into the middle of another one.
  if (current?.headersSent && !current.writableFinished) return socket.destroy()
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return answerRaw(socket, 431, 'too_large', 'The headers are larger than 16 KiB. Send fewer or shorter ones.')
  if (error.code === 'HPE_INVALID_METHOD')
    return answerRaw(socket, 405, 'method_not_allowed', 'This server does not know the method of this request.')
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return answerRaw(socket, 408, 'malformed', 'The request did not arrive in time. Send it again.')
  return answerRaw(socket, 400, 'malformed', 'This is not a valid HTTP request.')
}

/** @param {readonly string[]} headers names and values by turns */
function pairsOf(headers) {
  return headers.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${headers[at + 1]}`] : []))
}

/** @param {import('node:stream').Duplex} socket @param {number} status @param {string} code @param {string} message */
function answerRaw(socket, status, code, message) {
  if (!socket.writable) return socket.destroy()
  const { request_id, text } = envelope(code, message)
  const lines = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${request_id}`,
    'Connection: close',
    ...pairsOf(guardsFor('')),
  ]
  return socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}
