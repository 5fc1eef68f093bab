import type { ProblemCode } from '@/lib/domain/errors'
import { isPassing } from './trouble'

/** Why something could not be read, with a sentence for people. The code is null if no answer of Cairn came. */
export class ReadError extends Error {
  override readonly name = 'ReadError'
  constructor(
    readonly code: ProblemCode | null,
    message: string,
  ) {
    super(message)
  }

  /** Whether the same may succeed if it is only tried again. */
  get isPassing(): boolean {
    return this.code === null || isPassing({ error: this.code })
  }
}

/** The API says these to agents in other words. */
const WORDS: { [C in ProblemCode]?: string } = {
  unauthenticated: 'You are signed out.',
  not_found: 'It was deleted, or you may no longer read it.',
}

/** Reads from the API as the person who is signed in. @throws ReadError */
export async function read<T>(path: string, signal: AbortSignal): Promise<{ data: T; seq: number }> {
  const body = await answerOf(path, signal)
  if (body?.success === true) return body
  if (typeof body?.error !== 'string') throw new ReadError(null, 'The server cannot be reached.')
  const code: ProblemCode = body.error
  throw new ReadError(code, WORDS[code] ?? body.message)
}

/** What the API answered, or null if nothing came, or if what came is not from Cairn, such as the page of a proxy. */
async function answerOf(path: string, signal: AbortSignal) {
  try {
    const response = await fetch(path, { signal, headers: { accept: 'application/json' } })
    return await response.json()
  } catch (error) {
    if (signal.aborted) throw error
    return null
  }
}
