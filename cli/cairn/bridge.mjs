// @ts-check
import { headersFor, isPassing, isPassingStatus, retrying, unreachable } from './contact.mjs'
import { eventsOf } from './events.mjs'
import { EXIT, Failure, wrongUsage } from './failure.mjs'
import { headerOf, open, readAll } from './http.mjs'
import { isRecord, listOf, parseJson, recordOf, textOf } from './json.mjs'
import { tell } from './output.mjs'
import { assertKey } from './settings.mjs'

/** @typedef {import('./json.mjs').Json} Json @typedef {import('./settings.mjs').Server} Server @typedef {string | number} Id */

const VERSION_IN_META = 'io.modelcontextprotocol/protocolVersion'
const SUBSCRIPTION_IN_META = 'io.modelcontextprotocol/subscriptionId'

/** Which parameter of a request the header Mcp-Name repeats. @type {Record<string, string>} */
const NAMES = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' }

/** An answer may be either of these. */
const FORMS = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

const SERVER_ERROR = -32_000
const PARSE_ERROR = -32_700
/** The server answers every call within a minute, and a stream sends something at least as often. */
const LONGEST_ANSWER_MS = 120_000

/** Carries JSON-RPC messages from standard input to the server and back, until the input ends. @param {Server} given @param {readonly string[]} rest @returns {Promise<number>} */
export async function bridge(given, rest) {
  const all = rest.length === 1 && rest[0] === '--tools=all'
  if (rest.length > 0 && !all) throw wrongUsage('The form is: cairn mcp [--tools=all]')
  assertKey(given)
  // Agents that share a key are told apart by their sessions. This one is as old as the process.
  const server = { ...given, session: given.session || crypto.randomUUID() }
  const wire = new Wire(server, `${server.url}/mcp${all ? '?tools=all' : ''}`)
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin) {
    const lines = (text + chunk).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) wire.take(line)
  }
  wire.take(text)
  await wire.finish()
  return EXIT.done
}

