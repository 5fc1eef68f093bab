import type { AgentProfile, UsedAgentProfile } from '../schemas/agent'
import { titled } from './checkpoint'
import { counted, lines, quote, second, words } from './quote'

const agentLine = ({ agent_profile_id, name, status, accountable_name }: AgentProfile): string =>
  words(agent_profile_id, titled(name), status !== 'active' && status, `for ${titled(accountable_name)}`)

export const agentText = (agent: AgentProfile): string =>
  lines(agentLine(agent), agent.description !== '' && `description ${quote(agent.description)}`)

const usedLine = (agent: UsedAgentProfile): string =>
  words(
    agentLine(agent),
    counted(agent.key_count, 'key'),
    agent.held.length > 0 && `holds ${agent.held.join(',')}`,
    agent.last_used_at === null ? 'never used' : `last used ${second(agent.last_used_at)}`,
    agent.last_client !== null && `by ${quote(agent.last_client)}`,
  )

export const agentsText = ({ agents }: { agents: UsedAgentProfile[] }): string =>
  lines(agents.length === 0 && 'no agent profiles', agents.map(usedLine))
