import { getInstance } from '@/db/instance'
import { handleAuth } from '@/lib/auth/handler'

const handle = (request: Request) => handleAuth(getInstance(), request)

export { handle as GET, handle as POST }
export const dynamic = 'force-dynamic'
