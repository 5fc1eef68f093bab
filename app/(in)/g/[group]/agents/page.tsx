import type { Metadata } from 'next'
import type { HeldCheckpoint } from '@/components/agent/agent-item'
import { Agents } from '@/components/agent/agents'
import { GroupFrame } from '@/components/group/group-frame'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { listAgentProfiles } from '@/lib/operations/agents'
import { listMembers } from '@/lib/operations/members'
import { getMilestoneOperation } from '@/lib/operations/milestones'
import { readPage, readPerson } from '@/lib/transport/page'
import { readGroup } from '../read'

type Props = { params: Promise<{ group: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await readGroup((await params).group)
  return { title: `Agents of ${name}` }
}

export default async function AgentsPage({ params }: Props) {
  const group = await readGroup((await params).group)
  const { group_id } = group
  const [{ user_id }, { data }, { data: members }] = await Promise.all([
    readPerson(),
    readPage(listAgentProfiles, { group_id }),
    readPage(listMembers, { group_id }),
  ])
  const titles = await readTitles(data.agents.flatMap(({ held }) => held))
  const people = members.members.filter(({ member_type }) => member_type === 'user').map(({ user_id, name }) => ({ user_id, name }))
  return (
    <Page crumbs={[...crumbsOfGroup(group), { label: 'Agents' }]} group={group.slug}>
      <GroupFrame group={group} tab="agents">
        <Agents group={group} you={user_id} agents={data.agents} titles={titles} people={people} />
      </GroupFrame>
      <RenewPage sent={{}} />
    </Page>
  )
}

/** So many milestones are read to name what the agents hold in them. */
const MOST_NAMED = 20

/** The checkpoints of these references, by their reference. */
async function readTitles(references: readonly string[]): Promise<ReadonlyMap<string, HeldCheckpoint>> {
  const milestones = [...new Set(references.map((reference) => reference.slice(0, reference.lastIndexOf(':'))))].slice(0, MOST_NAMED)
  const read = await Promise.all(milestones.map((milestone_id) => readPage(getMilestoneOperation, { milestone_id })))
  return new Map(
    read.flatMap(({ data: { milestone_id, title, checkpoints } }) =>
      checkpoints.map(({ order, checkpoint_id, title: own }) => [
        `${milestone_id}:${order}`,
        { href: `/m/${milestone_id}?cp=${checkpoint_id}`, title: `${order} ${own}`, milestone: title },
      ]),
    ),
  )
}
