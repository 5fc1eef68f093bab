import type { UsedAgentProfile } from '@/lib/domain/schemas/agent'
import type { Group } from '@/lib/domain/schemas/group'
import { Section } from '../ui/section'
import { AgentItem, type HeldCheckpoint, type Person } from './agent-item'
import { NewAgent } from './new-agent'

type AgentsProps = {
  group: Group
  you: string
  agents: readonly UsedAgentProfile[]
  people: readonly Person[]
  titles: ReadonlyMap<string, HeldCheckpoint>
}

/** The agents of a group, each with who answers for it and what it does now. */
export function Agents({ group, you, agents, people, titles }: AgentsProps) {
  const managed = group.role === 'owner' || group.role === 'admin'
  return (
    <Section
      title={agents.length === 0 ? 'Agents' : agents.length === 1 ? 'One agent' : `${agents.length} agents`}
      hint={
        managed
          ? 'An agent is an identity with keys of its own. One person answers for it, in whose name it acts.'
          : 'An agent is an identity with keys of its own. An admin of the group creates agents; you can edit and suspend those for which you answer.'
      }
    >
      {managed && <NewAgent group_id={group.group_id} open={agents.length === 0} />}
      {agents.length > 0 ? (
        <ul className="divide-y divide-line rounded-lg border border-line bg-panel">
          {agents.map((agent) => (
            <AgentItem
              key={agent.agent_profile_id}
              agent={agent}
              titles={titles}
              people={managed ? people : null}
              yours={group.role !== null && agent.accountable_id === you}
              slug={group.slug}
            />
          ))}
        </ul>
      ) : (
        <p className="rounded-lg border border-line bg-panel px-4 py-6 text-muted">
          This group has no agents yet. A key for an agent lets it work under its own name, with a vote of its own.
        </p>
      )}
    </Section>
  )
}
