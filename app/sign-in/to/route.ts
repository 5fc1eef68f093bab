import { getInstance } from '@/db/instance'
import { askToSignIn } from '@/lib/auth/handler'

export const GET = (request: Request) => askToSignIn(getInstance(), request)
export const dynamic = 'force-dynamic'
