// @ts-check
import { isKnownHost, isLocalOrigin, isLoopback, isOwnOrigin } from '../lib/origin.mjs'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('../lib/origin.mjs').Address} Address */

const healthCalls = new Set(['/api/health', '/api/health/ready'])

/**
 * Brings the target of a request into the form that begins with a slash. A client may also send a whole address, whose host then counts
 * instead of the Host header. Returns false for any other target.
 * @param {IncomingMessage} req
 */
export function readTarget(req) {
  const whole = /^https?:\/\/([^/?#\\]+)(.*)$/i.exec(req.url ?? '')
  if (whole) {
    req.headers.host = whole[1]
    req.url = whole[2]?.startsWith('/') ? whole[2] : `/${whole[2]}`
  }
  return req.url?.startsWith('/') ?? false
}

/**
 * Whether a request was sent to a name of this instance. Old clients send no Host, and a supervisor may ask for the health under any name.
 * @param {IncomingMessage} req @param {string | null} target the path and query of a call of the API, or null @param {Address} address
 */
export function isCalledByName({ headers: { host } }, target, address) {
  return !host || isKnownHost(host, address) || healthCalls.has(target?.split('?', 1)[0] ?? '')
}

/**
 * Whether a request only reads, or comes from a page of this instance, as far as the browser says: old ones say nothing, and neither does a program.
 * @param {IncomingMessage} req @param {Address} address
 */
export function isFromOwnPage({ method, headers: { origin, host = '', 'sec-fetch-site': site = 'same-origin' } }, { url }) {
  if (method === 'GET' || method === 'HEAD') return true
  return (origin === undefined || isOwnOrigin(origin, host, url)) && (site === 'same-origin' || site === 'none')
}

/**
 * Makes the headers name the public address of the instance, whatever a proxy or a client wrote. Next compares the Origin of a server
 * action with them. Therefore a request from a page under a loopback name keeps that name.
 * @param {IncomingMessage} req @param {Address} address
 */
export function tellAddress({ headers }, { url }) {
  for (const name of Object.keys(headers)) if (isForwarding(name)) delete headers[name]
  const isLocal = headers.origin !== undefined && isLocalOrigin(headers.origin, headers.host ?? '')
  if (!isLocal) headers.host = url.slice(url.indexOf('://') + 3)
}

/**
 * The origin by which a client of a known host reaches this instance: the public one, unless the client called one of the further hosts or, where
 * the public name is a loopback name, another one of these. Behind a proxy, the host may be one that only the proxy can reach.
 * @param {IncomingMessage} req as it came @param {Address} address
 */
export function calledOrigin({ headers }, { url }) {
  if (!headers.host || Object.keys(headers).some(isForwarding)) return url
  const { protocol, hostname } = new URL(url)
  const called = new URL(`${protocol}//${headers.host}`)
  if (isLoopback(hostname) ? called.origin === url : called.hostname === hostname || isLoopback(called.hostname)) return url
  return called.origin
}

/** @param {string} header */
function isForwarding(header) {
  return header === 'forwarded' || header.startsWith('x-forwarded-')
}

/**
 * Tells Next which page is asked for, and under which origin, whatever a client wrote: a page does not know its own address. Next's own parameter is
 * left out, by which its script asks for the data of a page.
 * @param {IncomingMessage} req @param {string} origin
 */
export function tellPage(req, origin) {
  req.headers['x-cairn-origin'] = origin
  const [path = '/', query] = (req.url ?? '/').split(/\?(.*)/s, 2)
  const kept = query?.split('&').filter((part) => !/^_rsc(=|$)/.test(part)) ?? []
  req.headers['x-cairn-page'] = kept.length > 0 ? `${path}?${kept.join('&')}` : path
}
