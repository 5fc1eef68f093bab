// @ts-check
import { codeOf, EXIT, Failure } from './failure.mjs'
import { exchange, headerOf, TOO_LARGE } from './http.mjs'
import { isRecord, parseJson } from './json.mjs'
import { tell } from './output.mjs'

/** @typedef {import('./http.mjs').Answer} Answer @typedef {import('./settings.mjs').Server} Server */

/** @typedef {{ method: string, path: string, body?: string | undefined, headers?: Record<string, string> }} Request */

/** Every call is answered within 5 s, unless it waits. */
const CALL_MS = 10_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** What a server that is overloaded or about to restart answers, or a proxy before it. */
const PASSING_STATUS = [429, 502, 503, 504]

/** After these errors, the same call may succeed a moment later. */
const PASSING_ERRORS =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|EAI_AGAIN|EADDRNOTAVAIL|ERR_STREAM_PREMATURE_CLOSE)$/

const TLS_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS/

/** The headers of every request. @param {Server} server @returns {Record<string, string>} */
export function headersFor({ key, session, version }) {
  return {
    'user-agent': `cairn-cli/${version}`,
    ...(key && { authorization: `Bearer ${key}` }),
    ...(session && { 'x-session-id': session }),
  }
}

/**
 * Sends a request until it is answered, at most for as long as the patience lasts. A change carries an Idempotency-Key, so that it takes effect once.
 * @param {Server} server @param {Request} request @param {{ milliseconds?: number }} [more]
 * @returns {Promise<Answer>}
 */
export async function ask(server, { method, path, body, headers = {} }, { milliseconds = CALL_MS } = {}) {
  const retry = retrying(server)
  for (;;) {
    const sent = { url: server.url + path, method, body, headers: { ...headersFor(server), ...headers }, milliseconds }
    const answer = await exchange(sent).catch((/** @type {unknown} */ error) => error)
    if (isAnswer(answer) && !PASSING_STATUS.includes(answer.status)) return assertCairn(server, answer)
    if (!isAnswer(answer) && !isPassing(answer)) throw unreachable(server, answer)
    if (await retry(answer)) continue
    if (!isAnswer(answer)) throw unreachable(server, answer)
    return assertCairn(server, answer)
  }
}

/** @param {unknown} value @returns {value is Answer} */
function isAnswer(value) {
  return isRecord(value) && typeof value.status === 'number' && typeof value.text === 'string'
}

/** @param {unknown} error */
export function isPassing(error) {
  return PASSING_ERRORS.test(codeOf(error))
}

/** @param {number} status */
export function isPassingStatus(status) {
  return PASSING_STATUS.includes(status)
}

/**
 * Pauses after each failure, a little longer each time or for as long as the server says. Returns false when the patience is over, which begins with the
 * first failure.
 * @param {Server} server
 */
export function retrying({ url, patience }) {
  let end = 0
  let pause = FIRST_PAUSE_MS
  /** @param {unknown} failed */
  return async (failed) => {
    const asked = isAnswer(failed) ? 1_000 * Number(headerOf(failed, 'retry-after') || 0) : 0
    const wait = Math.max(pause * (0.5 + Math.random()), Number.isFinite(asked) ? asked : 0)
    end ||= Date.now() + patience
    if (Date.now() + wait > end) return false
    if (pause === 4 * FIRST_PAUSE_MS) tell(`${url} does not answer (${isAnswer(failed) ? failed.status : codeOf(failed)}). Trying again …`)
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
    await new Promise((resolve) => setTimeout(resolve, wait))
    return true
  }
}

/** Refuses an answer that is not one of Cairn's. @param {Server} server @param {Answer} answer @returns {Answer} */
function assertCairn({ url }, answer) {
  const { status, text } = answer
  if (headerOf(answer, 'x-cairn-api')) return answer
  const problem = parseJson(text)
  if (isRecord(problem) && problem.success === false) return answer
  const target = headerOf(answer, 'location')
  if (status >= 300 && status < 400 && URL.canParse(target, url))
    throw new Failure(
      EXIT.noContact,
      `${url} sends on to ${new URL(target, url).origin}. If that is the server, sign in there: cairn login ${new URL(target, url).origin}`,
    )
  if (PASSING_STATUS.includes(status))
    throw new Failure(
      EXIT.noContact,
      `${url} answers ${status} and no more: probably the proxy before Cairn does not reach it. Try again later.`,
    )
  throw new Failure(EXIT.noContact, `What answers at ${url} is not Cairn (status ${status}). Sign in at the right address: cairn login URL`)
}

/** Why there was no answer, in a sentence. @param {Server} server @param {unknown} error */
export function unreachable({ url }, error) {
  return new Failure(EXIT.noContact, reasonOf(url, codeOf(error)))
}

/** @param {string} url @param {string} code */
function reasonOf(url, code) {
  const { host, hostname } = new URL(url)
  if (code === TOO_LARGE) return `The answer of ${url} is larger than 64 MiB. Ask for less, for example with --limit.`
  if (code === 'ENOTFOUND') return `There is no host ${hostname}. Sign in at the right address: cairn login URL`
  if (TLS_ERRORS.test(code))
    return `The certificate of ${host} is not trusted (${code}). If the server has one of its own, name the file with its authority in NODE_EXTRA_CA_CERTS.`
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `${host} does not speak https (${code}). If it is a server without TLS: cairn login http://${host}`
  if (code.startsWith('HPE_')) return `What answers at ${url} does not speak http (${code}). Sign in at the right address: cairn login URL`
  if (code === 'ECONNREFUSED') return `Nothing listens at ${url}. Start Cairn there, or sign in at the right address: cairn login URL`
  return `${url} does not answer (${code}). Try again later, or sign in at the right address: cairn login URL`
}
