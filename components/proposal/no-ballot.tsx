import type { Group } from '@/lib/domain/schemas/group'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { ballotWords, isGate, outcomeNow } from './words'

type NoBallotProps = { proposal: Proposal; group: Group; you: string }

/** What somebody has voted, or why they cannot vote; nothing for whoever can. */
export function NoBallot({ proposal, group, you }: NoBallotProps) {
  if (proposal.you_may_vote) return null
  return (
    <div className="grid gap-1 wrap-anywhere">
      {proposal.status === 'finalized' && <p className="text-[15px] font-semibold">{outcomeNow(proposal)}</p>}
      <Own proposal={proposal} group={group} you={you} />
    </div>
  )
}

function Own({ proposal, group, you }: NoBallotProps) {
  const { your_vote, votes } = proposal
  if (your_vote !== null) {
    const own = votes.find(({ voter_id }) => voter_id === you)
    return (
      <p>
        You have voted: <Written text={ballotWords(proposal, your_vote)} className="font-medium" />
        {own && (
          <>
            {', '}
            <Time at={own.voted_at} className="text-muted" />
          </>
        )}
        . {own?.counts === false && 'Your ballot does not count now.'}
      </p>
    )
  }
  return <p className="text-muted">{whyNot(proposal, group, you)}</p>
}

function whyNot(proposal: Proposal, group: Group, you: string): string {
  if (proposal.status === 'finalized') return 'You did not vote.'
  if (!proposal.voting_open) return 'Voting has closed. You did not vote.'
  if (group.role === null) return 'You are not a member of the group, so you cannot vote.'
  if (!isGate(proposal)) return 'You cannot vote on it.'
  if (proposal.proposer_id === you)
    return 'You cannot vote on it: you asked for this vote, and in this group nobody approves what is their own.'
  return 'You are not among those who vote on it: in this group nobody approves what is their own, and you completed the checkpoint or failed at it last.'
}
