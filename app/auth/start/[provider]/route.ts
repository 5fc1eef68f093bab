import { getInstance } from '@/db/instance'
import { startSignIn } from '@/lib/auth/social'

type Parameters = { params: Promise<{ provider: string }> }

export const GET = async (request: Request, { params }: Parameters) => startSignIn(getInstance(), request, (await params).provider)
export const HEAD = () => new Response(null, { status: 204 })
export const dynamic = 'force-dynamic'
