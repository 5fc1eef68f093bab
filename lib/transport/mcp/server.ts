import { type McpRequestContext, Server } from '@modelcontextprotocol/server'
import { VERSION } from '../version'
import { callTool } from './call'
import { answering, type Exchange } from './exchange'
import { INSTRUCTIONS } from './instructions'
import { getPrompt, listPrompts } from './prompts'
import { listResources, listTemplates, readResource } from './resources'
import { listTools } from './tools'

/** What is the same for everybody until another build is started. */
const SAME = { ttlMs: 300_000, cacheScope: 'private' } as const

/** Makes the server that answers one request. It keeps nothing. */
export const makeServer = (exchange: Exchange, era: McpRequestContext['era']): Server => {
  // Only the 2026 era has a way to follow resources without a session.
  const follows = era === 'modern' && { subscribe: true, listChanged: true }
  const server = new Server(
    { name: 'cairn', title: 'Cairn', version: VERSION },
    {
      capabilities: { tools: {}, prompts: {}, resources: { ...follows } },
      instructions: INSTRUCTIONS,
      cacheHints: { 'tools/list': SAME, 'prompts/list': SAME, 'resources/templates/list': SAME, 'server/discover': SAME },
    },
  )
  server.setRequestHandler('tools/list', () => ({ tools: listTools(wantsAll(exchange.request)) }))
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    answering(exchange, () => callTool(exchange, params.name, params.arguments ?? {}, mcpReq.signal)),
  )
  server.setRequestHandler('prompts/list', () => ({ prompts: listPrompts() }))
  server.setRequestHandler('prompts/get', ({ params }) => getPrompt(params.name, params.arguments ?? {}))
  server.setRequestHandler('resources/list', ({ params }) => answering(exchange, () => listResources(exchange, params?.cursor)))
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: listTemplates() }))
  server.setRequestHandler('resources/read', ({ params }) => answering(exchange, () => readResource(exchange, params.uri)))
  return server
}

const wantsAll = ({ url }: Request): boolean => new URL(url).searchParams.get('tools') === 'all'
