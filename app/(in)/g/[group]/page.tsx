import type { Metadata } from 'next'
import { GroupFrame } from '@/components/group/group-frame'
import { Members } from '@/components/group/members'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { getInstance } from '@/db/instance'
import { listInvitations } from '@/lib/operations/invitations'
import { listMembers } from '@/lib/operations/members'
import { readPage, readPerson } from '@/lib/transport/page'
import { readGroup } from './read'

type Props = { params: Promise<{ group: string }>; searchParams: Promise<{ find?: string | string[] }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await readGroup((await params).group)
  return { title: `Members of ${name}` }
}

export default async function MembersPage({ params, searchParams }: Props) {
  const [group, { find }] = [await readGroup((await params).group), await searchParams]
  const { group_id, role } = group
  const managed = role === 'owner' || role === 'admin'
  const [{ user_id }, { data }, invited] = await Promise.all([
    readPerson(),
    readPage(listMembers, { group_id }),
    managed ? readPage(listInvitations, { group_id }) : null,
  ])
  return (
    <Page crumbs={[...crumbsOfGroup(group), { label: 'Members' }]} group={group.slug}>
      <GroupFrame group={group} tab="members">
        <Members
          group={group}
          you={user_id}
          people={data.members.filter(({ member_type }) => member_type === 'user')}
          invitations={invited?.data.invitations ?? null}
          mails={getInstance().sendMail !== null}
          wanted={typeof find === 'string' ? find : ''}
        />
      </GroupFrame>
      <RenewPage sent={{}} />
    </Page>
  )
}
