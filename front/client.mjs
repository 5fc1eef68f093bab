// @ts-check
import { BlockList, isIP, isIPv4 } from 'node:net'

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */

/** The proxies as a list that can be asked. @param {readonly string[]} proxies addresses and networks */
export function listOf(proxies) {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/**
 * Tells the application from which address a request came, whatever a client wrote. Only a known proxy is believed about whom it speaks for:
 * the last address that is none of a proxy counts, because whatever stands before it may have been made up. It is called before the
 * headers of proxies are removed.
 * @param {IncomingMessage} req @param {BlockList} proxies
 */
export function tellClient({ headers, socket }, proxies) {
  const told = String(headers['x-forwarded-for'] ?? '').split(',')
  let client = plain(socket.remoteAddress ?? '')
  while (told.length > 0 && isIn(proxies, client)) {
    const before = plain(told.pop()?.trim() ?? '')
    if (isIP(before) === 0) break
    client = before
  }
  headers['x-cairn-address'] = networkOf(client)
}

/** An IPv4 address that arrives at a socket of IPv6 is written as one of these. @param {string} address */
function plain(address) {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}

/** @param {BlockList} list @param {string} address */
function isIn(list, address) {
  return isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** Whoever has one address of IPv6 has the whole network of it, whose first 64 bits name it. @param {string} address */
function networkOf(address) {
  if (isIP(address) !== 6) return address
  const whole = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1)
  const [head = '', tail] = whole.split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail ? tail.split(':') : []
  const parts = tail === undefined ? first : [...first, ...Array(8 - first.length - last.length).fill('0'), ...last]
  return `${parts.slice(0, 4).join(':')}::/64`
}
