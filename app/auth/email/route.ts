import { getInstance } from '@/db/instance'
import { changeEmailByForm } from '@/lib/auth/account'
import { execute } from '@/lib/operations/execute'
import { changeEmail } from '@/lib/operations/people'

export const POST = (request: Request) => {
  const instance = getInstance()
  return changeEmailByForm(instance, request, ({ principal_id, session_id }, email) => {
    const actor = { actor_id: principal_id, key_id: null, session_id, via: 'web' } as const
    return execute(instance, changeEmail, { input: { email }, actor })
  })
}
export const dynamic = 'force-dynamic'
