// @ts-check
// Plain JavaScript, because the front imports it too.

/**
 * The addresses of an instance.
 * @typedef {object} Address
 * @property {string} url the public origin
 * @property {readonly string[]} hosts further hosts under which it may be called, each with or without a port
 */

/**
 * Whether a Host is known: that of the public origin, a loopback name, or one of `hosts`. Another site can point its own name at this
 * machine, but none of these names belongs to it.
 * @param {string} host @param {Address} address
 */
export function isKnownHost(host, { url, hosts }) {
  // Nearly every call takes this way, which costs nothing.
  if (url.endsWith(`://${host}`)) return true
  const called = parseHost(host)
  if (!called) return false
  const { hostname } = called
  if (hostname === new URL(url).hostname || isLoopback(hostname) || hosts.includes(hostname)) return true
  // A client leaves out the port that belongs to the scheme.
  const [, port] = /:(\d+)$/.exec(host) ?? []
  return (port ? [port] : ['80', '443']).some((number) => hosts.includes(`${hostname}:${number}`))
}

/**
 * Whether a page of this origin is a page of the instance: its origin is the public one, or a local one.
 * @param {string} origin @param {string} host @param {string} url the public origin
 */
export function isOwnOrigin(origin, host, url) {
  return origin === url || isLocalOrigin(origin, host)
}

/** Whether the page and the call use the same loopback name. @param {string} origin @param {string} host */
export function isLocalOrigin(origin, host) {
  const called = parseHost(host)
  return called !== null && isLoopback(called.hostname) && origin === called.origin
}

/** @param {string} hostname as a URL has it */
export function isLoopback(hostname) {
  return /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/.test(hostname)
}

/** @param {string} host */
function parseHost(host) {
  const url = `http://${host}`
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(url) ? new URL(url) : null
}
