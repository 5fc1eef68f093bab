import { createMcpHandler, InMemoryServerEventBus, type McpHttpHandler } from '@modelcontextprotocol/server'
import { DomainError } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import { OPERATIONS } from '@/lib/operations'
import type { Stream } from '@/lib/operations/define'
import { assertKnown } from '@/lib/operations/execute'
import { type Ending, type Following, follow, type Listener, type ToldEvent } from '@/lib/operations/follow'
import type { Exchange } from './exchange'
import { idOf, wantedBy } from './message'
import { changesList, readResource, urisOf } from './resources'
import { makeServer } from './server'
import { isEventStream, passOn } from './stream'

const MOST_RESOURCES = 100

/** Of the id of a request to listen, which each notification repeats. Those of clients are numbers or UUIDs. */
const LONGEST_ID = 100

/** About as many bytes has a notification, at most. */
const NOTIFICATION = 256

/** The first byte of what is a message, and not a sign of life. */
const MESSAGE = 'e'.charCodeAt(0)

const STREAM = OPERATIONS.find((operation): operation is Stream => operation.kind === 'stream')

/**
 * Answers a request to listen with notifications about resources, until the client leaves, the server stops or the key is not valid any more. They come from the
 * events that this caller may read. @throws DomainError, ResourceNotFoundError
 */
export const answerListen = async (exchange: Exchange, message: unknown): Promise<Response> => {
  const { instance, request, actor } = exchange
  if (!STREAM) throw new Error('no operation is a stream')
  await assertKnown(instance, actor)
  assertShort(idOf(message))
  const wanted = wantedBy(message)
  await assertReadable(exchange, wanted.uris)
  const ear = new Ear(new Set(wanted.uris), wanted.lists, exchange)
  // This comes before anything else is awaited: a client that leaves before that would never be noticed.
  request.signal.addEventListener('abort', () => ear.stop(), { once: true })
  exchange.isJudged = true
  ear.following = await follow(instance, STREAM, { input: {}, actor, listener: ear.listener })
  const response = await ear.handler.fetch(request, { parsedBody: message })
  const reader = isEventStream(response) ? response.body?.getReader() : undefined
  if (!reader || request.signal.aborted) {
    ear.stop()
    return response
  }
  return passOn(
    response,
    async () => ear.took(await reader.read()),
    (reason) => {
      ear.stop()
      return reader.cancel(reason)
    },
    ear.broken,
  )
}

/** What waits for a slow client is bounded by the number of notifications, so each has to be short. @throws invalid */
const assertShort = (id: string | number | null): void => {
  if (typeof id === 'string' && id.length > LONGEST_ID)
    throw new DomainError(
      'invalid',
      `The id of a request to listen has at most ${LONGEST_ID} characters, because each notification repeats it.`,
    )
}

/** The SDK would let anybody follow anything. @throws ResourceNotFoundError */
const assertReadable = async (exchange: Exchange, uris: readonly string[]): Promise<void> => {
  if (uris.length > MOST_RESOURCES)
    throw new DomainError('invalid', `At most ${MOST_RESOURCES} resources can be followed by one request. Send several, or follow fewer.`)
  for (const uri of new Set(uris)) await readResource(exchange, uri)
}

/** What one client listens with: a handler and a bus of its own, so that nothing that others may read gets to it. */
class Ear {
  following: Following | null = null
  readonly handler: McpHttpHandler
  readonly listener: Listener
  /** Rejects when the client has to be cut off. */
  readonly broken: Promise<never>
  private readonly bus = new InMemoryServerEventBus()
  private readonly cutOff: (error: Error) => void
  /** How many messages it was sent, with the acknowledgement, and how many of them it took. */
  private sent = 1
  private taken = 0

  constructor(
    private readonly uris: ReadonlySet<string>,
    private readonly wantsLists: boolean,
    private readonly exchange: Exchange,
  ) {
    this.handler = createMcpHandler(({ era }) => makeServer(exchange, era), { bus: this.bus })
    const { promise, reject } = rejectable()
    this.broken = promise
    this.cutOff = reject
    this.listener = {
      // The text of a milestone has the states of its checkpoints.
      hearsOfDependents: uris.size > 0,
      waiting: () => (this.sent - this.taken) * NOTIFICATION,
      taken: () => this.taken * NOTIFICATION,
      hear: (events) => this.hear(events),
      // The SDK sends signs of life itself.
      beat: () => undefined,
      end: (why, error) => this.end(why, error),
    }
  }

  stop(): void {
    this.following?.stop()
  }

  /** Counts what the client takes. */
  took(piece: ReadableStreamReadResult<Uint8Array>): ReadableStreamReadResult<Uint8Array> {
    if (piece.done) this.stop()
    else if (piece.value[0] === MESSAGE) this.taken++
    if (this.sent === this.taken) this.following?.more()
    return piece
  }

  private hear(events: readonly ToldEvent[]): void {
    // What happens before the acknowledgement is not promised to anybody.
    if (this.bus.listenerCount === 0) return
    const changed = new Set(events.flatMap(({ event }) => urisOf(event)))
    for (const uri of changed) {
      if (!this.uris.has(uri)) continue
      this.sent++
      this.bus.publish({ kind: 'resource_updated', uri })
    }
    if (!this.wantsLists || !events.some(({ type }) => changesList(type))) return
    this.sent++
    this.bus.publish({ kind: 'resources_list_changed' })
  }

  private end(why: Ending, error: unknown): void {
    if (why === 'failed') log.error('A stream ended because of an error in Cairn.', error, { request_id: this.exchange.request_id })
    if (why === 'failed' || why === 'slow') this.cutOff(new Error(`the stream ended: ${why}`))
    void this.handler.close()
  }
}

const rejectable = (): { promise: Promise<never>; reject: (error: Error) => void } => {
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<never>((_resolve, given) => {
    reject = given
  })
  // Nobody may be waiting for it.
  promise.catch(() => undefined)
  return { promise, reject }
}
