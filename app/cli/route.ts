import { getInstance } from '@/db/instance'
import { answerCommandLine } from '@/lib/transport/command-line'

export const GET = (request: Request) => answerCommandLine(request, getInstance().origin)
export const dynamic = 'force-dynamic'
