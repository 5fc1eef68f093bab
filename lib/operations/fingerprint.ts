import { createHash } from 'node:crypto'

/**
 * What an idempotency key is remembered with: the operation, and all that was given to it, whatever the order of the fields. The version
 * changes with the form of the text below, and the fingerprints of older versions are still compared for the 7 days that a key is good for.
 */
const VERSION = '1'

export const fingerprintOf = (operation: string, given: unknown): string => `${VERSION}:${hash(`${operation} ${canonical(given)}`)}`

/** Whether a remembered fingerprint is of the same call. One of the first builds carries no version, and is of version 1. */
export const isSameCall = (remembered: string, fingerprint: string): boolean =>
  remembered === fingerprint || (!remembered.includes(':') && `1:${remembered}` === fingerprint)

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

/** No call that is accepted is deeper: a deeper one is refused, and needs no fingerprint of its own. */
const DEEPEST = 8

const canonical = (value: unknown, depth = 0): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (depth > DEEPEST) return '"…"'
  if (Array.isArray(value)) return `[${value.map((part) => canonical(part, depth + 1)).join()}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part, depth + 1)}`).join()}}`
}
