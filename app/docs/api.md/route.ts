import { getInstance } from '@/db/instance'
import { markdownOf } from '@/lib/transport/docs/markdown'
import { referenceFor } from '@/lib/transport/docs/reference'

export const dynamic = 'force-dynamic'

export const GET = (): Response =>
  new Response(markdownOf(referenceFor(getInstance().origin)), {
    headers: { 'content-type': 'text/markdown; charset=utf-8', 'cache-control': 'no-cache' },
  })
