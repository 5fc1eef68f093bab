import { createHash } from 'node:crypto'
import type { QueryConfig } from 'pg'

const names = new Map<string, string>()

/**
 * The name of a prepared statement is a hash of its text alone, because Next has several copies of this module that share connections. The hash
 * is short, because PostgreSQL cuts a name after 63 bytes.
 */
const nameOfStatement = (text: string): string => {
  const name = names.get(text) ?? createHash('sha1').update(text).digest('base64url')
  names.set(text, name)
  return name
}

/** A prepared statement, which each connection parses only once. There must be few different texts, because each stays prepared and cached. */
export const prepared = (text: string, values: unknown[]): QueryConfig => ({ name: nameOfStatement(text), text, values })

const HOUR_MS = 3_600_000

/** Lifts the limits and settings that are made for requests, for the rest of a transaction that reads a whole workspace. */
export const LIFT_LIMITS = `set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0;
  set local enable_seqscan = on`

/** A statement for which pg waits longer than for that of a request. */
export const unhurried = (text: string, values: unknown[]) => ({ text, values, query_timeout: HOUR_MS })
