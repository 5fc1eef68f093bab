import { getAuth } from '@/lib/auth/session'
import { ensureOwner } from '@/lib/operations/setup'
import { withInstance } from '../tools/instance'

await withInstance(async (instance) => {
  const owner = await ensureOwner(instance)
  const { makeSignInLink } = await getAuth(instance)
  console.log(await makeSignInLink(owner.email))
})
