import { getInstance } from '@/db/instance'
import { unlink } from '@/lib/auth/social'

export const POST = (request: Request) => unlink(getInstance(), request)
export const dynamic = 'force-dynamic'
