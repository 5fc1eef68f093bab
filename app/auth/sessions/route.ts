import { getInstance } from '@/db/instance'
import { endOwnSessions } from '@/lib/auth/account'

export const POST = (request: Request) => endOwnSessions(getInstance(), request)
export const dynamic = 'force-dynamic'
