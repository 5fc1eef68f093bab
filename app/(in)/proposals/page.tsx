import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { type Listed, ProposalList } from '@/components/proposal/proposal-list'
import { Page } from '@/components/shell/page'
import { listGroups } from '@/lib/operations/groups'
import { listOwnProposals, listProposals } from '@/lib/operations/proposals'
import { readPage } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Votes' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const MOST_OPEN = 100
const PAGE = 30
const NONE: Listed = { proposals: [], next_cursor: null }

export default async function ProposalsPage({ searchParams }: Props) {
  const { group: wanted, before, open: openBefore } = await searchParams
  const { data } = await readPage(listGroups, {})
  const slug = typeof wanted === 'string' && wanted !== '' ? wanted : null
  const group = slug === null ? null : data.groups.find((known) => known.slug === slug)
  if (group === undefined) notFound()
  const further = typeof openBefore === 'string' ? 'open' : typeof before === 'string' ? 'finalized' : null
  const list = async (status: 'open' | 'finalized', limit: number, cursor: unknown): Promise<Listed> => {
    if (further !== null && further !== status) return NONE
    const page = { status, limit, ...(typeof cursor === 'string' && { cursor }) }
    const read = group ? readPage(listProposals, { group_id: group.group_id, ...page }) : readPage(listOwnProposals, page)
    return (await read).data
  }
  const [waiting, open, finalized] = await Promise.all([
    further !== null || group
      ? NONE
      : readPage(listOwnProposals, { status: 'waiting', limit: MOST_OPEN }).then((read): Listed => read.data),
    list('open', MOST_OPEN, openBefore),
    list('finalized', PAGE, before),
  ])
  const [own, others] = [open.proposals.filter(({ you_may_vote }) => you_may_vote), open.proposals.filter((one) => !one.you_may_vote)]
  const groups = data.groups.flatMap(({ group_id, slug, name, role }) => (role === null ? [] : [{ group_id, slug, name }]))
  return (
    <Page crumbs={[{ label: 'Votes' }]} group={slug}>
      <ProposalList
        groups={groups}
        group={slug}
        waiting={group && further === null ? { proposals: own, next_cursor: null } : waiting}
        open={{ ...open, proposals: further === null ? others : open.proposals }}
        finalized={finalized}
        further={further}
      />
    </Page>
  )
}
