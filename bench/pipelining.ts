import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { scriptsOf } from './pages'
import { heldBy } from './proc'
import type { App } from './server'
import { atMost, type Row } from './table'

const SOCKETS = 200
const REQUESTS = 40
/** How long the sockets stay open, in milliseconds. */
const OPEN = 2_000
/** How long the server then has to close what it opened for them. */
const REST = 5_000

/** Finds the largest script of the page that a stranger sees. */
const findFile = async (origin: string): Promise<{ path: string; kilobytes: number }> => {
  const page = await fetch(`${origin}/sign-in`)
  const files: { path: string; kilobytes: number }[] = []
  for (const path of scriptsOf(await page.text())) {
    const script = await fetch(origin + path)
    files.push({ path, kilobytes: (await script.arrayBuffer()).byteLength / 1_000 })
  }
  const [largest] = files.sort((a, b) => b.kilobytes - a.kilobytes)
  if (!largest) throw new Error(`The page to sign in answered ${page.status} and has no script`)
  return largest
}

/** Opens a socket that sends and never reads. */
const openSilent = async ({ hostname, port }: URL, text: string): Promise<Socket> => {
  const socket = connect({ host: hostname, port: Number(port) }).pause()
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write(text)
  return socket
}

/** Measures what is left in the server after a stranger asked for a file many times on each of many sockets, and read nothing. */
export const measurePipelining = async ({ origin, pid }: App): Promise<Row[]> => {
  const { path, kilobytes } = await findFile(origin)
  const url = new URL(origin)
  const text = `GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`.repeat(REQUESTS)
  const before = heldBy(pid)
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => openSilent(url, text)))
  await sleep(OPEN)
  const meanwhile = heldBy(pid)
  for (const socket of sockets) socket.destroy()
  await sleep(REST)
  const after = heldBy(pid)
  return [
    {
      what: `left open after ${SOCKETS} sockets of ${REQUESTS} unread requests`,
      unit: 'descriptors',
      figure: after.descriptors - before.descriptors,
      target: atMost(10),
      note: `${before.descriptors} before, ${meanwhile.descriptors} while they were open, ${after.descriptors} at ${REST / 1_000} s after they were closed`,
    },
    {
      what: '  memory of the app after them',
      unit: 'MB',
      figure: after.resident,
      note: `RSS; ${before.resident.toFixed(0)} MB before, ${meanwhile.resident.toFixed(0)} MB while they were open; the file has ${kilobytes.toFixed(0)} kB`,
    },
  ]
}
