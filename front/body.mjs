// @ts-check

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('node:http').ServerResponse} ServerResponse */

/** The largest body of an operation. `readBody` takes one byte more, by which `handle` sees that the body is too large. */
export const apiBytes = 256 * 1024
const pageBytes = 1024 * 1024

const tooLarge = Buffer.alloc(apiBytes + 1)

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
