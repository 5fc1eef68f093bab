import { describe, expect, it } from 'vitest'
import { isKnownHost, isOwnOrigin } from './origin.mjs'

const address = { url: 'https://cairn.example.com', hosts: ['cairn.lan', '192.168.1.7:3000', 'door.lan:443', '[fd00::7]'] }

describe('a Host is known if it is', () => {
  it.each([
    ['that of the public origin', ['cairn.example.com', 'CAIRN.example.com', 'cairn.example.com:443', 'cairn.example.com:8080']],
    [
      'a name that always means this machine',
      ['localhost', 'localhost:3000', 'a.localhost:1', '127.0.0.1:3000', '127.9.9.9', '127.1', '[::1]:3000'],
    ],
    ['named', ['cairn.lan', 'cairn.lan:8080', '192.168.1.7:3000', 'door.lan', 'door.lan:443', '[fd00::7]:3000']],
  ])('%s', (_name, hosts) => {
    expect(hosts.filter((host) => !isKnownHost(host, address))).toEqual([])
  })

  it('and otherwise not', () => {
    const foreign = [
      'evil.test',
      'evil.test:3000',
      'cairn.example.com.evil.test',
      'sub.cairn.example.com',
      'example.com',
      'cairn.example.com.',
    ]
    const alike = [
      'localhost.evil.test',
      'localhost.',
      'notlocalhost',
      '127.0.0.1.evil.test',
      '127.evil.test',
      '128.0.0.1',
      '0.0.0.0',
      '[::]',
    ]
    const near = ['192.168.1.7', '192.168.1.7:3001', 'door.lan:80', 'a.cairn.lan', '[::ffff:127.0.0.1]']
    const broken = ['', 'a b', 'me@localhost', 'localhost/x', 'localhost:x', 'localhost:99999', '[::1', 'localhost#', 'localhost\\x', '*']
    expect([...foreign, ...alike, ...near, ...broken].filter((host) => isKnownHost(host, address))).toEqual([])
  })
})

describe('a page is of the instance', () => {
  it.each([
    ['https://cairn.example.com', 'cairn.example.com', true],
    ['https://cairn.example.com', '127.0.0.1:3000', true],
    ['http://localhost:3000', 'localhost:3000', true],
    ['http://127.0.0.1:3000', '127.0.0.1:3000', true],
    ['http://[::1]:3000', '[::1]:3000', true],
    ['http://localhost', 'localhost', true],
    ['http://localhost', 'localhost:80', true],
    ['http://cairn.example.com', 'cairn.example.com', false],
    ['https://cairn.example.com:8443', 'cairn.example.com:8443', false],
    ['http://localhost:3000', '127.0.0.1:3000', false],
    ['http://localhost:3001', 'localhost:3000', false],
    ['https://localhost:3000', 'localhost:3000', false],
    ['http://localhost:3000', 'cairn.example.com', false],
    ['http://cairn.lan', 'cairn.lan', false],
    ['https://evil.test', 'evil.test', false],
    ['https://evil.test', 'cairn.example.com', false],
    ['null', '127.0.0.1:3000', false],
    ['', '', false],
  ])('%s, called as %s: %s', (origin, host, own) => {
    expect(isOwnOrigin(origin, host, address.url)).toBe(own)
  })
})
