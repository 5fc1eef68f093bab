import type { Checkpoint } from '@/lib/client/graph'
import { CopyBlock } from '../ui/copy'

const STANDING = {
  open: 'The vote is open. The members of the group decide, but not whoever completes the checkpoint.',
  approved: 'The vote has passed.',
  rejected: 'The vote did not pass. Changing the title, the description or the dependencies begins a new round.',
} as const

/** The vote that a gated checkpoint needs before it may be completed. */
export function Gate({ checkpoint }: { checkpoint: Checkpoint }) {
  const { proposal_status, requires_proposal_id, status } = checkpoint
  if (status === 'completed') return null
  return (
    <section className="grid gap-2 px-5 py-4">
      <h3 className="text-xs font-semibold text-muted">Needs a vote</h3>
      <p>{proposal_status ? STANDING[proposal_status] : 'No vote is open yet.'}</p>
      {requires_proposal_id && proposal_status === 'open' && (
        <CopyBlock label="Copy the vote call" text={`cast_vote(proposal_id="${requires_proposal_id}", vote="yes" or "no")`} />
      )}
    </section>
  )
}
