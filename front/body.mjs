// @ts-check

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('node:http').ServerResponse} ServerResponse */

/** The most that an operation's body may have; one byte more is taken, by which `handle` knows that there was more. */
export const apiBytes = 256 * 1024
const pageBytes = 1024 * 1024

const tooLarge = Buffer.alloc(apiBytes + 1)

/**
 * Null when the client left. `whole` is false when the rest was not read, and the connection is of no more use.
 * @param {IncomingMessage} req @param {(() => void) | undefined} goOn tells a client that waits for it to send the body
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
 * Next reads a page's body by itself and sets no bound to it. Answers true when the request announces too much; one that turns out
 * to be too long on the way is cut off.
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
