import type { Instance } from '@/db/instance'
import { findSession } from '@/lib/auth/session'
import { watchSession } from '@/lib/auth/watch'
import type { Actor } from '@/lib/domain/context'
import { DomainError, invalid } from '@/lib/domain/errors'
import { findPlace, nameOfPlace, PLACE_PROBLEM } from '@/lib/domain/log-place'
import { log } from '@/lib/log.mjs'
import type { Stream } from '@/lib/operations/define'
import { type Ending, type Following, follow, type Listener, type LogPosition, ROOM, type ToldEvent } from '@/lib/operations/follow'
import { prefersText } from './preference'

/** `no-transform` and `x-accel-buffering` keep a proxy from holding events back. */
const HEADERS = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no', 'x-content-type-options': 'nosniff' }

/** The time after which a client should connect again, in milliseconds. */
const RETRY = 2_000

const LAST_EVENT_ID = 'last-event-id'

/** The place after which a client reads on. A browser that connects again uses the same address as before, and names the place in this header. @throws invalid */
export const lastEventId = ({ headers }: Request): string | null => {
  const id = headers.get(LAST_EVENT_ID) || null
  if (id !== null && !findPlace(id)) throw invalid('Last-Event-ID', PLACE_PROBLEM)
  return id
}

/** Answers with events, in the form that the request prefers, until the client leaves or the stream ends. @throws DomainError if the stream may not begin */
export const answerStream = async (
  instance: Instance,
  operation: Stream,
  request: Request,
  { input, actor }: { input: unknown; actor: Actor },
  request_id: string,
): Promise<Response> => {
  let following: Following | null = null
  let unwatch = () => {}
  let hasLeft = false
  const leave = () => {
    hasLeft = true
    following?.stop()
    unwatch()
  }
  const form = formFor(request, operation)
  const { body, listener } = openPipe(form, { onRoom: () => following?.more(), onCancel: leave, onEnd: () => unwatch() }, request_id)
  // This comes before anything is awaited: a client that leaves before that would never be noticed.
  request.signal.addEventListener('abort', leave, { once: true })
  if (request.signal.aborted) leave()
  const session = actor.key_id === null ? await findSession(request.headers) : null
  if (actor.key_id === null && !session) throw new DomainError('unauthenticated', 'The session has ended. Sign in again.')
  following = await follow(instance, operation, { input, actor, listener })
  if (session) {
    unwatch = watchSession(instance, session.id, () => {
      following?.stop()
      listener.end('unauthenticated')
    })
  }
  if (hasLeft) leave()
  return new Response(body, { headers: { ...HEADERS, 'content-type': form.type, 'x-request-id': request_id } })
}

const encoder = new TextEncoder()

/** How a stream is written. */
type Form = {
  type: string
  /** The beginning, before everything else. */
  preamble: Uint8Array
  events: (events: readonly ToldEvent[]) => Uint8Array
  heartbeat: (position: LogPosition) => Uint8Array
  /** The last bytes of a stream, by which a client learns why it ended. After the other endings it may simply connect again. */
  lastWords: { [E in Ending]?: Uint8Array }
}

/** Runs once for each object, and keeps what it made for as long as somebody has the object: so the same is encoded once for all streams of a form. */
const once = <T extends object>(make: (of: T) => string): ((of: T) => Uint8Array) => {
  const made = new WeakMap<T, Uint8Array>()
  return (of) => {
    const known = made.get(of) ?? encoder.encode(make(of))
    made.set(of, known)
    return known
  }
}

const eventsOnce = (make: (event: ToldEvent) => string): Form['events'] => {
  const one = once(make)
  const several = once((events: readonly ToldEvent[]) => events.map(make).join(''))
  return (events) => (events.length === 1 && events[0] ? one(events[0]) : several(events))
}

const serverSent = (dataOf: (event: ToldEvent) => string): Form => ({
  type: 'text/event-stream',
  preamble: encoder.encode(`retry: ${RETRY}\n\n`),
  events: eventsOnce((event) => `id: ${event.name}\nevent: ${event.type}\ndata: ${dataOf(event)}\n\n`),
  heartbeat: once((position) => `id: ${nameOfPlace(position)}\nevent: heartbeat\ndata: {"seq":${position.seq}}\n\n`),
  lastWords: { gone: encoder.encode('event: gone\ndata: {}\n\n'), log_replaced: encoder.encode('event: log_replaced\ndata: {}\n\n') },
})

const EMPTY_LINE = encoder.encode('\n')

/** One event a line. A heartbeat is an empty line. */
const plainLines = (lineOf: (event: ToldEvent) => string): Form => ({
  type: 'text/plain; charset=utf-8',
  preamble: new Uint8Array(),
  events: eventsOnce((event) => `${lineOf(event)}\n`),
  heartbeat: () => EMPTY_LINE,
  lastWords: {
    gone: encoder.encode('not_found: what you follow was deleted, or you may not read it any more\n'),
    log_replaced: encoder.encode('log_replaced: the log was replaced, for example by a backup; begin again with after=0\n'),
  },
})

const JSON_EVENTS = serverSent(({ event }) => JSON.stringify(event))

/** The forms whose lines an operation writes, made once for all of its streams. */
const formsOfLines = new WeakMap<Stream, { plain: Form; serverSent: Form }>()

const linesOf = (operation: Stream) => {
  const lineOf = ({ event }: ToldEvent) => operation.text(event)
  const made = formsOfLines.get(operation) ?? { plain: plainLines(lineOf), serverSent: serverSent(lineOf) }
  formsOfLines.set(operation, made)
  return made
}

/** Server-Sent Events whose data is JSON or, for a request that prefers text to JSON, a line. If it prefers text/plain to these too, then nothing but lines. */
const formFor = ({ headers }: Request, operation: Stream): Form => {
  const accept = headers.get('accept')
  if (!prefersText(accept)) return JSON_EVENTS
  const { plain, serverSent } = linesOf(operation)
  return prefersText(accept, 'text/event-stream') ? plain : serverSent
}

type Ears = { onRoom: () => void; onCancel: () => void; onEnd: () => void }

/** The body of a response, and the listener that writes into it. */
const openPipe = (
  form: Form,
  { onRoom, onCancel, onEnd }: Ears,
  request_id: string,
): { body: ReadableStream<Uint8Array>; listener: Listener } => {
  let controller: ReadableStreamDefaultController<Uint8Array>
  let written = 0
  let isOver = false
  const body = new ReadableStream<Uint8Array>(
    {
      start: (given) => {
        controller = given
      },
      pull: onRoom,
      cancel: () => {
        isOver = true
        onCancel()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: ROOM }),
  )
  const waiting = () => ROOM - (controller.desiredSize ?? ROOM)
  const write = (chunk: Uint8Array) => {
    if (isOver) return
    written += chunk.byteLength
    controller.enqueue(chunk)
  }
  const beat: Listener['beat'] = (position) => {
    if (written === 0 && form.preamble.byteLength > 0) write(form.preamble)
    write(form.heartbeat(position))
  }
  const end: Listener['end'] = (why, error) => {
    if (isOver) return
    onEnd()
    if (why === 'failed') log.error('A stream ended because of an error in Cairn.', error, { request_id })
    const words = form.lastWords[why]
    if (words) write(words)
    isOver = true
    // With an error, the connection is closed too, and what waits for the client is thrown away.
    if (words || (why === 'unauthenticated' && waiting() === 0)) controller.close()
    else controller.error(new Error(`the stream ended: ${why}`))
  }
  return { body, listener: { waiting, taken: () => written - waiting(), hear: (events) => write(form.events(events)), beat, end } }
}
