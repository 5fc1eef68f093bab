import { getInstance } from '@/db/instance'
import { openLink } from '@/lib/auth/handler'

// Each sign-in path that is served is a route of its own, because one route for all of them would serve whatever the library adds.

export const GET = (request: Request) => openLink(getInstance(), request)
/** Without this, Next answers HEAD with GET, which would use the link up. */
export const HEAD = () => new Response(null, { status: 204 })
export const dynamic = 'force-dynamic'
