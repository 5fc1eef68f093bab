import type { Metadata } from 'next'
import { expiriesFrom } from '@/components/key/expiries'
import { Connect } from '@/components/settings/connect'
import { NoGroup, NotAMember } from '@/components/settings/no-group'
import { Page } from '@/components/shell/page'
import { PageTitle } from '@/components/ui/page-title'
import { getInstance } from '@/db/instance'
import { listGroups } from '@/lib/operations/groups'
import { listKeys } from '@/lib/operations/keys'
import { listMembers } from '@/lib/operations/members'
import { listProjects } from '@/lib/operations/projects'
import { readPage, readPerson } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Connect an agent' }

type GroupHere = { group_id: string; slug: string; name: string; role: string | null }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function ConnectPage({ searchParams }: Props) {
  const { group: slug, key } = await searchParams
  const { data } = await readPage(listGroups, {})
  const groups = data.groups.filter(({ role }) => role !== null).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const group = typeof slug === 'string' ? groups.find((candidate) => candidate.slug === slug) : groups[0]
  return (
    <Page crumbs={[{ label: 'Connect an agent' }]} group={null}>
      <div className="grid max-w-[1240px] grid-cols-[minmax(0,1fr)] gap-5 px-5 pt-4.5 pb-10">
        <div className="grid gap-1.5">
          <PageTitle>Connect an agent</PageTitle>
          <p className="max-w-[68ch] text-muted">
            Create a key, give it to your client, and see its first call arrive here. It takes a minute.
          </p>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)]">
          {group && <ConnectTo group={group} groups={groups} chosen={typeof key === 'string' ? key : null} />}
          {!group && groups.length > 0 && <NotAMember groups={groups} />}
          {!group && groups.length === 0 && <NoGroup />}
        </div>
      </div>
    </Page>
  )
}

async function ConnectTo({ group, groups, chosen }: { group: GroupHere; groups: readonly GroupHere[]; chosen: string | null }) {
  const { group_id, slug, role } = group
  const [person, { data: listed }, { data: members }, { data: projects }] = await Promise.all([
    readPerson(),
    readPage(listKeys, { group_id, limit: 100 }),
    readPage(listMembers, { group_id }),
    readPage(listProjects, { group_id, status: 'active', limit: 12 }),
  ])
  const agents = members.members
    .filter(({ member_type }) => member_type === 'agent_profile')
    .map(({ user_id, name }) => ({ user_id, name }))
  return (
    <Connect
      key={group_id}
      origin={getInstance().origin}
      person={person.name}
      groups={groups.map(({ slug, name }) => ({ slug, name }))}
      group={{ group_id, slug }}
      agents={role === 'member' ? null : agents}
      projects={projects.projects.map(({ project_id, title }) => ({ project_id, title }))}
      expiries={expiriesFrom(Date.now())}
      keys={listed.keys}
      chosen={listed.keys.find(({ key_id }) => key_id === chosen) ?? null}
    />
  )
}
