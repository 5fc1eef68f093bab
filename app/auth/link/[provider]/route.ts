import { getInstance } from '@/db/instance'
import { startLink } from '@/lib/auth/social'

type Parameters = { params: Promise<{ provider: string }> }

export const POST = async (request: Request, { params }: Parameters) => startLink(getInstance(), request, (await params).provider)
export const dynamic = 'force-dynamic'
