import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import { type App, isReady, until } from '@/lib/testing/app'
import { useApps } from '@/lib/testing/apps'
import { linkOf, signIn } from '@/lib/testing/links'

/** More than 250 MB once it is unpacked. */
const BOMB = gzipSync(Buffer.alloc(250_000_000), { level: 9 })
const MOST_BYTES = 100 * 1024 * 1024

const residentBytes = ({ child }: App): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024

describe('a flood of one client', () => {
  const apps = useApps()
  const sockets: Socket[] = []
  let app: App
  beforeAll(async () => {
    // Wrong keys are counted where calls are.
    app = await apps.start('limits', { CAIRN_RATE: '999999', CAIRN_BURST: '999999' })
    await until(app, () => isReady(app))
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  const open = async ({ port }: App, count: number, text: string): Promise<{ answered: () => string[]; closed: () => number }> => {
    const opened = Array.from({ length: count }, () => ({ socket: connect(port, '127.0.0.1').on('error', () => {}), answer: '' }))
    for (const one of opened) {
      sockets.push(one.socket)
      one.socket.on('data', (chunk) => {
        one.answer += chunk
      })
      await once(one.socket, 'connect')
      one.socket.write(text)
    }
    return { answered: () => opened.map(({ answer }) => answer), closed: () => opened.filter(({ socket }) => socket.closed).length }
  }

  it('[F7] costs at most 100 MB, and others are still answered: silent connections, streams, slow bodies and packed ones', async () => {
    const cookie = await signIn(linkOf(app))
    const call = (target: string, headers: Record<string, string>, body: string | Buffer | null = null) =>
      fetch(`${app.origin}/api${target}`, {
        method: body === null ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: body === null ? null : new Uint8Array(Buffer.from(body)),
      })
    const { data } = await (await call('/api-keys', { cookie, origin: app.origin }, '{"name":"Flood"}')).json()
    const key = { authorization: `Bearer ${data.secret}` }
    for (let turn = 0; turn < 200; turn++) await (await call('/groups', key)).text()

    const before = residentBytes(app)
    let peak = before
    const looking = setInterval(() => {
      peak = Math.max(peak, residentBytes(app))
    }, 250)
    const head = (method: string, target: string) => `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n`
    const silent = await open(app, 500, '')
    const unfinished = await open(app, 500, head('GET', '/api/health'))
    const streams = await open(app, 500, `${head('GET', '/api/events/stream')}Authorization: ${key.authorization}\r\n\r\n`)
    const announced = `Authorization: ${key.authorization}\r\nContent-Length: 250000\r\n\r\n${'x'.repeat(100_000)}`
    const slow = [
      await open(app, 100, head('POST', '/api/groups') + announced),
      await open(app, 100, head('POST', '/auth/sign-in') + announced),
      await open(app, 100, `${head('POST', '/mcp')}Transfer-Encoding: chunked\r\n\r\n8000\r\n${'x'.repeat(30_000)}`),
    ]
    await expect.poll(() => streams.answered().filter((answer) => answer.startsWith('HTTP/1.1 200')).length).toBe(500)

    expect(BOMB.length).toBeLessThan(256 * 1024)
    const packed = { ...key, 'content-encoding': 'gzip' }
    const mcp = { ...packed, accept: 'application/json, text/event-stream' }
    const bombs = await Promise.all(
      Array.from({ length: 60 }, async (_, turn) => {
        if (turn % 3 === 0) return (await call('/groups', packed, BOMB)).status
        const [target, headers] = turn % 3 === 1 ? ['/mcp', mcp] : ['/auth/sign-in', { ...packed, origin: app.origin }]
        const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: new Uint8Array(BOMB) }
        return (await fetch(app.origin + target, { ...sent, redirect: 'manual' })).status
      }),
    )
    const counted = Object.fromEntries([...new Set(bombs)].sort().map((status) => [status, bombs.filter((one) => one === status).length]))
    expect(Math.max(...bombs), JSON.stringify(counted)).toBeLessThan(500)

    for (let turn = 0; turn < 50; turn++) expect((await call('/groups', key)).status).toBe(200)
    expect((await fetch(`${app.origin}/api/health/ready`)).status).toBe(200)
    // Who does not finish what they began to say is not waited for.
    await expect.poll(() => unfinished.closed()).toBe(500)
    await expect.poll(() => slow.map(({ closed }) => closed()), { timeout: 60_000 }).toEqual([100, 100, 100])
    expect(streams.closed()).toBe(0)
    clearInterval(looking)
    console.log(
      `${Math.round((peak - before) / 1024 / 1024)} MB more than ${Math.round(before / 1024 / 1024)} MB; ${silent.closed()} of 500 silent connections were closed; packed bodies: ${JSON.stringify(counted)}`,
    )
    expect(peak - before).toBeLessThan(MOST_BYTES)
    expect((await call('/groups', key)).status).toBe(200)
  })
  it('[F7] with wrong keys is slowed by its address, whatever it says about whom it speaks for', async () => {
    const statuses: number[] = []
    for (let turn = 0; turn < 40; turn++) {
      const address = `203.0.113.${turn}`
      const told = { 'x-forwarded-for': address, 'x-real-ip': address, 'x-cairn-address': address, forwarded: `for=${address}` }
      const { status } = await fetch(`${app.origin}/api/groups`, {
        headers: { ...told, authorization: `Bearer ${makeKey('user').secret}` },
      })
      statuses.push(status)
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401))
    expect(statuses.slice(20).filter((status) => status === 429).length).toBeGreaterThan(15)
  })
})
