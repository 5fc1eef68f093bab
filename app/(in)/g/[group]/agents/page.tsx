import type { Metadata } from 'next'
import { Agents } from '@/components/agent/agents'
import { GroupFrame } from '@/components/group/group-frame'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { listAgentProfiles } from '@/lib/operations/agents'
import { listMembers } from '@/lib/operations/members'
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
  const people = members.members.filter(({ member_type }) => member_type === 'user').map(({ user_id, name }) => ({ user_id, name }))
  return (
    <Page crumbs={[...crumbsOfGroup(group), { label: 'Agents' }]} group={group.slug}>
      <GroupFrame group={group} tab="agents">
        <Agents group={group} you={user_id} agents={data.agents} people={people} />
      </GroupFrame>
      <RenewPage sent={{}} />
    </Page>
  )
}
