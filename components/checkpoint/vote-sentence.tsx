'use client'
import type { Checkpoint } from '@/lib/client/graph'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { useVote } from './use-vote'

/** That a checkpoint waits for the vote of its group, and what would decide it. */
export function VoteSentence({ checkpoint }: { checkpoint: Checkpoint }) {
  const { data } = useVote(checkpoint)
  if (checkpoint.proposal_status === 'rejected') {
    return (
      <p>
        <b className="font-semibold">The group's vote did not pass.</b> Everything it depends on is done.
      </p>
    )
  }
  return (
    <p>
      <b className="font-semibold">Waits for the group's vote</b>
      {data?.status === 'open' ? `: ${missingWords(data)}.` : '.'} Everything it depends on is done.
    </p>
  )
}

function missingWords({ decided, votes_needed, tally, voting_open }: ProposalSummary): string {
  if (decided === 'approved') return 'it is decided, and somebody has to finalize it'
  if (decided === 'rejected') return 'it cannot pass any more'
  if (votes_needed === null) return 'nobody may vote on it'
  if (!voting_open) return 'voting has closed'
  const missing = votes_needed - (tally.yes ?? 0)
  return missing === 1 ? '1 more yes decides it' : `${missing} more yes decide it`
}
