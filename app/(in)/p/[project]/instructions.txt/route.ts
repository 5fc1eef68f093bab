import { getInstructions } from '@/lib/operations/instructions'
import { readPage } from '@/lib/transport/page'

type Props = { params: Promise<{ project: string }> }

export async function GET(_request: Request, { params }: Props): Promise<Response> {
  const { project } = await params
  const { data } = await readPage(getInstructions, { project_id: project })
  return new Response(data.text, {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  })
}
