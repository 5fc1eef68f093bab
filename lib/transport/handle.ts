import type { Instance } from '@/db/instance'
import { handleMcp } from './mcp/handle'
import { handleRest } from './rest'

/** Answers a request that is not one for a page: over MCP at /mcp, and by REST below /api. */
export const handle = (instance: Instance, request: Request): Promise<Response> =>
  new URL(request.url).pathname === '/mcp' ? handleMcp(instance, request) : handleRest(instance, request)
