import { createHash } from 'node:crypto'
import type { Instance } from '@/db/instance'
import { assertSessionId, authenticate } from '@/lib/auth/credentials'
import { recordUse } from '@/lib/auth/use'
import { invalid } from '@/lib/domain/errors'
import { type Asked, refusalText } from '@/lib/domain/text/refusal'
import type { Say } from '@/lib/domain/text/say'
import type { AnyOperation } from '@/lib/operations/define'
import { assertKnown, type Executed, execute } from '@/lib/operations/execute'
import { asObject, readBody } from './body'
import { respondWith } from './compression'
import { formOf } from './correct-form'
import { answerExport, exportFor } from './export'
import { readIdempotencyKey } from './idempotency'
import { fromQuery } from './leniency'
import { nameOfOpenApi } from './openapi'
import { prefersMinimal, prefersText } from './preference'
import { STATUS, toProblem } from './problem'
import { countCall } from './rates'
import { match } from './router'
import { sayCommand, sayRequest } from './say'
import { answerStream, lastEventId } from './stream'
import { answerHealth, describeCalls, isDescription } from './system'

const BASE = '/api'

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }

/** Answers a request below /api: in JSON, for errors too, or in short texts to a caller who prefers them. This function knows no operation by name. */
export const handleRest = async (instance: Instance, request: Request): Promise<Response> => {
  const request_id = crypto.randomUUID()
  const asked: Understood = { input: {}, operation: null }
  const response = await answer(instance, request, request_id, asked).catch((error: unknown) => refuse(request, error, request_id, asked))
  // The command line keeps a copy of the document, and so notices that it is out of date.
  if (isCommandLine(request.headers)) response.headers.set('x-cairn-api', nameOfOpenApi(instance.origin))
  return response
}

/** What a call asks for, as far as it could be understood. */
type Understood = { input: Asked; operation: AnyOperation | null }

/** How a caller who reads texts makes calls, or null for a caller who reads JSON. */
const sayFor = ({ headers }: Request): Say | null => {
  if (!prefersText(headers.get('accept'))) return null
  return isCommandLine(headers) ? sayCommand : sayRequest
}

const isCommandLine = (headers: Headers): boolean => headers.get('user-agent')?.startsWith('cairn-cli/') ?? false

/** `asked` gets what the call asks for as soon as that is known. */
const answer = async (instance: Instance, request: Request, request_id: string, asked: Understood): Promise<Response> => {
  const { pathname, searchParams } = new URL(request.url)
  const path = pathname.slice(BASE.length)
  const plain = (answered: object) => respondWith(request, 200, { ...HEADERS, 'x-request-id': request_id }, JSON.stringify(answered))
  const health = await answerHealth(instance, request.method, path)
  if (health) return plain(health)
  // A body that is not JSON is refused before the credentials are checked (steps 1 and 2 of RULES.md).
  const body = await readBody(request)
  const actor = await authenticate(instance, request, isCommandLine(request.headers) ? 'cli' : 'rest')
  countCall(instance, actor)
  if (isDescription(path)) {
    await assertKnown(instance, actor)
    return plain(describeCalls(instance, request.method))
  }
  const { operation, input, key, minimal, form } = await understand(request, path, searchParams, body).catch(async (error: unknown) => {
    // Wrong credentials are refused before a wrong path or input (steps 2 and 3 of RULES.md).
    await assertKnown(instance, actor)
    throw error
  })
  Object.assign(asked, { input, operation })
  recordUse(instance, actor, { call: operation.name, client: request.headers.get('user-agent') })
  if (operation.kind === 'stream') return answerStream(instance, operation, request, { input, actor }, request_id)
  if (form) return answerExport(instance, form, { input, actor }, request_id)
  const say = sayFor(request)
  const done = await execute(instance, operation, {
    input,
    actor,
    idempotency_key: key,
    minimal,
    say,
    // This is a getter, because the front makes the signal on first use and only changes and waits use it.
    get signal() {
      return request.signal
    },
  })
  return respond(request, done, request_id, { isRead: operation.kind === 'query', minimal: minimal && !say, isText: say !== null })
}

