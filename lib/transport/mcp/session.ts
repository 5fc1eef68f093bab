import { invalid } from '@/lib/domain/errors'
import { SessionId } from '@/lib/domain/schemas/text'

const HEADERS = ['x-clink-session-id', 'x-session-id', 'mcp-session-id']

/** The first protocol revision in which there are no sessions. */
const FIRST_WITHOUT = '2026'

/**
 * The session of a client, which tells apart the agents that share a key. In the 2025 era, a client that names none itself repeats the one that it was given
 * when it began. Nothing is stored about it. @throws invalid
 */
export const sessionOf = (headers: Headers): string | null => {
  const hasSessions = (headers.get('mcp-protocol-version') ?? '') < FIRST_WITHOUT
  const name = HEADERS.find((name) => headers.get(name) && (hasSessions || name !== 'mcp-session-id'))
  if (name === undefined) return null
  const read = SessionId.safeParse(headers.get(name))
  if (read.success) return read.data
  throw invalid(name, read.error.issues[0]?.message ?? 'is not a session id')
}

export const drawnSession = (): string => crypto.randomUUID()
