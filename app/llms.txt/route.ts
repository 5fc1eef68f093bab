import { getInstance } from '@/db/instance'
import { llmsText } from '@/lib/transport/docs/llms'

export const dynamic = 'force-dynamic'

export const GET = (): Response =>
  new Response(llmsText(getInstance().origin), {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' },
  })
