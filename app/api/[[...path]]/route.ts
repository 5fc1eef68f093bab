import { getInstance } from '@/db/instance'
import { handleRest } from '@/lib/transport/rest'

const handle = (request: Request) => handleRest(getInstance(), request)

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT }
export const dynamic = 'force-dynamic'
