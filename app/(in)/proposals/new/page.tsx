import type { Metadata } from 'next'
import { NoGroup } from '@/components/proposal/no-group'
import { ProposalForm } from '@/components/proposal/proposal-form'
import { Page } from '@/components/shell/page'
import { PageTitle } from '@/components/ui/page-title'
import { listGroups } from '@/lib/operations/groups'
import { readPage } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Ask for a vote' }

type Props = { searchParams: Promise<{ group?: string | string[] }> }

export default async function NewProposalPage({ searchParams }: Props) {
  const [{ group: wanted }, { data }] = [await searchParams, await readPage(listGroups, {})]
  const groups = data.groups.flatMap(({ group_id, slug, name, role }) => (role === null ? [] : [{ group_id, slug, name }]))
  const group = groups.find(({ slug }) => slug === wanted) ?? null
  return (
    <Page crumbs={[{ label: 'Votes', href: '/proposals' }, { label: 'Ask for a vote' }]} group={group?.slug ?? null}>
      <header className="flex min-h-11.5 items-center px-5 pt-3.5">
        <PageTitle>Ask for a vote</PageTitle>
      </header>
      {groups.length > 0 ? (
        <ProposalForm groups={groups} group={group} cancel={group ? `/proposals?group=${group.slug}` : '/proposals'} />
      ) : (
        <NoGroup />
      )}
    </Page>
  )
}
