import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { endWithParent } from './child'

// Holds open event streams in a process of its own, and says when each of them has received something.

export type Order = { open: { origin: string; key: string; count: number } } | { expect: string }

/** So many connections are opened at a time. */
const AT_ONCE = 100
const BEGUN = 'event: heartbeat'

const sockets: Socket[] = []
let wanted = ''
let missing = 0
let onAll: () => void = () => {}

const all = (text: string, count: number): Promise<void> =>
  new Promise((resolve) => {
    wanted = text
    missing = count
    onAll = resolve
  })

const open = async ({ origin, key, count }: { origin: string; key: string; count: number }): Promise<void> => {
  const { hostname, port, host } = new URL(origin)
  const begun = all(BEGUN, count)
  for (let at = 0; at < count; at++) {
    const socket = connect({ host: hostname, port: Number(port) })
    // The rest of the last chunk is kept, because what is awaited may arrive in two.
    let rest = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const text = rest + chunk.toString('latin1')
      const found = text.lastIndexOf(wanted)
      rest = text.slice(found < 0 ? -wanted.length : found + wanted.length)
      if (found >= 0 && --missing === 0) onAll()
    })
    socket.write(`GET /api/events/stream HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n\r\n`)
    sockets.push(socket)
    if (at % AT_ONCE === AT_ONCE - 1) await sleep(20)
  }
  await begun
}

endWithParent()
process.on('message', async (order: Order) => {
  if ('open' in order) await open(order.open)
  else await all(order.expect, sockets.length)
  process.send?.(performance.timeOrigin + performance.now())
})
