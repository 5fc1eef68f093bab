import { getInstance } from '@/db/instance'
import { handleMcp } from '@/lib/transport/mcp/handle'

const handle = (request: Request) => handleMcp(getInstance(), request)

export { handle as DELETE, handle as GET, handle as POST }
export const dynamic = 'force-dynamic'
