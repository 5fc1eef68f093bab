import { parseArgs } from 'node:util'
import type { Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { PERMISSION_NAMES } from '@/lib/domain/permission'
import { createAgentProfile, findAgent } from '@/lib/operations/agents'
import { dataOf, execute } from '@/lib/operations/execute'
import { createKey, createUserKey } from '@/lib/operations/keys'
import { ensureOwner } from '@/lib/operations/setup'
import { withInstance } from '../tools/instance'

const USAGE = '--name is required, and --agent needs --group. Usage: npm run -s key -- --name NAME [--group SLUG [--agent]]'

const options = () => {
  const { values } = parseArgs({
    options: { name: { type: 'string' }, group: { type: 'string' }, agent: { type: 'boolean', default: false } },
  })
  const { name, group = null, agent } = values
  if (!name || (agent && !group)) throw new Error(USAGE)
  return { name, group, agent }
}

const agentProfile = async (instance: Instance, actor: Actor, group_id: string, name: string): Promise<string> => {
  const { data: found } = await execute(instance, findAgent, { input: { group_id, name }, actor })
  const { id } = JSON.parse(found)
  if (id) return id
  const { data: made } = await execute(instance, createAgentProfile, { input: { group_id, name }, actor })
  return JSON.parse(made).agent_profile_id
}

await withInstance(async (instance) => {
  const { name, group: group_id, agent } = options()
  const owner = await ensureOwner(instance)
  const actor: Actor = { actor_id: owner.principal_id, key_id: null, session_id: null, via: 'cli' }
  const agent_profile_id = agent && group_id ? await agentProfile(instance, actor, group_id, name) : null
  // Whoever may run this command may do everything, and so may their own keys.
  const permissions = agent ? {} : Object.fromEntries(PERMISSION_NAMES.map((permission) => [permission, true]))
  const made = group_id
    ? await execute(instance, createKey, { input: { group_id, agent_profile_id, name, permissions }, actor })
    : await execute(instance, createUserKey, { input: { name, permissions }, actor })
  console.log(dataOf(createUserKey, made).secret)
})
