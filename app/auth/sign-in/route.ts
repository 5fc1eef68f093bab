import { getInstance } from '@/db/instance'
import { signInByPassword } from '@/lib/auth/password-sign-in'

export const POST = (request: Request) => signInByPassword(getInstance(), request)
export const dynamic = 'force-dynamic'
