import type { Principal } from '../entities'
import type * as Wire from '../schemas/agent'
import type { World } from '../world'
import { nameOfPrincipal } from './claim'

type Facts = Pick<
  Principal,
  'principal_id' | 'group_id' | 'name' | 'description' | 'accountable_id' | 'created_at' | 'suspended_at' | 'deleted_at'
>

const statusOf = ({ suspended_at, deleted_at }: Facts): Wire.AgentProfile['status'] => {
  if (deleted_at !== null) return 'deleted'
  return suspended_at === null ? 'active' : 'suspended'
}

const view = (agent: Facts, accountable_name: string): Wire.AgentProfile => ({
  agent_profile_id: agent.principal_id,
  group_id: agent.group_id ?? '',
  name: agent.name,
  description: agent.description,
  status: statusOf(agent),
  accountable_id: agent.accountable_id ?? '',
  accountable_name,
  created_at: agent.created_at,
  suspended_at: agent.suspended_at,
})

export const viewAgent = (world: World, principal_id: string): Wire.AgentProfile => {
  const agent = world.find('principal', principal_id)
  if (!agent) throw new Error(`the agent profile ${principal_id} is missing`)
  return view(agent, nameOfPrincipal(world, agent.accountable_id ?? ''))
}

type Row = { agent: Facts; accountable_name: string } & Pick<Wire.UsedAgentProfile, 'key_count' | 'held' | 'last_used_at' | 'last_client'>

export const viewAgentRow = ({ agent, accountable_name, key_count, held, last_used_at, last_client }: Row): Wire.UsedAgentProfile => ({
  ...view(agent, accountable_name),
  key_count,
  held,
  last_used_at,
  last_client,
})
