import Link from 'next/link'
import type { AgentProfile } from '@/lib/domain/schemas/agent'
import type { Group } from '@/lib/domain/schemas/group'
import type { UsedKey } from '@/lib/domain/schemas/key'
import { Section } from '../ui/section'
import { KeyRow } from './key-row'
import { NewGroupKey } from './new-group-key'

type KeysProps = {
  group: Group
  person: { user_id: string; name: string }
  /** Null for somebody who is no admin of the group. */
  agents: readonly AgentProfile[] | null
  keys: readonly UsedKey[]
  next: string | null
  /** The newest in which a key can work, and whether there are more. */
  milestones: readonly MilestoneChoice[]
  hasMore: boolean
  titles: ReadonlyMap<string, string>
}

export type MilestoneChoice = { milestone_id: string; title: string }

/** The keys that work in a group, as far as the person may see them. */
export function Keys({ group, person, agents, keys, next, milestones, hasMore, titles }: KeysProps) {
  return (
    <Section
      title="Keys of this group"
      hint={
        agents
          ? 'Your own keys and those of the agents. Other people see and manage their own.'
          : 'Your own keys. Those of agents are managed by the admins of the group.'
      }
    >
      <NewGroupKey
        group_id={group.group_id}
        person={person.name}
        agents={agents?.map(({ agent_profile_id, name }) => ({ agent_profile_id, name })) ?? null}
        milestones={milestones.map(({ milestone_id, title }) => ({ milestone_id, title }))}
        hasMore={hasMore}
      />
      {keys.length > 0 ? (
        <ul className="divide-y divide-line rounded-lg border border-line bg-panel">
          {keys.map((key) => (
            <KeyRow
              key={key.key_id}
              made={key}
              you={person.user_id}
              person={agents?.find(({ agent_profile_id }) => agent_profile_id === key.owner_id)?.accountable_name ?? null}
              milestone={key.milestone_id && (titles.get(key.milestone_id) ?? null)}
            />
          ))}
        </ul>
      ) : (
        <p className="rounded-lg border border-line bg-panel px-4 py-6 text-muted">
          There are no keys yet. With a key, an agent or a program works in this group; nobody else can see its secret, not even an admin.
        </p>
      )}
      {next !== null && (
        <p>
          <Link href={`/g/${group.slug}/keys?after=${encodeURIComponent(next)}`} className="font-medium text-accent underline">
            Older keys
          </Link>
        </p>
      )}
    </Section>
  )
}

/** For somebody who may read the group and is no member of it. */
export function NoKeys() {
  return (
    <Section title="You are not a member of this group">
      <p className="max-w-[68ch] text-muted">
        Only its members can have keys for a group. Its page of members says which admins can invite you.
      </p>
    </Section>
  )
}
