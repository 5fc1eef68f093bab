// @ts-check

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */

const mostHeaders = 100

/**
 * What is wrong with the headers of a request, as a status, a code and a sentence, or null. Node takes the first of two Host headers, and a proxy may take
 * the other one; and it leaves out headers without a word when there are too many.
 * @param {IncomingMessage} req @returns {[status: number, code: string, message: string] | null}
 */
export function findFault({ rawHeaders, headers, httpVersion }) {
  if (rawHeaders.length > 2 * mostHeaders) return [431, 'too_large', `The request has more than ${mostHeaders} headers. Send fewer.`]
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts > 1) return [400, 'malformed', 'The request has more than one Host header. Send exactly one.']
  if (!headers.host && httpVersion === '1.1') return [400, 'malformed', 'The Host header is missing. HTTP/1.1 requires it.']
  const { te } = headers
  if (te !== undefined && String(te).trim().toLowerCase() !== 'trailers')
    return [400, 'malformed', 'The header TE may only say "trailers". Leave it out.']
  return null
}
