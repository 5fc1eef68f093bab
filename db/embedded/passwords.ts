import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The passwords of the cluster's two roles. */
export type Passwords = { owner: string; app: string }

export const passwordsFile = (home: string) => path.join(home, 'passwords.json')

export function makePasswords(): Passwords {
  const password = () => randomBytes(24).toString('base64url')
  return { owner: password(), app: password() }
}

export const passwordsToText = (passwords: Passwords): string => `${JSON.stringify(passwords)}\n`

/** Returns null if the file is missing or damaged, for example empty after a power cut. */
export function readPasswords(file: string): Passwords | null {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof read !== 'object' || read === null || !('owner' in read) || !('app' in read)) return null
    const { owner, app } = read
    return isPassword(owner) && isPassword(app) ? { owner, app } : null
  } catch (error) {
    // Only a missing file is missing: a file that may not be read may well be whole.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return null
    throw error
  }
}

/** The passwords are put into SQL and URLs, so no other characters are allowed than those of `makePasswords`. */
const isPassword = (value: unknown): value is string => typeof value === 'string' && /^[\w-]+$/.test(value)
