type Piece = ReadableStreamReadResult<Uint8Array>

export const isEventStream = ({ headers }: Response): boolean => headers.get('content-type') === 'text/event-stream'

/** A response like this one, whose body is what `next` gives whenever the client takes it. `leave` is called if the client leaves. */
export const passOn = ({ status, headers }: Response, next: () => Promise<Piece>, leave: (reason: unknown) => unknown): Response => {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = await next()
    if (done) controller.close()
    else controller.enqueue(value)
  }
  return new Response(new ReadableStream({ pull, cancel: async (reason) => void (await leave(reason)) }, { highWaterMark: 0 }), {
    status,
    headers,
  })
}

/** The response once the first piece of its body is there. */
export const afterFirst = async (response: Response): Promise<Response> => {
  const reader = response.body?.getReader()
  if (!reader) return response
  const pieces = [await reader.read()]
  return passOn(
    response,
    async () => pieces.pop() ?? reader.read(),
    (reason) => reader.cancel(reason),
  )
}
