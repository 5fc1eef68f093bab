'use client'
import type { Checkpoint } from '@/lib/client/graph'
import { shown } from '@/lib/domain/bidi'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { usePlan } from '../plan/plan-context'
import { BallotForm } from '../proposal/ballot-form'
import { Finalize } from '../proposal/finalize'
import { NextStep } from '../proposal/next-step'
import { StartRound } from '../proposal/start-round'
import { TallyBar } from '../proposal/tally-bar'
import { outcomeNow } from '../proposal/words'
import { headingOfDrawer } from './landmarks'
import { OwnVote } from './own-vote'
import { Voters } from './voters'

/** How the vote on a checkpoint stands, the ballot of whoever may vote, and who has voted. */
export function VotePanel({ proposal, checkpoint }: { proposal: Proposal; checkpoint: Checkpoint }) {
  const { group } = usePlan().plan.graph
  const { proposal_id, status, decided, voting_open, not_voted, round_reason } = proposal
  const isPending = checkpoint.status !== 'completed'
  return (
    <>
      <TallyBar proposal={proposal} />
      {isPending && <NextStep proposal={proposal} />}
      {round_reason !== '' && (
        <p dir="auto" className="whitespace-pre-line wrap-anywhere text-muted">
          This round was begun because: {shown(round_reason)}
        </p>
      )}
      <div>
        {isPending && <OwnVote proposal={proposal} group={group} />}
        <BallotForm proposal={proposal} leadsTo={headingOfDrawer} />
      </div>
      {group.role !== null && (
        <>
          <Finalize
            proposal_id={proposal_id}
            offered={status === 'open' && decided !== null}
            outcome={outcomeNow(proposal)}
            missing={voting_open ? not_voted.length : 0}
            leadsTo={headingOfDrawer}
            gate
          />
          <StartRound proposal={proposal} leadsTo={headingOfDrawer} />
        </>
      )}
      <Voters proposal={proposal} />
    </>
  )
}
