// @ts-check

/** The exit codes that a script may rely on. `noContact` also means that the server had no time for the call. */
export const EXIT = { done: 0, refused: 1, usage: 2, noContact: 3, notSignedIn: 4, timeOver: 5, interrupted: 130 }

/** The end of a command for a reason that its user is told in a sentence. */
export class Failure extends Error {
  /** @param {number} exit @param {string} message */
  constructor(exit, message) {
    super(message)
    this.exit = exit
  }
}

/** @param {string} message */
export function wrongUsage(message) {
  return new Failure(EXIT.usage, message)
}

/** The code of an error of Node, such as ENOENT, or its message. @param {unknown} error @returns {string} */
export function codeOf(error) {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
