import { createMcpHandler, ProtocolError } from '@modelcontextprotocol/server'
import type { Instance } from '@/db/instance'
import { authenticate } from '@/lib/auth/credentials'
import { recordUse } from '@/lib/auth/use'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import { assertKnown } from '@/lib/operations/execute'
import { isOwnOrigin } from '@/lib/origin.mjs'
import { readBody } from '../body'
import { STATUS, toProblem } from '../problem'
import { countCall } from '../rates'
import { answerBatch, isBatch } from './batch'
import { type Exchange, errorOf } from './exchange'
import { answerListen } from './listen'
import { callOf, clientOf, idOf, LISTEN, methodOf } from './message'
import { wrongParams } from './params'
import { makeServer } from './server'
import { drawnSession, sessionOf } from './session'
import { afterFirst, isEventStream } from './stream'

/** Answers a request to /mcp: in both eras of the protocol, without sessions, and with the protocol's own errors. Only keys are accepted. */
export const handleMcp = async (instance: Instance, request: Request): Promise<Response> => {
  const request_id = crypto.randomUUID()
  let message: unknown = null
  try {
    assertOrigin(instance, request)
    if (request.method === 'POST') message = await readBody(request)
    const actor = await authenticateKey(instance, request)
    const asked = { instance, request, request_id, actor }
    const response = isBatch(message)
      ? await answerBatch(message, (one, signal) => answerPart(asked, one, signal), request.signal)
      : await answerMessage(asked, message)
    if (methodOf(message) === 'initialize' && response.ok) response.headers.set('mcp-session-id', drawnSession())
    response.headers.set('x-request-id', request_id)
    response.headers.set('x-content-type-options', 'nosniff')
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
    return response
  } catch (error) {
    return refuse(error, idOf(message), request_id)
  }
}

/** A browser sends the Origin of the page that calls. No page of another site is to use a key that somebody entered there. @throws forbidden */
const assertOrigin = ({ origin: own }: Instance, { headers }: Request): void => {
  const origin = headers.get('origin')
  if (origin === null || isOwnOrigin(origin, headers.get('host') ?? '', own)) return
  throw new DomainError(
    'forbidden',
    `A page of another site must not call this address. Call it from a program, or from a page of ${own}.`,
    {
      missing: 'same origin',
    },
  )
}

/** @throws unauthenticated, invalid for a session id that is no text of one line */
const authenticateKey = async (instance: Instance, request: Request): Promise<Actor> => {
  if (!request.headers.has('authorization'))
    throw new DomainError('unauthenticated', 'This request has no key. Send Authorization: Bearer sk_live_… with the whole key.')
  const actor = await authenticate(instance, request, 'mcp')
  return { ...actor, session_id: sessionOf(request.headers) }
}

type Asked = Omit<Exchange, 'isJudged' | 'refused'>

/** @throws DomainError, ProtocolError */
const answerMessage = async (asked: Asked, message: unknown): Promise<Response> => {
  const { instance, request, actor } = asked
  // Each message of a batch counts.
  countCall(instance, actor)
  const call = callOf(message)
  if (call !== null) recordUse(instance, actor, { call, client: clientOf(message) ?? request.headers.get('user-agent') })
  const exchange = { ...asked, isJudged: false, refused: null }
  const response = await answerOf(exchange, message)
  await assertAccepted(exchange, response)
  return response
}

/** Answers a message of a batch as a request of its own. */
const answerPart = async (asked: Asked, message: unknown, signal: AbortSignal): Promise<Response> => {
  const { url, method, headers } = asked.request
  try {
    return await answerMessage({ ...asked, request: new Request(url, { method, headers, signal }) }, message)
  } catch (error) {
    return refuse(error, idOf(message), asked.request_id)
  }
}

const answerOf = async (exchange: Exchange, message: unknown): Promise<Response> => {
  const wrong = wrongParams(message)
  if (wrong) return refuse(wrong, idOf(message), exchange.request_id)
  return methodOf(message) === LISTEN ? answerListen(exchange, message) : answer(exchange, message)
}

const answer = async (exchange: Exchange, message: unknown): Promise<Response> => {
  const { request, request_id } = exchange
  let fault: Error | null = null
  const handler = createMcpHandler(({ era }) => makeServer(exchange, era), {
    onerror: (error) => {
      fault = error
    },
  })
  const answered = await handler.fetch(request, request.method === 'POST' ? { parsedBody: message } : {})
  if (answered.status >= 500) log.error('A request of MCP failed because of an error in Cairn.', fault, { request_id })
  // Only after the first bytes is it known whether the key was accepted.
  return isEventStream(answered) ? afterFirst(answered) : answered
}

/** A key that was known may have been revoked. What was answered to it without an operation tells nothing that is secret. @throws unauthenticated */
const assertAccepted = async (exchange: Exchange, response: Response): Promise<void> => {
  try {
    if (exchange.refused) throw exchange.refused
    if (!exchange.isJudged) await assertKnown(exchange.instance, exchange.actor)
  } catch (error) {
    await response.body?.cancel()
    throw error
  }
}

const refuse = (thrown: unknown, id: string | number | null, request_id: string): Response => {
  const headers: Record<string, string> = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-request-id': request_id }
  if (thrown instanceof ProtocolError) {
    const { code, message, data } = thrown
    // What has no id expects no answer, and learns from the status that it was not accepted.
    return Response.json({ jsonrpc: '2.0', error: { code, message, data }, id }, { headers, status: id === null ? 400 : 200 })
  }
  const refusal = toProblem(thrown, request_id)
  const { retry_after_seconds } = refusal.details
  if (refusal.error === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
  if (refusal.error === 'too_large') headers.connection = 'close'
  if (typeof retry_after_seconds === 'number') headers['retry-after'] = String(retry_after_seconds)
  // A header of the protocol that is wrong makes a bad request.
  const status = refusal.error === 'invalid' ? 400 : STATUS[refusal.error]
  return Response.json({ jsonrpc: '2.0', error: errorOf(refusal), id }, { status, headers })
}
