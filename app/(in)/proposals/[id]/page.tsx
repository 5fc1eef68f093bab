import type { Metadata } from 'next'
import { cache } from 'react'
import { ProposalScreen } from '@/components/proposal/proposal-screen'
import { Page } from '@/components/shell/page'
import { RenewPage } from '@/components/shell/renew-page'
import { readPlan } from '@/lib/client/plan'
import { isolated } from '@/lib/domain/bidi'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { getMilestoneGraph } from '@/lib/operations/graph'
import { getGroupOperation } from '@/lib/operations/groups'
import { getProposalOperation } from '@/lib/operations/proposals'
import { readPage, readPerson } from '@/lib/transport/page'

type Props = { params: Promise<{ id: string }> }

const readProposal = cache(async (proposal_id: string) => (await readPage(getProposalOperation, { proposal_id })).data)

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { title } = await readProposal((await params).id)
  return { title: `Vote: ${isolated(title)}` }
}

/** The checkpoint that a vote gates, with what it depends on. */
async function readGated({ linked_milestone_id, linked_checkpoint_id }: Proposal) {
  if (linked_milestone_id === null || linked_checkpoint_id === null) return null
  const { nodes } = readPlan((await readPage(getMilestoneGraph, { milestone_id: linked_milestone_id })).data)
  const node = nodes.get(linked_checkpoint_id)
  if (!node?.checkpoint) return null
  const dependencies = node.waits_for.flatMap((id) => nodes.get(id) ?? [])
  return { checkpoint: node.checkpoint, milestone: { milestone_id: linked_milestone_id, title: node.milestone_title }, dependencies }
}

export default async function ProposalPage({ params }: Props) {
  const proposal = await readProposal((await params).id)
  const [{ user_id }, { data: group }, gated] = await Promise.all([
    readPerson(),
    readPage(getGroupOperation, { group_id: proposal.group_id }),
    readGated(proposal),
  ])
  return (
    <Page crumbs={[{ label: 'Votes', href: '/proposals' }, { label: proposal.title }]} group={group.slug}>
      <ProposalScreen proposal={proposal} group={group} you={user_id} gated={gated} />
      <RenewPage sent={{}} />
    </Page>
  )
}
