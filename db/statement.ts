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
