// @ts-check
import { randomBytes } from 'node:crypto'
import { ServerResponse } from 'node:http'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */

/** What is no page needs nothing from anywhere, should a browser show it as one. */
const POLICY = "default-src 'none'; frame-ancestors 'none'"

/** A browser that was here over https comes over https for a year. Other hosts of the domain may not be ours, so nothing is said for them. */
const ONLY_HTTPS = ['strict-transport-security', 'max-age=31536000']

/**
 * The headers that every answer has, unless whoever answers has set them already.
 * @param {string} url the public origin @returns {readonly string[]} names and values by turns
 */
export function guardsFor(url) {
  return [
    ...['content-security-policy', POLICY],
    ...['x-content-type-options', 'nosniff'],
    ...['referrer-policy', 'same-origin'],
    ...['cross-origin-resource-policy', 'same-origin'],
    ...(url.startsWith('https:') ? ONLY_HTTPS : []),
  ]
}

/**
 * A response that has these headers, whoever writes it: the transport, Next or the front itself.
 * @param {() => readonly string[]} guards
 */
export function guardedResponse(guards) {
  return class extends ServerResponse {
    /** @param {number} status @param {any[]} rest @returns {this} */
    writeHead(status, ...rest) {
      const headers = rest.at(-1)
      const missing = guards()
      if (Array.isArray(headers)) addTo(headers, missing)
      else
        for (let at = 0; at < missing.length; at += 2) {
          const [name = '', value = ''] = [missing[at], missing[at + 1]]
          if (!this.hasHeader(name) && headers?.[name] === undefined) this.setHeader(name, value)
        }
      return Reflect.apply(super.writeHead, this, [status, ...rest])
    }
  }
}

/** @param {unknown[]} headers names in lower case and values by turns @param {readonly string[]} missing */
function addTo(headers, missing) {
  const own = headers.length
  for (let at = 0; at < missing.length; at += 2) {
    let isThere = false
    for (let seen = 0; seen < own && !isThere; seen += 2) isThere = headers[seen] === missing[at]
    if (!isThere) headers.push(missing[at], missing[at + 1])
  }
}

/**
 * Sets what a page may load and be used for. A script runs only if it carries the number that is drawn for this answer, or if such a script loads
 * it; so text that somebody wrote never runs, wherever it gets to. Next finds the number in the header of the request, and gives it to
 * its scripts. Styles may stand in the page, because the plan places its parts by style attributes, for which there are no numbers.
 * @param {IncomingMessage} req @param {ServerResponse} res @param {boolean} dev
 */
export function guardPage(req, res, dev) {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  req.headers['content-security-policy'] = policy
  delete req.headers['content-security-policy-report-only']
  req.headers['x-cairn-nonce'] = nonce
  res.setHeader('content-security-policy', policy)
  res.setHeader('x-frame-options', 'DENY')
  res.setHeader('cross-origin-opener-policy', 'same-origin')
  res.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()')
}
