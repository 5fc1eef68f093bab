import { isolated } from '@/lib/domain/bidi'
import type { Group } from '@/lib/domain/schemas/group'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'

/** What somebody has voted on a checkpoint, or why they cannot vote; nothing for whoever can. */
export function OwnVote({ proposal, group }: { proposal: ProposalSummary; group: Pick<Group, 'name' | 'role'> }) {
  const { you_may_vote, your_vote } = proposal
  if (you_may_vote) return null
  if (your_vote === null) return <p className="text-muted wrap-anywhere">{whyNot(proposal, group)}</p>
  return (
    <p>
      You have voted: <b className="font-semibold">{your_vote}</b>.
    </p>
  )
}

function whyNot({ status, voting_open }: ProposalSummary, { name, role }: Pick<Group, 'name' | 'role'>): string {
  if (role === null) return `Only members of ${isolated(name)} can vote on it.`
  if (status === 'finalized' || !voting_open) return 'You did not vote.'
  return 'You are not among those who vote on it: you asked for the vote, or completed the checkpoint or failed at it last. Others have to vote.'
}
