import * as z from 'zod'

export const AgentStatus = z.enum(['active', 'suspended', 'deleted'])

export const AgentProfile = z
  .object({
    agent_profile_id: z.string(),
    group_id: z.string(),
    name: z.string(),
    description: z.string(),
    status: AgentStatus,
    accountable_id: z.string().describe('id of the person who answers for it'),
    accountable_name: z.string(),
    created_at: z.string(),
    suspended_at: z.string().nullable(),
  })
  .meta({ id: 'AgentProfile' })

export const UsedAgentProfile = AgentProfile.extend({
  key_count: z.int().describe('the number of its keys that work, or would if it were not suspended'),
  held: z.array(z.string()).describe('the checkpoints that it holds claimed, as milestone_id:order'),
  last_used_at: z.string().nullable().describe('when one of its keys was last used; it may be a minute old'),
  last_client: z.string().nullable().describe('what the client called itself then'),
}).meta({ id: 'UsedAgentProfile' })

export type AgentProfile = z.infer<typeof AgentProfile>
export type UsedAgentProfile = z.infer<typeof UsedAgentProfile>
