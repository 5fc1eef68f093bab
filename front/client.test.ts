import http from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listOf, tellClient } from './client.mjs'

const tell = (peer: string, forwarded: string | undefined, proxies: string[]) => {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  const req = new http.IncomingMessage(socket)
  req.headers = { 'x-cairn-address': '6.6.6.6', ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) }
  tellClient(req, listOf(proxies))
  return req.headers['x-cairn-address']
}

describe('the address of a client', () => {
  it.each([
    ['1.2.3.4', undefined, [], '1.2.3.4'],
    ['1.2.3.4', '9.9.9.9', [], '1.2.3.4'],
    ['127.0.0.1', '9.9.9.9', [], '127.0.0.1'],
    ['127.0.0.1', '9.9.9.9', ['127.0.0.1'], '9.9.9.9'],
    ['::ffff:127.0.0.1', '9.9.9.9', ['127.0.0.1'], '9.9.9.9'],
    ['127.0.0.1', '6.6.6.6, 9.9.9.9', ['127.0.0.1'], '9.9.9.9'],
    ['127.0.0.1', '6.6.6.6, 9.9.9.9, 10.1.2.3', ['127.0.0.1', '10.0.0.0/8'], '9.9.9.9'],
    ['127.0.0.1', '10.1.2.3', ['127.0.0.1', '10.0.0.0/8'], '10.1.2.3'],
    ['127.0.0.1', 'unknown', ['127.0.0.1'], '127.0.0.1'],
    ['127.0.0.1', '9.9.9.9, ', ['127.0.0.1'], '127.0.0.1'],
    ['127.0.0.1', '', ['127.0.0.1'], '127.0.0.1'],
    ['9.9.9.9', '6.6.6.6', ['127.0.0.1'], '9.9.9.9'],
    ['2001:db8:1:2:3:4:5:6', undefined, [], '2001:db8:1:2::/64'],
    ['2001:db8::1', undefined, [], '2001:db8:0:0::/64'],
    ['fd00::7', '2001:DB8:0:1::9', ['fd00::/8'], '2001:db8:0:1::/64'],
    ['fe80::1%eth0', undefined, [], 'fe80:0:0:0::/64'],
    ['::1', undefined, [], '0:0:0:0::/64'],
  ])('at the end of a connection from %s, with X-Forwarded-For %s and the proxies %j, is %s', (peer, forwarded, proxies, client) => {
    expect(tell(peer, forwarded, proxies)).toBe(client)
  })
})
