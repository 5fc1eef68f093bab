import { setImmediate as soon } from 'node:timers/promises'
import { classifyInboundRequest } from '@modelcontextprotocol/server'
import { methodOf } from './message'
import { isEventStream, passOn } from './stream'

/** Answers one message of a batch. It does not throw. */
type AnswerOne = (message: unknown, signal: AbortSignal) => Promise<Response>

const ACCEPTED = 202

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }

/** Whether a message is a batch whose messages can be answered by themselves. The SDK refuses any other one, as it does one that begins a session. */
export const isBatch = (message: unknown): message is unknown[] =>
  Array.isArray(message) &&
  classifyInboundRequest({ httpMethod: 'POST', body: message }).kind === 'legacy' &&
  !message.some((one) => methodOf(one) === 'initialize')

/**
 * Answers the messages of a batch, which the revision 2025-03-26 knows, one after another. Each is begun only when the client has taken the answer to the one
 * before, and others have had their turn. If the client leaves, no other is begun.
 */
export const answerBatch = async (batch: readonly unknown[], answerOne: AnswerOne, signal: AbortSignal): Promise<Response> => {
  // Each message has a signal of its own, because what listens to that of the request stays until the request ends.
  let running = new AbortController()
  const leave = () => running.abort()
  signal.addEventListener('abort', leave, { once: true })
  const responses = responsesTo(batch, signal, (message) => {
    running = new AbortController()
    return answerOne(message, running.signal)
  })
  const first = await responses.next()
  if (first.done) return new Response(null, { status: ACCEPTED })
  if (!first.value.ok) return ofAll(first.value)
  const pieces = piecesOf(first.value, responses)
  return passOn(
    new Response(null, { headers: HEADERS }),
    () => pieces.next(),
    async () => {
      leave()
      await pieces.return(undefined)
    },
  )
}

/** What is wrong with the request is wrong with all of its messages, and not with the first of them. */
const ofAll = async (refusal: Response): Promise<Response> => {
  const { status, headers } = refusal
  const message: object = await refusal.json()
  return Response.json({ ...message, id: null }, { status, headers })
}

/** The responses to those of the messages that are answered, which a notification is not. */
async function* responsesTo(batch: readonly unknown[], signal: AbortSignal, begin: (message: unknown) => Promise<Response>) {
  for (const message of batch) {
    await soon()
    if (signal.aborted) return
    const response = await begin(message)
    if (response.status !== ACCEPTED) yield response
  }
}

async function* piecesOf(first: Response, others: AsyncIterable<Response>): AsyncGenerator<Uint8Array, undefined, undefined> {
  yield* eventsIn(first)
  for await (const response of others) yield* eventsIn(response)
}

/** A response as events. One that is JSON becomes an event. */
async function* eventsIn(response: Response) {
  if (isEventStream(response) && response.body) yield* response.body
  else yield Buffer.from(`event: message\ndata: ${await response.text()}\n\n`)
}
