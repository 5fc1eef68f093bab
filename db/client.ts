import pg from 'pg'

/** A second, in milliseconds. Every timeout of pg defaults to never, so all are set here. */
const SECOND = 1_000

const LIMITS = {
  connectionTimeoutMillis: 5 * SECOND,
  statement_timeout: 15 * SECOND,
  query_timeout: 20 * SECOND,
  lock_timeout: 4 * SECOND,
  idle_in_transaction_session_timeout: 10 * SECOND,
  keepAlive: true,
  // Statements that do not wait for each other's answers share a round trip.
  pipeline: true,
} as const

const toSafeInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`${text} is beyond the integers that JavaScript holds exactly`)
  return value
}

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, toSafeInteger],
  [pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString()],
])

/** bigint as number, timestamptz as ISO 8601 UTC with milliseconds. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** An acknowledged change survives a power cut (H3), whatever the server's default. */
const DURABLE = '-c synchronous_commit=on'

const config = (url: string, application_name: string) => {
  const address = new URL(url)
  address.searchParams.set('options', [address.searchParams.get('options'), DURABLE].filter(Boolean).join(' '))
  return { connectionString: address.href, application_name, types, ...LIMITS }
}

/** A checked-out client whose backend is killed raises an uncaught exception unless somebody listens. */
const ignoreLateErrors = (client: pg.ClientBase) => client.on('error', () => undefined)

export const openPool = (url: string, max = 8): pg.Pool => {
  const pool = new pg.Pool({ ...config(url, 'cairn read'), max, idleTimeoutMillis: 30 * SECOND })
  pool.on('error', () => undefined)
  pool.on('connect', ignoreLateErrors)
  return pool
}

/** A client of one's own, outside any pool: for the lane, for a lock that lives as long as the connection. */
export const connect = async (url: string, application_name: string): Promise<pg.Client> => {
  const client = new pg.Client(config(url, application_name))
  ignoreLateErrors(client)
  try {
    await client.connect()
    return client
  } catch (error) {
    // Whatever answered instead of PostgreSQL may keep its end open.
    client.end().catch(() => undefined)
    throw error
  }
}

/** PostgreSQL's code of an error, such as `55P03`; null for what is not its own, such as a lost connection. */
export const sqlState = (error: unknown): string | null => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof pg.DatabaseError ? (cause.code ?? null) : null
}

const LOST = /^(Connection terminated|Client (has encountered|was closed)|Query read timeout|timeout (expired|exceeded))/

/** Whether the connection is gone, was never there, or is in an unknown state, as against a statement that was refused or a bug of ours. */
export const isConnectionLoss = (error: unknown): boolean => {
  const state = sqlState(error)
  if (state !== null) return state.startsWith('08') || state.startsWith('57P') || state === '25P03'
  if (!(error instanceof Error)) return false
  if (error.cause instanceof Error && error.cause !== error) return isConnectionLoss(error.cause)
  // A host of several addresses, none of which answers.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectionLoss)
  return LOST.test(error.message) || ('syscall' in error && 'code' in error)
}

const TRANSIENT = ['55P03', '40001', '40P01', '53300', '57014']

/** Whether the same batch may well succeed in a new transaction. */
export const isPassing = (error: unknown): boolean => isConnectionLoss(error) || TRANSIENT.includes(sqlState(error) ?? '')
