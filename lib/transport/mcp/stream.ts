import { setImmediate as soon } from 'node:timers/promises'

type Piece = ReadableStreamReadResult<Uint8Array>

type Leave = (reason: unknown) => Promise<void>

export const isEventStream = ({ headers }: Response): boolean => headers.get('content-type') === 'text/event-stream'

/**
 * A response like this one, whose body is what `next` gives whenever the client takes it. `leave` is called if the client leaves. If `broken` rejects, the
 * client is cut off.
 */
export const passOn = ({ status, headers }: Response, next: () => Promise<Piece>, leave: Leave, broken?: Promise<never>): Response => {
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    broken?.catch((error: unknown) => controller.error(error))
  }
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  return new Response(new ReadableStream({ start, pull, cancel: leave }, { highWaterMark: 0 }), { status, headers })
}

/**
 * The response once the first piece of its body is there. If that was all, which is usual, it can be sent in one piece with its length. A stream is
 * written piece by piece, its headers first.
 */
export const afterFirst = async (response: Response): Promise<Response> => {
  const reader = response.body?.getReader()
  if (!reader) return response
  const first = await reader.read()
  const next = reader.read()
  const rest = first.done ? first : await Promise.race([next, soon()])
  if (rest?.done) return inOnePiece(response, first.value ?? new Uint8Array())
  const pieces = [next, Promise.resolve(first)]
  return passOn(
    response,
    () => pieces.pop() ?? reader.read(),
    (reason) => reader.cancel(reason),
  )
}

const inOnePiece = ({ status, headers }: Response, bytes: Uint8Array<ArrayBuffer>): Response => {
  headers.set('content-length', String(bytes.byteLength))
  headers.delete('connection')
  headers.delete('x-accel-buffering')
  return new Response(bytes, { status, headers })
}
