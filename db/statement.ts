import { createHash } from 'node:crypto'
import type { QueryConfig } from 'pg'

const names = new Map<string, string>()

/**
 * The name under which a statement is prepared, made from its text alone: Next has this module in several bundles that share connections,
 * and PostgreSQL cuts a name after 63 characters.
 */
const nameOfStatement = (text: string): string => {
  const name = names.get(text) ?? createHash('sha1').update(text).digest('base64url')
  names.set(text, name)
  return name
}

/** A statement that each connection prepares once and then only runs. Its text must be one of few. */
export const prepared = (text: string, values: unknown[]): QueryConfig => ({ name: nameOfStatement(text), text, values })
