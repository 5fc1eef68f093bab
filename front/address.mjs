// @ts-check
import { isKnownHost, isLocalOrigin, isOwnOrigin } from '../lib/origin.mjs'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage @typedef {import('../lib/origin.mjs').Address} Address */

const unchecked = new Set(['/api/health', '/api/health/ready'])

/**
 * Writes the target of a request in the form that begins with a slash: a client may also send a whole address, whose host then counts
 * instead of the header. Returns false for any other target.
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
 * Whether a request was sent to a name of this instance. Old clients send no Host, and a supervisor may ask for the health under any.
 * @param {IncomingMessage} req @param {string | null} target that of a call of the API @param {Address} address
 */
export function isCalledByName({ headers: { host } }, target, address) {
  return !host || isKnownHost(host, address) || unchecked.has(target?.split('?', 1)[0] ?? '')
}

/** Whether a request may change something as far as its Origin tells. @param {IncomingMessage} req @param {Address} address */
export function isFromOwnPage({ method, headers: { origin, host = '' } }, { url }) {
  return method === 'GET' || method === 'HEAD' || origin === undefined || isOwnOrigin(origin, host, url)
}

/**
 * Makes the headers say under which address the instance is public, whatever a proxy or a client wrote. Next compares the Origin of a
 * server action with them. Only a page under a name of this machine keeps that name.
 * @param {IncomingMessage} req @param {Address} address
 */
export function tellAddress({ headers }, { url }) {
  for (const name of Object.keys(headers)) if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete headers[name]
  const keeps = headers.origin !== undefined && isLocalOrigin(headers.origin, headers.host ?? '')
  if (!keeps) headers.host = url.slice(url.indexOf('://') + 3)
}
