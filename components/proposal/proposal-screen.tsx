import Link from 'next/link'
import { shown } from '@/lib/domain/bidi'
import type { Group } from '@/lib/domain/schemas/group'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { PageTitle } from '../ui/page-title'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { BallotForm } from './ballot-form'
import { Ballots, EarlierRounds, NotVoted } from './ballots'
import { Finalize } from './finalize'
import type { Gated } from './gated'
import { GatedContent } from './gated-content'
import { NextStep } from './next-step'
import { NoBallot } from './no-ballot'
import { OptionTally } from './option-tally'
import { StandingLabel } from './standing'
import { StartRound } from './start-round'
import { TallyBar } from './tally-bar'
import { isGate, outcomeNow, TYPE_WORDS, thresholdWords } from './words'

type ProposalScreenProps = {
  proposal: Proposal
  group: Group
  /** The id of the person who looks at it. */
  you: string
  /** What the vote gates, if it gates something. */
  gated: Gated | null
}

/** A vote as a page of its own: what is asked and what that rests on, then the ballot, and beside it how the vote stands. */
export function ProposalScreen({ proposal, group, you, gated }: ProposalScreenProps) {
  const { title, proposer_name, created_at, voting_type, description, round, status, decided } = proposal
  const member = group.role !== null
  const gate = isGate(proposal)
  return (
    <>
      <header className="grid gap-1 px-5 pt-3.5">
        <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
          <PageTitle className="wrap-anywhere">
            <Written text={title} />
          </PageTitle>
          <StandingLabel proposal={proposal} />
        </div>
        <p className="text-muted wrap-anywhere">
          <Link href={`/proposals?group=${group.slug}`} className="rounded hover:text-text hover:underline">
            <Written text={group.name} />
          </Link>
          {' · '}
          {TYPE_WORDS[voting_type]} · {thresholdWords(proposal)}
          {gate && ` · Round ${round}`} · asked for by <Written text={proposer_name} /> <Time at={created_at} />
        </p>
      </header>
      <div className="grid max-w-[1180px] grid-cols-[minmax(0,1fr)] items-start gap-x-8 gap-y-6 px-5 pt-4.5 pb-12 lg:grid-cols-[minmax(0,1fr)_380px]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          {gated && <GatedContent proposal={proposal} gated={gated} />}
          {!gate && description !== '' && (
            <p dir="auto" className="max-w-[80ch] whitespace-pre-line wrap-anywhere">
              {shown(description)}
            </p>
          )}
          <section aria-label="Your vote" className="rounded-lg border border-line bg-panel p-4">
            <NoBallot proposal={proposal} group={group} you={you} />
            <BallotForm proposal={proposal} />
          </section>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <section aria-labelledby="standing" className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <h2 id="standing" className="text-[15px] leading-6 font-semibold">
              {status === 'finalized' ? 'Outcome' : 'What happens next'}
            </h2>
            {voting_type === 'yes_no' ? <TallyBar proposal={proposal} /> : <OptionTally proposal={proposal} />}
            <NextStep proposal={proposal} />
            {member && (
              <>
                <Finalize
                  proposal_id={proposal.proposal_id}
                  offered={status === 'open' && (!gate || decided !== null)}
                  outcome={outcomeNow(proposal)}
                  missing={proposal.voting_open ? proposal.not_voted.length : 0}
                  gate={gate}
                />
                {gate && <StartRound proposal={proposal} />}
              </>
            )}
          </section>
          <Ballots proposal={proposal} />
          <NotVoted proposal={proposal} />
          <EarlierRounds proposal={proposal} />
        </div>
      </div>
    </>
  )
}
