import { createHash } from 'node:crypto'

/**
 * The version of a fingerprint's form. A fingerprint identifies the call under an idempotency key: the operation and its whole input, without
 * regard to the order of fields. When the form changes, older fingerprints must still be compared for the 7 days in which a key is valid.
 */
const VERSION = '1'

export const fingerprintOf = (operation: string, given: unknown): string => `${VERSION}:${hash(`${operation} ${canonical(given)}`)}`

/** Whether a remembered fingerprint is of the same call. The first builds wrote version 1 without its number. */
export const isSameCall = (remembered: string, fingerprint: string): boolean =>
  remembered === fingerprint || (!remembered.includes(':') && `1:${remembered}` === fingerprint)

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

/** No valid input is deeper. A deeper one is refused anyway, so it does not need a fingerprint of its own. */
const DEEPEST = 8

const canonical = (value: unknown, depth = 0): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (depth > DEEPEST) return '"…"'
  if (Array.isArray(value)) return `[${value.map((part) => canonical(part, depth + 1)).join()}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part, depth + 1)}`).join()}}`
}
