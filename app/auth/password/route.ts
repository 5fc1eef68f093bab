import { getInstance } from '@/db/instance'
import { changePassword } from '@/lib/auth/account'

export const POST = (request: Request) => changePassword(getInstance(), request)
export const dynamic = 'force-dynamic'
