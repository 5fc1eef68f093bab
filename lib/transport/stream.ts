import type { Instance } from '@/db/instance'
import { findSession } from '@/lib/auth/session'
import { watchSession } from '@/lib/auth/watch'
import type { Actor } from '@/lib/domain/context'
import { DomainError, invalid } from '@/lib/domain/errors'
import { findPlace, nameOfPlace, PLACE_PROBLEM } from '@/lib/domain/log-place'
import { log } from '@/lib/log.mjs'
import type { Stream } from '@/lib/operations/define'
import { type Ending, type Following, follow, type Listener, type LogPosition, ROOM, type ToldEvent } from '@/lib/operations/follow'

/** `no-transform` and `x-accel-buffering` keep a proxy from holding events back. */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

/** The time after which a client should connect again, in milliseconds. */
const RETRY = 2_000

const LAST_EVENT_ID = 'last-event-id'

/** The place after which a client reads on. A browser that connects again uses the same address as before, and names the place in this header. @throws invalid */
export const lastEventId = ({ headers }: Request): string | null => {
  const id = headers.get(LAST_EVENT_ID) || null
  if (id !== null && !findPlace(id)) throw invalid('Last-Event-ID', PLACE_PROBLEM)
  return id
}

/** Answers with Server-Sent Events until the client leaves or the stream ends. @throws DomainError if the stream may not begin */
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
  const { body, listener } = openPipe({ onRoom: () => following?.more(), onCancel: leave, onEnd: () => unwatch() }, request_id)
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
  return new Response(body, { headers: { ...HEADERS, 'x-request-id': request_id } })
}

const encoder = new TextEncoder()

const PREAMBLE = encoder.encode(`retry: ${RETRY}\n\n`)

const textOf = ({ name, type, json }: ToldEvent): string => `id: ${name}\nevent: ${type}\ndata: ${json}\n\n`

/** The bytes of one event, of several that are told together, and of a heartbeat. They are encoded once for all streams that are told the same. */
const bytes = new WeakMap<ToldEvent | readonly ToldEvent[] | LogPosition, Uint8Array>()

const heartbeatOf = (position: LogPosition): Uint8Array => {
  const made = bytes.get(position) ?? encoder.encode(`id: ${nameOfPlace(position)}\nevent: heartbeat\ndata: {"seq":${position.seq}}\n\n`)
  bytes.set(position, made)
  return made
}

const bytesOf = (events: readonly ToldEvent[]): Uint8Array => {
  const [first, second] = events
  const key = first && !second ? first : events
  const made = bytes.get(key) ?? encoder.encode(events.map(textOf).join(''))
  bytes.set(key, made)
  return made
}

/** The last bytes of a stream, by which a client learns why it ended. After the others it may simply connect again. */
const LAST_WORDS: { [E in Ending]?: Uint8Array } = {
  gone: encoder.encode('event: gone\ndata: {}\n\n'),
  log_replaced: encoder.encode('event: log_replaced\ndata: {}\n\n'),
}

type Ears = { onRoom: () => void; onCancel: () => void; onEnd: () => void }

/** The body of a response, and the listener that writes into it. */
const openPipe = ({ onRoom, onCancel, onEnd }: Ears, request_id: string): { body: ReadableStream<Uint8Array>; listener: Listener } => {
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
    if (written === 0) write(PREAMBLE)
    write(heartbeatOf(position))
  }
  const end: Listener['end'] = (why, error) => {
    if (isOver) return
    onEnd()
    if (why === 'failed') log.error('A stream ended because of an error in Cairn.', error, { request_id })
    const words = LAST_WORDS[why]
    if (words) write(words)
    isOver = true
    // With an error, the connection is closed too, and what waits for the client is thrown away.
    if (words || (why === 'unauthenticated' && waiting() === 0)) controller.close()
    else controller.error(new Error(`the stream ended: ${why}`))
  }
  return { body, listener: { waiting, taken: () => written - waiting(), hear: (events) => write(bytesOf(events)), beat, end } }
}
