'use client'
import type { Checkpoint } from '@/lib/client/graph'
import { Caution } from '../status/caution'
import { useVote } from './use-vote'

/** What a change of a gated checkpoint comes to for its vote, before it is saved. */
export function NewRoundNotice({ checkpoint }: { checkpoint: Checkpoint }) {
  const { data } = useVote(checkpoint)
  const lost = lossWords(checkpoint.proposal_status, data?.votes.length ?? null)
  if (lost === null) return null
  return (
    <Caution>
      <p>A change of the title, the description or what it waits for begins a new round of the vote. {lost}</p>
    </Caution>
  )
}

/** @param ballots how many the present round has, or null as long as that is not known */
function lossWords(status: Checkpoint['proposal_status'], ballots: number | null): string | null {
  if (status === 'approved') return 'It has passed, and would have to pass again.'
  if (status === 'rejected') return 'It did not pass, and everybody could vote again.'
  if (ballots === 0) return null
  if (ballots === null) return 'Ballots that were cast so far would no longer count.'
  return ballots === 1 ? 'The ballot that was cast would no longer count.' : `The ${ballots} ballots that were cast would no longer count.`
}
