import type { Metadata } from 'next'
import { GroupFrame } from '@/components/group/group-frame'
import { Keys, NoKeys } from '@/components/key/keys'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { listAgentProfiles } from '@/lib/operations/agents'
import { listKeys } from '@/lib/operations/keys'
import { listMilestones } from '@/lib/operations/milestones'
import { readPage, readPerson } from '@/lib/transport/page'
import { readGroup } from '../read'

type Props = { params: Promise<{ group: string }>; searchParams: Promise<{ after?: string | string[] }> }

const MOST = 100

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await readGroup((await params).group)
  return { title: `Keys of ${name}` }
}

export default async function KeysPage({ params, searchParams }: Props) {
  const [group, { after }] = [await readGroup((await params).group), await searchParams]
  const { group_id, role } = group
  const managed = role === 'owner' || role === 'admin'
  const cursor = typeof after === 'string' ? { cursor: after } : {}
  const [person, { data: listed }, { data: active }, { data: all }, agents] = await Promise.all([
    readPerson(),
    readPage(listKeys, { group_id, limit: MOST, ...cursor }),
    readPage(listMilestones, { group_id, status: 'active', limit: MOST }),
    readPage(listMilestones, { group_id, limit: MOST }),
    managed ? readPage(listAgentProfiles, { group_id }) : null,
  ])
  return (
    <Page crumbs={[...crumbsOfGroup(group), { label: 'Keys' }]} group={group.slug}>
      <GroupFrame group={group} tab="keys">
        {role === null ? (
          <NoKeys />
        ) : (
          <Keys
            group={group}
            person={person}
            agents={agents?.data.agents ?? null}
            keys={listed.keys}
            next={listed.next_cursor}
            milestones={active.milestones}
            hasMore={active.next_cursor !== null}
            titles={new Map([...active.milestones, ...all.milestones].map(({ milestone_id, title }) => [milestone_id, title]))}
          />
        )}
      </GroupFrame>
      <RenewPage sent={{}} />
    </Page>
  )
}
