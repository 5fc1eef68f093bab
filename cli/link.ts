import { parseArgs } from 'node:util'
import type { Instance } from '@/db/instance'
import { findAccountOf } from '@/db/sign-in/accounts'
import { getAuth } from '@/lib/auth/session'
import { Email } from '@/lib/domain/schemas/person'
import { ensureOwner } from '@/lib/operations/setup'
import { withInstance } from '../tools/instance'

const addressOf = async (instance: Instance): Promise<string> => {
  const { values } = parseArgs({ options: { email: { type: 'string' } } })
  if (values.email === undefined) return (await ensureOwner(instance)).email
  const account = await findAccountOf(instance, Email.parse(values.email))
  if (!account) throw new Error(`Nobody here has the address ${values.email}. Without --email, the link is for the owner.`)
  return account.email
}

await withInstance(async (instance) => {
  const { makeSignInLink } = await getAuth(instance)
  console.log(await makeSignInLink(await addressOf(instance)))
})