/** Finds the operation that a request calls, its input and its idempotency key. @throws not_found, method_not_allowed, malformed, invalid */
const understand = async (request: Request, path: string, parameters: URLSearchParams, sent: unknown) => {
  const form = exportFor(request, path)
  const { operation, params } = form ?? match(request.method, path)
  assertSessionId(request.headers)
  const body = asObject(sent)
  const query = fromQuery(operation.input, single(parameters))
  const takesBody = request.method !== 'GET' && request.method !== 'DELETE'
  const given = merge(params, takesBody ? [body, query] : [query, body], takesBody)
  const after = operation.kind === 'stream' ? lastEventId(request) : null
  return {
    operation,
    form,
    input: after === null ? given : { ...given, after },
    key: operation.kind === 'mutation' ? readIdempotencyKey('Idempotency-Key', request.headers.get('idempotency-key')) : null,
    minimal: operation.kind === 'mutation' && operation.minimal !== undefined && prefersMinimal(request.headers.get('prefer')),
  }
}

type Form = { isRead: boolean; minimal: boolean; isText: boolean }

const respond = (request: Request, done: Executed, request_id: string, { isRead, minimal, isText }: Form): Promise<Response> => {
  const headers: Record<string, string> = { ...HEADERS, ...(isText && TEXT), 'x-request-id': request_id }
  // What a client needs to go on, without reading the body: whether to wait again, and from where.
  if (done.outcome) Object.assign(headers, { 'x-cairn-outcome': done.outcome, 'x-cairn-seq': String(done.seq) })
  const body = isText ? `${done.data}\n` : envelope(done)
  if (minimal) headers['preference-applied'] = 'return=minimal'
  if (!isRead) return respondWith(request, 200, headers, body)
  const etag = `"${createHash('sha1').update(done.data).digest('base64url')}"`
  const status = isKnown(request.headers.get('if-none-match'), etag) ? 304 : 200
  return respondWith(request, status, { ...headers, etag, 'cache-control': 'private, no-cache' }, body)
}

/** Whether an If-None-Match header names the present ETag. A weak tag counts too. */
const isKnown = (given: string | null, tag: string): boolean =>
  given !== null && (given.trim() === '*' || given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag))

/** `data` is already JSON, so the envelope is put around it as text. */
export const envelope = ({ data, seq, changed, replayed }: Executed): string =>
  `{"success":true,"data":${data},"seq":${seq}${changed === undefined ? '' : `,"changed":${changed}`}${replayed ? ',"replayed":true' : ''}}`

const refuse = (request: Request, error: unknown, request_id: string, { input, operation }: Understood): Promise<Response> => {
  const problem = toProblem(error, request_id)
  const headers: Record<string, string> = { ...HEADERS, 'x-request-id': request_id }
  if (problem.error === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
  if (problem.error === 'method_not_allowed') headers.allow = [problem.details.allowed].flat().join(', ')
  if (typeof problem.details.retry_after_seconds === 'number') headers['retry-after'] = String(problem.details.retry_after_seconds)
  if (problem.error === 'too_large') headers.connection = 'close'
  const say = sayFor(request)
  if (!say) return respondWith(request, STATUS[problem.error], headers, JSON.stringify(problem))
  return respondWith(
    request,
    STATUS[problem.error],
    { ...headers, ...TEXT },
    `${refusalText(problem, input, say, { form: operation && formOf(operation, problem) })}\n`,
  )
}

/** @throws invalid for a query parameter that is given twice */
const single = (parameters: URLSearchParams): Record<string, string> => {
  const query: Record<string, string> = {}
  for (const [name, value] of parameters) {
    if (Object.hasOwn(query, name)) throw invalid(name, 'is given twice')
    Object.defineProperty(query, name, { value, enumerable: true, configurable: true })
  }
  return query
}

/** Joins path, body and query into one input. @throws invalid for a field that is given twice, or for a query parameter if the call takes a body */
const merge = (
  params: Record<string, string>,
  [first, second]: readonly Record<string, unknown>[],
  bodyOnly: boolean,
): Record<string, unknown> => {
  const [stray] = Object.keys(bodyOnly ? (second ?? {}) : {})
  if (stray !== undefined) throw invalid(stray, 'is not a query parameter of this call; send fields in the body')
  for (const name of Object.keys(first ?? {})) if (Object.hasOwn(second ?? {}, name)) throw invalid(name, 'is given twice')
  const given = { ...second, ...first }
  for (const name of Object.keys(params)) if (Object.hasOwn(given, name)) throw invalid(name, 'is already given by the path')
  return { ...given, ...params }
}
