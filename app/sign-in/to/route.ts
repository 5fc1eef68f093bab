import { getInstance } from '@/db/instance'
import { askToSignIn } from '@/lib/auth/handler'

const answer = (request: Request) => askToSignIn(getInstance(), request)

// A browser that posts a form repeats the post when it is sent here.
export { answer as GET, answer as POST }
export const dynamic = 'force-dynamic'
