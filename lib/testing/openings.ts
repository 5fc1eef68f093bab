import { INSTRUCTIONS } from '@/lib/transport/mcp/instructions'
import { listTools } from '@/lib/transport/mcp/tools'

/** What a client tells its model of the tools. */
const toldOf = (whole: boolean): string =>
  listTools(whole)
    .map(({ name, description, inputSchema }) => `${name}\n${description}\n${JSON.stringify(inputSchema)}\n`)
    .join('\n')

/** What an agent reads over MCP before its first call, with the most tokens that each may cost. */
export const openings = (): { name: string; text: string; most: number }[] => [
  { name: 'tools/list', text: toldOf(false), most: 2_600 },
  { name: 'tools/list of ?tools=all', text: toldOf(true), most: 5_500 },
  { name: 'the instructions', text: INSTRUCTIONS, most: 350 },
]
