import type { Instance } from '@/db/instance'
import { handleMcp } from './mcp/handle'
import { handleRest } from './rest'

/** It does not parse the address, which each transport does itself. */
const IS_MCP = /^https?:\/\/[^/]+\/mcp(\?|$)/

/** Answers a request that is not one for a page: over MCP at /mcp, and by REST below /api. */
export const handle = (instance: Instance, request: Request): Promise<Response> =>
  IS_MCP.test(request.url) ? handleMcp(instance, request) : handleRest(instance, request)
