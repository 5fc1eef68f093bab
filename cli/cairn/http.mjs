// @ts-check

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */

/**
 * @typedef {object} Sent
 * @property {string} url
 * @property {string} method
 * @property {Record<string, string>} headers
 * @property {string | undefined} [body]
 * @property {number} milliseconds for how long nothing may arrive
 * @property {AbortSignal | undefined} [signal]
 */

/** Sends a request and resolves when the answer begins. It is node:http, because loading `fetch` takes longer than a whole call. @param {Sent} sent @returns {Promise<IncomingMessage>} */
export async function open({ url, method, headers, body, milliseconds, signal }) {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sending = request(url, { method, headers: { ...headers, ...length }, ...(signal && { signal }) }, (response) => {
      response.setTimeout(milliseconds, () => response.destroy(silence(milliseconds)))
      resolve(response)
    })
    sending.on('error', reject)
    sending.setTimeout(milliseconds, () => sending.destroy(silence(milliseconds)))
    sending.end(body)
  })
}

/** @param {number} milliseconds */
function silence(milliseconds) {
  return Object.assign(new Error(`nothing came for ${Math.round(milliseconds / 1_000)} s`), { code: 'ETIMEDOUT' })
}

/** A whole answer. @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }} Answer */

/** @param {Sent} sent @returns {Promise<Answer>} */
export async function exchange(sent) {
  const response = await open(sent)
  return { status: response.statusCode ?? 0, headers: response.headers, text: await readAll(response) }
}

/** No answer of Cairn is nearly as large as this. */
export const MOST_BYTES = 64 * 1_024 * 1_024
export const TOO_LARGE = 'ERR_TOO_LARGE'

export function tooLarge() {
  return Object.assign(new Error('the answer is too large'), { code: TOO_LARGE })
}

/** @param {IncomingMessage} response @returns {Promise<string>} */
export async function readAll(response) {
  /** @type {Buffer[]} */
  const chunks = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > MOST_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The value of a header that is given once. @param {Answer | IncomingMessage} answer @param {string} name */
export function headerOf(answer, name) {
  const value = answer.headers[name]
  return typeof value === 'string' ? value : ''
}
