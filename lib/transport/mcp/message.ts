import { isRecord, type Json } from '../leniency'
import { findTool } from './tools'

// What is read here of a message before the SDK has judged it.

export const LISTEN = 'subscriptions/listen'

const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo'

/** The methods that are calls of an agent, and not upkeep of its connection. */
const CALLS = new Set([
  ...['initialize', 'server/discover', 'tools/list', 'prompts/list', 'prompts/get', LISTEN],
  ...['resources/list', 'resources/templates/list', 'resources/read'],
])

const paramsOf = (message: Json): Json => (isRecord(message.params) ? message.params : {})

/** The method of a request, or null for a batch and for what is no message. */
export const methodOf = (message: unknown): string | null =>
  isRecord(message) && typeof message.method === 'string' ? message.method : null

/** The id under which a request is answered. */
export const idOf = (message: unknown): string | number | null => {
  if (!isRecord(message) || methodOf(message) === null) return null
  return typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null
}

/** The name of the call that a message makes: that of a tool, or the method. */
export const callOf = (message: unknown): string | null => {
  const method = methodOf(message)
  if (method !== 'tools/call') return method !== null && CALLS.has(method) ? method : null
  const { name } = isRecord(message) ? paramsOf(message) : {}
  return (typeof name === 'string' && findTool(name)?.name) || null
}

/** What a client calls itself in a message, as in `claude-code/2.1`. In 2026 each request says it, and in 2025 only the first. */
export const clientOf = (message: unknown): string | null => {
  const params = isRecord(message) ? paramsOf(message) : {}
  const { [CLIENT_INFO]: told = params.clientInfo } = isRecord(params._meta) ? params._meta : {}
  if (!isRecord(told) || typeof told.name !== 'string') return null
  return typeof told.version === 'string' ? `${told.name}/${told.version}` : told.name
}

/** The changes of which a request to listen wants to hear. */
export const wantedBy = (message: unknown): { uris: string[]; lists: boolean } => {
  const { notifications } = isRecord(message) ? paramsOf(message) : {}
  if (!isRecord(notifications)) return { uris: [], lists: false }
  const { resourceSubscriptions: uris, resourcesListChanged } = notifications
  return { uris: Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : [], lists: resourcesListChanged === true }
}
