import type { Via } from '@/lib/domain/events'

/** The ways by which calls come, as nouns. */
export const VIA_WORDS: Record<Via, string> = { rest: 'REST', mcp: 'MCP', web: 'browser', cli: 'command line' }
