import pg from 'pg'

/** In milliseconds. */
const SECOND = 1_000

/** pg's own default for each of these timeouts is to wait forever. */
const LIMITS = {
  connectionTimeoutMillis: 5 * SECOND,
  statement_timeout: 15 * SECOND,
  query_timeout: 20 * SECOND,
  lock_timeout: 4 * SECOND,
  idle_in_transaction_session_timeout: 10 * SECOND,
  keepAlive: true,
  // A statement is sent without waiting for the answer to the one before, so that several share a round trip.
  pipeline: true,
} as const

const toSafeInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`The bigint ${text} is too large: JavaScript cannot hold it exactly`)
  return value
}

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, toSafeInteger],
  [pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString()],
])

/** Reads bigint as a number, and timestamptz as ISO 8601 in UTC with milliseconds. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** An acknowledged change must survive a power cut (H3), whatever the server's default is. */
const DURABLE = '-c synchronous_commit=on'

const config = (url: string, application_name: string) => {
  const address = new URL(url)
  address.searchParams.set('options', [address.searchParams.get('options'), DURABLE].filter(Boolean).join(' '))
  return { connectionString: address.href, application_name, types, ...LIMITS }
}

/** A checked-out client emits `error` when its backend is killed. Without a listener, that is an uncaught exception. */
const ignoreLateErrors = (client: pg.ClientBase) => client.on('error', () => undefined)

export const openPool = (url: string, max = 8): pg.Pool => {
  const pool = new pg.Pool({ ...config(url, 'cairn read'), max, idleTimeoutMillis: 30 * SECOND })
  pool.on('error', () => undefined)
  pool.on('connect', ignoreLateErrors)
  return pool
}

/** Opens a connection outside any pool, for the lane. */
export const connect = async (url: string, application_name: string): Promise<pg.Client> => {
  const client = new pg.Client(config(url, application_name))
  ignoreLateErrors(client)
  try {
    await client.connect()
    return client
  } catch (error) {
    // A server that is not PostgreSQL may keep its end of the connection open.
    client.end().catch(() => undefined)
    throw error
  }
}

/** Returns PostgreSQL's code of an error, such as `55P03`, or null for an error of another origin, such as a lost connection. */
export const sqlState = (error: unknown): string | null => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof pg.DatabaseError ? (cause.code ?? null) : null
}

const LOST = /^(Connection terminated|Client (has encountered|was closed)|Query read timeout|timeout (expired|exceeded))/

/** True if the connection is lost, could not be made, or is in an unknown state. False for a refused statement or a bug of ours. */
export const isConnectionLoss = (error: unknown): boolean => {
  const state = sqlState(error)
  if (state !== null) return state.startsWith('08') || state.startsWith('57P') || state === '25P03'
  if (!(error instanceof Error)) return false
  if (error.cause instanceof Error && error.cause !== error) return isConnectionLoss(error.cause)
  // Node throws an AggregateError when a host has several addresses and none of them answers.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectionLoss)
  return LOST.test(error.message) || ('syscall' in error && 'code' in error)
}

const TRANSIENT = ['55P03', '40001', '40P01', '53300', '57014']

/** True if the same batch may succeed in a new transaction. */
export const isPassing = (error: unknown): boolean => isConnectionLoss(error) || TRANSIENT.includes(sqlState(error) ?? '')
