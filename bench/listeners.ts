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
/** Those that have not received what is wanted. */
let missing = new Set<Socket>()
let onAll: () => void = () => {}

const receive = (text: string, by: readonly Socket[]): Promise<void> =>
  new Promise((resolve) => {
    wanted = text
    missing = new Set(by)
    onAll = resolve
  })

const open = async ({ origin, key, count }: { origin: string; key: string; count: number }): Promise<void> => {
  const { hostname, port, host } = new URL(origin)
  const opened = Array.from({ length: count }, () => connect({ host: hostname, port: Number(port) }))
  const begun = receive(BEGUN, opened)
  for (const [at, socket] of opened.entries()) {
    // The rest of the last chunk is kept, because what is awaited may arrive in two.
    let rest = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const text = rest + chunk.toString('latin1')
      const found = text.lastIndexOf(wanted)
      rest = text.slice(found < 0 ? -wanted.length : found + wanted.length)
      if (found >= 0 && missing.delete(socket) && missing.size === 0) onAll()
    })
    socket.write(`GET /api/events/stream HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n\r\n`)
    if (at % AT_ONCE === AT_ONCE - 1) await sleep(20)
  }
  sockets.push(...opened)
  await begun
}

endWithParent()
process.on('message', async (order: Order) => {
  if ('open' in order) await open(order.open)
  else await receive(order.expect, sockets)
  process.send?.(performance.timeOrigin + performance.now())
})
