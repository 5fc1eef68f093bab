import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * How a proxy treats new connections: it forwards them, accepts them and never answers, or breaks them off. Where it is `silent`, the present
 * connections are frozen too, and where it is `down`, they are cut.
 */
export type Manner = 'up' | 'silent' | 'down'

/** A proxy between a client and a server, such as PostgreSQL, whose connections can be cut or frozen at a chosen moment. */
export type Wire = {
  url: string
  /** Cuts the connection at the next commit: before it reaches the server, or after the server made it and before its answer reaches the client. */
  cutNextCommit: (when: 'before' | 'after') => void
  cuts: () => number
  /** Cuts the connection when the next bytes of the server arrive, so that the client does not learn what the server has done. */
  cutNextAnswer: () => void
  /** Freezes the connection at the next commit, before or after it reaches the server: nothing is forwarded any more in either direction. */
  freezeNextCommit: (when: 'before' | 'after') => void
  behave: (manner: Manner) => void
  /** For this many milliseconds after the next cut, every new connection is answered with an error of PostgreSQL that is no loss of a connection. */
  shutAfterCut: (milliseconds: number) => void
  close: () => Promise<void>
}

const NOT_ALLOWED = (() => {
  const fields = Buffer.from('SFATAL\0C28000\0Mnot now\0\0')
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + 4)
  return Buffer.concat([Buffer.from('E'), length, fields])
})()

const COMMIT = Buffer.from('commit\0')

export const openProxy = async (target: string): Promise<Wire> => {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const freezes = new Set<() => void>()
  let manner: Manner = 'up'
  let next: 'before' | 'after' | null = null
  let freezing = false
  let cutsAnswer = false
  let cuts = 0
  let shut = 0
  let shutUntil = 0
  const server = createServer((client) => {
    if (Date.now() < shutUntil) {
      // This is an error that PostgreSQL itself sends, for example after it restarted with other rules of access.
      client.on('error', () => undefined)
      client.once('data', () => client.end(NOT_ALLOWED, () => client.destroy()))
      return
    }
    if (manner === 'down') {
      client.on('error', () => undefined)
      client.destroy()
      return
    }
    const upstream = connect(Number(port), hostname)
    let deaf = false
    let frozen = manner === 'silent'
    const freeze = () => {
      frozen = true
    }
    freezes.add(freeze)
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        freezes.delete(freeze)
        end()
      })
    }
    client.on('data', (bytes) => {
      if (frozen) return
      const when = bytes.includes(COMMIT) ? next : null
      if (when) {
        next = null
        cuts++
        shutUntil = Date.now() + shut
        shut = 0
      }
      if (when && freezing) {
        freezing = false
        freeze()
        if (when === 'after') upstream.write(bytes)
        return
      }
      if (when === 'before') return end()
      deaf = when === 'after'
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (frozen) return
      if (cutsAnswer) {
        cutsAnswer = false
        cuts++
        return end()
      }
      if (deaf) return end()
      client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(portOf(server.address()))
  return {
    url: url.href,
    cutNextCommit: (when) => {
      next = when
    },
    cuts: () => cuts,
    cutNextAnswer: () => {
      cutsAnswer = true
    },
    freezeNextCommit: (when) => {
      next = when
      freezing = true
    },
    behave: (wanted) => {
      manner = wanted
      if (manner === 'silent') for (const freeze of freezes) freeze()
      if (manner === 'down') for (const socket of open) socket.destroy()
    },
    shutAfterCut: (milliseconds) => {
      shut = milliseconds
    },
    close: () => {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' && address ? address.port : 0)