/** @param {unknown} message */
function write(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** @param {Id | null} id @param {number} code @param {string} message */
function writeError(id, code, message) {
  write({ jsonrpc: '2.0', id, error: { code, message } })
}

/** While a client could not be told of what it listens to, anything of it may have changed. @param {Json} listen */
function writeMissed({ id, method, params }) {
  if (method !== 'subscriptions/listen') return
  const { resourceSubscriptions, ...lists } = recordOf(recordOf(params).notifications)
  const _meta = { [SUBSCRIPTION_IN_META]: id }
  const changed = (/** @type {string} */ what, more = {}) =>
    write({ jsonrpc: '2.0', method: `notifications/${what}`, params: { ...more, _meta } })
  for (const uri of listOf(resourceSubscriptions)) changed('resources/updated', { uri })
  if (lists.resourcesListChanged === true) changed('resources/list_changed')
}

/** @param {unknown} value @returns {value is Id} */
function isId(value) {
  return typeof value === 'string' || typeof value === 'number'
}

/** @param {unknown} value @returns {value is Json} */
function isMessage(value) {
  return isRecord(value) && value.jsonrpc === '2.0'
}

/** The connection of one client with the server. */
class Wire {
  /** The requests that are not answered yet. @type {Map<Id, { leave: AbortController, isEndless: boolean, done: Promise<void> }>} */
  open = new Map()
  /** The revision that was agreed on, and the session that the server named, if it was asked by `initialize`. @type {Record<string, string>} */
  agreed = {}

  /** @param {Server} server @param {string} address */
  constructor(server, address) {
    this.server = server
    this.address = address
  }

  /** @param {string} line */
  take(line) {
    if (line.trim() === '') return
    const message = parseJson(line)
    if (message === undefined) return writeError(null, PARSE_ERROR, 'This line is not JSON.')
    const { id, method, params } = recordOf(message)
    if (method === 'notifications/cancelled') return this.cancel(recordOf(params).requestId)
    const leave = new AbortController()
    const ids = (Array.isArray(message) ? message : [message]).flatMap((one) =>
      isRecord(one) && 'method' in one && isId(one.id) ? [one.id] : [],
    )
    const done = this.carry(message, ids, leave.signal).finally(() => isId(id) && this.open.delete(id))
    if (isId(id) && method !== undefined) this.open.set(id, { leave, isEndless: method === 'subscriptions/listen', done })
    return undefined
  }

  /** @param {unknown} id */
  cancel(id) {
    if (isId(id)) this.open.get(id)?.leave.abort()
  }

  /** Waits for what is still to be answered, but for what has no end. */
  async finish() {
    const open = [...this.open.values()]
    for (const { leave, isEndless } of open) if (isEndless) leave.abort()
    await Promise.all(open.map(({ done }) => done))
  }

  /** Sends a message until it is answered. Each request that stays without an answer gets an error. @param {unknown} message @param {Id[]} ids @param {AbortSignal} signal */
  async carry(message, ids, signal) {
    const waiting = new Set(ids)
    let retry = retrying(this.server)
    let hasBegun = false
    const onContact = () => {
      retry = retrying(this.server)
      if (hasBegun) writeMissed(recordOf(message))
      hasBegun = true
    }
    // With a key, a call takes effect once, however often it is sent. A batch may have several calls, to which no single key belongs.
    const isOne = !Array.isArray(message)
    const key = isOne ? { 'idempotency-key': crypto.randomUUID() } : {}
    for (;;) {
      const failed = await this.exchange(message, key, waiting, signal, onContact).catch((/** @type {unknown} */ error) => error)
      if (signal.aborted || failed === undefined) return
      const mayRepeat = failed instanceof Passing || (isPassing(failed) && (isOne || isUnsent(failed)))
      if (mayRepeat && (await retry(failed instanceof Passing ? failed.answer : failed))) continue
      const { message: why } = failed instanceof Failure ? failed : unreachable(this.server, failed)
      tell(why)
      for (const id of waiting) writeError(id, SERVER_ERROR, why)
      return
    }
  }

  /** Sends a message once, and writes what is answered. @param {unknown} message @param {Record<string, string>} key @param {Set<Id>} waiting @param {AbortSignal} signal @param {() => void} onContact called when a stream begins, which may last for hours */
  async exchange(message, key, waiting, signal, onContact) {
    const headers = { ...headersFor(this.server), ...this.headersOf(message), ...FORMS, ...key }
    const body = JSON.stringify(message)
    const response = await open({ url: this.address, method: 'POST', headers, body, milliseconds: LONGEST_ANSWER_MS, signal })
    const status = response.statusCode ?? 0
    const session = headerOf(response, 'mcp-session-id')
    if (session) this.agreed['mcp-session-id'] = session
    if (status === 200 && headerOf(response, 'content-type').startsWith('text/event-stream')) {
      onContact()
      for await (const { data } of eventsOf(response)) if (data) this.pass(parseJson(data), message, waiting)
      if (waiting.size > 0) throw Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' })
      return
    }
    const text = await readAll(response)
    const answered = parseJson(text)
    if (isPassingStatus(status)) throw new Passing(refusalIn(this.server, status, answered), { status, headers: response.headers, text })
    if (status < 300 && waiting.size === 0) return
    const isAnswer = (Array.isArray(answered) ? answered : [answered]).every(isMessage)
    if (!isAnswer || status === 401) throw new Failure(EXIT.refused, refusalIn(this.server, status, answered))
    if (waiting.size > 0) this.pass(answered, message, waiting)
    else tell(refusalIn(this.server, status, answered))
  }

  /** Writes a message of the server. @param {unknown} answered @param {unknown} message @param {Set<Id>} waiting */
  pass(answered, message, waiting) {
    for (const one of Array.isArray(answered) ? answered : [answered]) {
      // A client that is given anything else may give up.
      if (!isMessage(one)) continue
      const { id, result, error } = one
      if (recordOf(message).method === 'initialize') {
        const version = textOf(recordOf(result).protocolVersion)
        if (version) this.agreed['mcp-protocol-version'] = version
      }
      const [only] = waiting
      // A request that could not be understood is refused without its id.
      if (error !== undefined && !isId(id) && only !== undefined) write({ ...one, id: only })
      else write(one)
      if (error !== undefined && !isId(id)) waiting.clear()
      else if (isId(id) && (result !== undefined || error !== undefined)) waiting.delete(id)
    }
  }

  /** The headers that say again what is in a message. @param {unknown} message @returns {Record<string, string>} */
  headersOf(message) {
    const { method, params } = recordOf(message)
    const given = recordOf(params)
    const version = recordOf(given._meta)[VERSION_IN_META]
    if (typeof version !== 'string' || typeof method !== 'string') return method === 'initialize' ? {} : this.agreed
    const name = given[NAMES[method] ?? '']
    return {
      'mcp-protocol-version': inHeader(version),
      'mcp-method': inHeader(method),
      ...(typeof name === 'string' && { 'mcp-name': inHeader(name) }),
    }
  }
}

/** An answer after which the same message may be sent again. */
class Passing extends Failure {
  /** @param {string} message @param {import('./http.mjs').Answer} answer */
  constructor(message, answer) {
    super(EXIT.noContact, message)
    this.answer = answer
  }
}

/** Whether the connection was never made, so that the server has not seen the message. @param {unknown} error */
function isUnsent(error) {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo')
}

/** @param {Server} server @param {number} status @param {unknown} answered */
function refusalIn({ url, keyFrom }, status, answered) {
  const { error, message } = recordOf(answered)
  const said = textOf(message) || textOf(recordOf(error).message)
  if (status === 401) return `${said || 'The key is not accepted.'} The key is from ${keyFrom}. Sign in: cairn login ${url}`
  return said || `${url} answers ${status} and no JSON-RPC. Is it a Cairn that speaks MCP?`
}

/** A value as a header: what is not plain ASCII is written as the protocol says. @param {string} value */
function inHeader(value) {
  const isPlain = /^[\x20-\x7e]+$/.test(value) && value === value.trim() && !/^=\?base64\?.*\?=$/.test(value)
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`
}
