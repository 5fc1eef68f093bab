'use client'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import type { Checkpoint } from '@/lib/client/graph'
import { StandingLabel } from '../proposal/standing'
import { useFreshVote } from './use-vote'

// A chunk of its own, because most checkpoints need no vote.
const VotePanel = dynamic(() =>
  import('./vote-panel').then(
    (module) => module.VotePanel,
    () => NotLoaded,
  ),
)

const STANDING = {
  open: 'It is open.',
  approved: 'It has passed.',
  rejected: 'It did not pass.',
} as const

/** The vote that a gated checkpoint needs before it may be completed. Asked for once the drawer is open; until then, its page has all of it. */
export function Gate({ checkpoint }: { checkpoint: Checkpoint }) {
  const { requires_proposal_id, proposal_status } = checkpoint
  const { data, error } = useFreshVote(checkpoint)
  if (!requires_proposal_id) return null
  return (
    <section aria-labelledby="vote" aria-busy={!data && !error} className="grid grid-cols-[minmax(0,1fr)] gap-3 px-5 py-4">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <h3 id="vote" className="text-xs font-semibold text-muted">
          Vote
        </h3>
        {data && <StandingLabel proposal={data} />}
        {data && data.round > 1 && <span className="text-xs text-muted">Round {data.round}</span>}
        <Link
          prefetch={false}
          href={`/proposals/${requires_proposal_id}`}
          className="ml-auto rounded text-xs font-medium text-accent hover:underline"
        >
          Page of the vote
        </Link>
      </div>
      {!data && proposal_status && <p>{STANDING[proposal_status]}</p>}
      {!data && error && <p className="text-muted">Its ballots could not be read. {error.message}</p>}
      {!data && !error && <Skeleton />}
      {data && <VotePanel proposal={data} checkpoint={checkpoint} />}
    </section>
  )
}

/** In the place of the ballots where their script could not be loaded, such as without a network. */
function NotLoaded() {
  return <p className="text-muted">Its ballots could not be shown, because the server cannot be reached.</p>
}

/** As high as the bar of the ballots and its words; seen only where the answer takes its time. */
function Skeleton() {
  return (
    <div aria-hidden="true" className="needs-js grid h-9 animate-[appear_0s_300ms_both] content-start gap-2">
      <i className="h-2 rounded-full bg-line" />
      <i className="h-2 w-40 rounded bg-line" />
    </div>
  )
}
