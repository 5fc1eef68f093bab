import { parseArgs } from 'node:util'
import { getAuth } from '@/lib/auth/session'
import { execute } from '@/lib/operations/execute'
import { addMember } from '@/lib/operations/members'
import { ensureOwner, registerPerson } from '@/lib/operations/setup'
import { withInstance } from '../../tools/instance'

// Run by the tests in a browser: puts people into a group, and prints the link by which the first of them signs in.
const { values } = parseArgs({
  options: { group: { type: 'string' }, names: { type: 'string' }, role: { type: 'string', default: 'member' } },
})
const { group: group_id = '', names = '', role } = values

await withInstance(async (instance) => {
  const owner = await ensureOwner(instance)
  const actor = { actor_id: owner.principal_id, key_id: null, session_id: null, via: 'cli' } as const
  const made: { principal_id: string; email: string; name: string }[] = []
  for (const name of names.split(',')) {
    const email = `${crypto.randomUUID().slice(0, 8)}@people.example`
    const principal_id = await registerPerson(instance, { name, email, instance_owner: false })
    await execute(instance, addMember, { input: { group_id, principal_id, role: role === 'admin' ? 'admin' : 'member' }, actor })
    made.push({ principal_id, email, name })
  }
  const [first] = made
  if (!first) throw new Error('nobody was named')
  const { makeSignInLink } = await getAuth(instance)
  console.log(await makeSignInLink(first.email))
})
