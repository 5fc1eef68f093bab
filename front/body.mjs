// @ts-check

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('node:http').ServerResponse} ServerResponse */

/** The largest body of an operation. `readBody` takes one byte more, by which `handle` sees that the body is too large. */
export const apiBytes = 256 * 1024
const pageBytes = 1024 * 1024
/** All bodies that have not been read whole may have this size together. */
const arrivingBytes = 64 * 1024 * 1024
/** Pieces of a body are joined until they have this size, or until they are so many. */
const pieceBytes = 16 * 1024
const mostPieces = 256

const tooLarge = Buffer.alloc(apiBytes + 1)

/** The sizes of the bodies that have not been read whole, in the order in which they began. @type {Map<IncomingMessage, number>} */
const arriving = new Map()
let arrived = 0

/**
 * Bounds what the bodies that are still arriving cost. Small pieces are joined, because each costs a few hundred bytes however short it
 * is. When all bodies together are too large, the oldest are given up: their senders are the slowest.
 * @param {IncomingMessage} req
 */
export function boundArrival(req) {
  if (!hasBody(req)) return
  const push = req.push
  /** @type {Buffer[]} */
  let pieces = []
  let size = 0
  const flush = () => {
    const whole = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, size)
    pieces = []
    size = 0
    return push.call(req, whole)
  }
  req.push = (chunk) => {
    if (chunk === null) {
      if (size > 0) flush()
      return push.call(req, null)
    }
    pieces.push(chunk)
    size += chunk.length
    count(req, chunk.length)
    return size < pieceBytes && pieces.length < mostPieces ? true : flush()
  }
  arriving.set(req, 0)
  req.once('end', () => forget(req)).once('close', () => forget(req))
}

/** @param {IncomingMessage} req @param {number} bytes */
function count(req, bytes) {
  const size = arriving.get(req)
  // It was given up.
  if (size === undefined) return
  arriving.set(req, size + bytes)
  arrived += bytes
  for (const oldest of arriving.keys()) {
    if (arrived <= arrivingBytes) return
    forget(oldest)
    oldest.socket?.destroy()
  }
}

/** @param {IncomingMessage} req */
function forget(req) {
  arrived -= arriving.get(req) ?? 0
  arriving.delete(req)
}

/**
 * Returns null when the client left. `whole` is false when the rest of the body was not read: the connection cannot be used again.
 * @param {IncomingMessage} req @param {(() => void) | undefined} goOn sends 100 Continue to a client that waits for it
 * @returns {Promise<{ bytes: Buffer<ArrayBuffer>, whole: boolean } | null>}
 */
export async function readBody(req, goOn) {
  if (announced(req) > apiBytes) return { bytes: tooLarge, whole: false }
  if (!hasBody(req)) return { bytes: Buffer.alloc(0), whole: true }
  goOn?.()
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const chunks = []
    let size = 0
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= apiBytes) return
      req.off('data', take).pause()
      resolve({ bytes: Buffer.concat(chunks, apiBytes + 1), whole: false })
    }
    req.on('data', take)
    req.on('end', () => resolve({ bytes: Buffer.concat(chunks, size), whole: true }))
    req.on('error', () => resolve(null))
    req.on('close', () => resolve(null))
  })
}

/**
 * Limits the body of a page's request, which Next reads itself and without a limit. Returns true when the Content-Length is over the
 * limit. When a chunked body grows over it, the connection is closed.
 * @param {IncomingMessage} req @param {ServerResponse} res
 */
export function boundPageBody(req, res) {
  if (announced(req) > pageBytes) return true
  if (!hasBody(req)) return false
  const push = req.push
  let size = 0
  req.push = (chunk, encoding) => {
    size += chunk?.length ?? 0
    if (size <= pageBytes) return push.call(req, chunk, encoding)
    res.destroy()
    return false
  }
  return false
}

/** @param {IncomingMessage} req */
function announced(req) {
  return Number(req.headers['content-length'] ?? 0)
}

/** @param {IncomingMessage} req */
function hasBody(req) {
  return announced(req) > 0 || req.headers['transfer-encoding'] !== undefined
}
