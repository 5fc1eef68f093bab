import type { Metadata } from 'next'
import { GateFacts } from '@/components/group/gate-facts'
import { GateSettings } from '@/components/group/gate-settings'
import { GroupFrame } from '@/components/group/group-frame'
import { GroupFacts, GroupSettings } from '@/components/group/group-settings'
import { crumbsOfGroup, Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { readGroup } from '../read'

type Props = { params: Promise<{ group: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await readGroup((await params).group)
  return { title: `Settings of ${name}` }
}

export default async function GroupSettingsPage({ params }: Props) {
  const group = await readGroup((await params).group)
  const { role } = group
  return (
    <Page crumbs={[...crumbsOfGroup(group), { label: 'Settings' }]} group={group.slug}>
      <GroupFrame group={group} tab="settings">
        {role === 'owner' || role === 'admin' ? (
          <>
            <GroupSettings group={group} />
            <GateSettings group={group} />
          </>
        ) : (
          <>
            <GroupFacts group={group} />
            <GateFacts group={group} />
          </>
        )}
      </GroupFrame>
      <RenewPage sent={{}} />
    </Page>
  )
}
