import { createHash } from 'node:crypto'

/** Identifies the call under an idempotency key: the operation and its whole input, without regard to the order of fields. */
export type Fingerprint = {
  /** What is remembered, with the version of its form. */
  text: string
  /** Whether a remembered text, of this version or of an older one, is of the same call. */
  is: (remembered: string) => boolean
}

/** Every form in which a fingerprint was ever written. A form may go once its version was replaced for 7 days, in which a key is valid. */
const FORMS: Readonly<Record<string, (operation: string, given: unknown) => string>> = {
  '1': (operation, given) => hash(`${operation} ${canonical(given)}`),
}
const CURRENT = '1'

export const fingerprintOf = (operation: string, given: unknown): Fingerprint => {
  const written = (version: string) => FORMS[version]?.(operation, given) ?? null
  return {
    text: `${CURRENT}:${written(CURRENT)}`,
    is: (remembered) => {
      // The first builds wrote version 1 without its number.
      const [version = '', text] = remembered.includes(':') ? remembered.split(':', 2) : ['1', remembered]
      return written(version) === text
    },
  }
}

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
