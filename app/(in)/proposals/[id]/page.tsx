import type { Metadata } from 'next'
import { cache } from 'react'
import { gatedIn, titleOf } from '@/components/proposal/gated'
import { ProposalScreen } from '@/components/proposal/proposal-screen'
import { Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { getMilestoneGraph } from '@/lib/operations/graph'
import { getGroupOperation } from '@/lib/operations/groups'
import { getProposalOperation } from '@/lib/operations/proposals'
import { readPage, readPerson } from '@/lib/transport/page'

type Props = { params: Promise<{ id: string }> }

const readProposal = cache(async (proposal_id: string) => (await readPage(getProposalOperation, { proposal_id })).data)

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: titleOf(await readProposal((await params).id)) }
}

export default async function ProposalPage({ params }: Props) {
  const proposal = await readProposal((await params).id)
  const { group_id, linked_milestone_id: milestone_id } = proposal
  const [{ user_id }, { data: group }, graph] = await Promise.all([
    readPerson(),
    readPage(getGroupOperation, { group_id }),
    milestone_id === null ? null : readPage(getMilestoneGraph, { milestone_id }),
  ])
  return (
    <Page crumbs={[{ label: 'Votes', href: '/proposals' }, { label: proposal.title }]} group={group.slug}>
      <ProposalScreen proposal={proposal} group={group} you={user_id} gated={graph && gatedIn(graph.data, proposal)} />
      <RenewPage sent={{}} />
    </Page>
  )
}
