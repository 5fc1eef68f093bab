import { getInstance } from '@/db/instance'
import { signOut } from '@/lib/auth/handler'

export const POST = (request: Request) => signOut(getInstance(), request)
export const dynamic = 'force-dynamic'
