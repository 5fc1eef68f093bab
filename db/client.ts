import pg from 'pg'
import { DomainError } from '@/lib/domain/errors'
import { type Fault, faultOfState, OUT_OF_REACH } from './sql-state'

/** In milliseconds. */
const SECOND = 1_000

/**
 * pg's own default for each of these timeouts is to wait forever. Each ends before the next one, so that the more precise error comes first,
 * and all of them before the 5 seconds in which a caller is promised an answer.
 */
const LIMITS = {
  lock_timeout: 3 * SECOND,
  statement_timeout: 4 * SECOND,
  query_timeout: 4.5 * SECOND,
  idle_in_transaction_session_timeout: 5 * SECOND,
  keepAlive: true,
  keepAliveInitialDelayMillis: 2 * SECOND,
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

/**
 * Whatever the server's defaults are, an acknowledged change must survive a power cut (H3), and a request reads by index. PostgreSQL would otherwise choose to
 * read whole tables for as long as its statistics are from when they were small, once for each row that it looks up.
 */
const SESSION = '-c synchronous_commit=on -c enable_seqscan=off'

/** For a reader, this is also how long it waits for a connection of the pool to become free. */
const READER_ENTERS_WITHIN = 3 * SECOND
/** The lane tries again and again, and must notice soon that the database is back. */
const LANE_ENTERS_WITHIN = 1.5 * SECOND

const config = (url: string, application_name: string) => {
  const address = new URL(url)
  address.searchParams.set('options', [address.searchParams.get('options'), SESSION].filter(Boolean).join(' '))
  return { connectionString: address.href, application_name, types, ...LIMITS }
}

/** A checked-out client emits `error` when its backend is killed. Without a listener, that is an uncaught exception. */
const ignoreLateErrors = (client: pg.ClientBase) => client.on('error', () => undefined)

export const openPool = (url: string, max = 8): pg.Pool => {
  const pool = new pg.Pool({
    ...config(url, 'cairn read'),
    max,
    connectionTimeoutMillis: READER_ENTERS_WITHIN,
    idleTimeoutMillis: 30 * SECOND,
  })
  pool.on('error', () => undefined)
  pool.on('connect', ignoreLateErrors)
  return pool
}

/** Opens a connection outside any pool, for the lane. */
export const connect = async (url: string, application_name: string): Promise<pg.Client> => {
  const client = new pg.Client({ ...config(url, application_name), connectionTimeoutMillis: LANE_ENTERS_WITHIN })
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

const LOST = /^(Connection terminated|Client (has encountered|was closed)|Query read timeout|timeout expired)/

/** What pg-pool says if all connections of a pool stayed in use. */
const POOL_FULL = 'timeout exceeded when trying to connect'

const isPoolFull = (error: unknown): boolean =>
  error instanceof Error && (error.message === POOL_FULL || (error.cause instanceof Error && error.cause.message === POOL_FULL))

const isLostWithoutState = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  if (error.cause instanceof Error && error.cause !== error) return isLostWithoutState(error.cause)
  // Node throws an AggregateError when a host has several addresses and none of them answers.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isLostWithoutState)
  return LOST.test(error.message) || ('syscall' in error && 'code' in error)
}

/** Why the database did not do what it was asked. Null for a refused statement and for a bug of ours. */
export const faultOf = (error: unknown): Fault | null => {
  const state = sqlState(error)
  if (state !== null) return faultOfState(state)
  return isLostWithoutState(error) ? OUT_OF_REACH : null
}

/** True if the connection is lost, could not be made, or is in an unknown state. False for a refused statement or a bug of ours. */
export const isConnectionLoss = (error: unknown): boolean => faultOf(error)?.meaning === 'lost'

const RETRY = { retry_after_seconds: 2 }

/** The refusal of a call for a fault of the database. */
export const unavailable = ({ cause }: Fault, rest = 'Try again shortly.'): DomainError =>
  new DomainError('unavailable', `${cause}. ${rest}`, RETRY)

/** The refusal that tells a caller of a fault of the database, or null if the error is none. */
export const refusalOf = (error: unknown): DomainError | null => {
  if (isPoolFull(error)) return new DomainError('busy', 'Too many reads are waiting. Try again in a second.', { retry_after_seconds: 1 })
  const fault = faultOf(error)
  return fault && unavailable(fault)
}
