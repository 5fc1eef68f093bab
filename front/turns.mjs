// @ts-check

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('node:http').ServerResponse} ServerResponse */
/** @typedef {{ start: () => void, req?: IncomingMessage, res?: ServerResponse }} Turn */
/** @typedef {{ current: Turn | undefined, waiting: Turn[], ended: boolean }} Line */

/** A client that has sent more requests than this without reading the answers is disconnected. */
export const mostWaiting = 64

/**
 * Handles one request of a connection at a time. HTTP allows a client to send many requests before it reads the first answer, and Node
 * would start all of them at once. Here each one starts when the answer to the one before is finished. If the connection closes, the
 * requests that still wait are never started.
 */
export function takeTurns() {
  /** @type {WeakMap<import('node:stream').Duplex, Line>} */
  const lines = new WeakMap()
  return { add, refuse, isBusy }

  /** @param {IncomingMessage} req @param {ServerResponse} res @param {() => void} start */
  function add(req, res, start) {
    const { socket } = req
    // The latest answer closes the connection, and what still arrives is only discarded.
    if (!socket.writable) return
    let line = lines.get(socket)
    if (!line) {
      line = { current: undefined, waiting: [], ended: false }
      lines.set(socket, line)
    }
    const turn = { start, req, res }
    if (!line.current) return begin(socket, line, turn)
    if (line.waiting.length === mostWaiting) return void socket.destroy()
    line.waiting.push(turn)
    // The parser still reads the chunk that it has to its end, so the number of requests is limited too.
    socket.pause()
  }

  /** @param {import('node:stream').Duplex} socket @param {Line} line @param {Turn} turn */
  function begin(socket, line, turn) {
    line.current = turn
    turn.res?.once('close', () => next(socket, line))
    turn.start()
  }

  /** @param {import('node:stream').Duplex} socket @param {Line} line */
  function next(socket, line) {
    line.current = undefined
    if (line.waiting.length === 0) return
    if (!socket.writable) {
      line.waiting = []
      return
    }
    const turn = line.waiting.shift()
    if (line.waiting.length === 0) socket.resume()
    if (turn) begin(socket, line, turn)
  }

  /**
   * Refuses the bytes that follow the latest request, or the rest of that request. Requests before it are answered first. The callback
   * gets the response that it interrupts, if there is one.
   * @param {import('node:stream').Duplex} socket @param {(interrupted?: ServerResponse) => void} answer
   */
  function refuse(socket, answer) {
    const line = lines.get(socket)
    if (!line?.current) return answer()
    if (line.ended) return
    const latest = line.waiting.at(-1) ?? line.current
    if (latest.req && !latest.req.complete) {
      if (latest === line.current) return answer(latest.res)
      line.waiting.pop()
    }
    line.ended = true
    line.waiting.push({ start: answer })
  }

  /** @param {import('node:stream').Duplex} socket */
  function isBusy(socket) {
    return lines.get(socket)?.current !== undefined
  }
}
