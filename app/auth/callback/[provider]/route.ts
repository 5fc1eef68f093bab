import { getInstance } from '@/db/instance'
import { finish } from '@/lib/auth/social'

type Parameters = { params: Promise<{ provider: string }> }

export const GET = async (request: Request, { params }: Parameters) => finish(getInstance(), request, (await params).provider)
/** Without this, Next answers HEAD with GET, which would use up what the provider sent. */
export const HEAD = () => new Response(null, { status: 204 })
export const dynamic = 'force-dynamic'
