import { connect, type Socket } from 'node:net'
import type { HttpCall, Job } from './load'

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const END_OF_CHUNKS = Buffer.from('0\r\n\r\n')

/** Returns a function that writes a call as the text of its request. */
export const requestOf = ({ origin, headers }: Pick<Job, 'origin' | 'headers'>) => {
  const lines = (all: readonly string[]) => all.map((line) => `${line}\r\n`).join('')
  const common = lines([`Host: ${new URL(origin).host}`, ...headers])
  return ([method, path, body, header]: HttpCall): string => {
    const head = `${method} ${path} HTTP/1.1\r\n${common}${header ? lines([header]) : ''}`
    if (body === undefined) return `${head}\r\n`
    return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }
}

type Pending = { resolve: (status: number) => void; reject: (error: Error) => void }

/**
 * One kept-alive HTTP/1.1 connection. It parses only as much of a response as it must, because the load shares the processors with the
 * server that it measures.
 */
export class Connection {
  private readonly socket: Socket
  private pending: Pending | null = null
  private head: Buffer | null = null
  private status = 0
  /** The bytes of the body that are still to come. Null for a chunked body, which marks its own end. */
  private left: number | null = 0
  private tail = Buffer.alloc(0)

  constructor({ hostname, port }: URL) {
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.socket.on('data', (chunk) => this.take(chunk))
    this.socket.on('error', (error) => this.fail(error))
    this.socket.on('close', () => this.fail(new Error('The server closed the connection')))
  }

  /** False once either side has closed it. The server closes a connection that has not been used for a while. */
  get isOpen(): boolean {
    return !this.socket.destroyed
  }

  /** Sends a whole request, and resolves with the status once the whole response has arrived. */
  send(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new Error('The connection is closed'))
      this.pending = { resolve, reject }
      this.socket.write(request)
    })
  }

  close(): void {
    this.pending = null
    this.socket.destroy()
  }

  private fail(error: Error): void {
    this.pending?.reject(error)
    this.pending = null
  }

  private take(chunk: Buffer): void {
    if (this.status === 0) this.takeHead(chunk)
    else this.takeBody(chunk)
  }

  private takeHead(chunk: Buffer): void {
    const head = this.head ? Buffer.concat([this.head, chunk]) : chunk
    const end = head.indexOf(END_OF_HEAD)
    if (end === -1) {
      this.head = head
      return
    }
    const text = head.toString('latin1', 0, end)
    this.status = Number(text.slice(9, 12))
    this.head = null
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    const isEmpty = this.status === 204 || this.status === 304
    this.left = length === undefined ? (isEmpty ? 0 : null) : Number(length)
    this.takeBody(head.subarray(end + END_OF_HEAD.length))
  }

  private takeBody(chunk: Buffer): void {
    if (this.left === null) {
      this.tail = Buffer.concat([this.tail, chunk]).subarray(-END_OF_CHUNKS.length)
      if (this.tail.equals(END_OF_CHUNKS)) this.settle()
      return
    }
    this.left -= chunk.length
    if (this.left <= 0) this.settle()
  }

  private settle(): void {
    const { pending, status } = this
    this.pending = null
    this.status = 0
    this.tail = Buffer.alloc(0)
    pending?.resolve(status)
  }
}
