import Link from 'next/link'
import { shown } from '@/lib/domain/bidi'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { Time, TimeLeft } from '../ui/time'
import { Written } from '../ui/written'
import { GateLink } from './gate-link'
import { StandingLabel } from './standing'
import { TallyBar } from './tally-bar'
import { ballotWords, TYPE_WORDS, thresholdWords } from './words'

/** A vote in a list. `group` names its group where that does not go without saying. */
export function ProposalRow({ proposal, group }: { proposal: ProposalSummary; group: string | null }) {
  const { proposal_id, title, voting_type } = proposal
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-2 px-5 py-3 transition-colors duration-100 hover:bg-bg has-[a:focus-visible]:bg-bg md:grid-cols-[minmax(0,5fr)_minmax(200px,3fr)_136px]">
      <div className="grid min-w-0 content-start gap-0.5">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-0.5">
          <Link
            href={`/proposals/${proposal_id}`}
            title={shown(title)}
            className="min-w-0 text-[14px] leading-5 font-semibold wrap-anywhere after:absolute after:inset-0 hover:underline"
          >
            <Written text={title} className="line-clamp-2" />
          </Link>
          <StandingLabel proposal={proposal} />
        </div>
        <p className="text-muted wrap-anywhere">
          {TYPE_WORDS[voting_type]} · {thresholdWords(proposal)}
          {group !== null && (
            <>
              {' · '}
              <Written text={group} />
            </>
          )}
        </p>
        <GateLink proposal={proposal} className="text-muted" />
      </div>
      <TallyBar proposal={proposal} className="content-start md:pt-1.5" />
      <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-muted md:grid md:content-start md:justify-items-end md:text-right">
        <When proposal={proposal} />
        <Own proposal={proposal} />
      </p>
    </li>
  )
}

function When({ proposal: { status, finalized_at, deadline, voting_open } }: { proposal: ProposalSummary }) {
  if (status === 'finalized') return finalized_at && <Time at={finalized_at} />
  if (deadline === null) return 'no deadline'
  return voting_open ? <TimeLeft until={deadline} /> : 'voting has closed'
}

function Own({ proposal }: { proposal: ProposalSummary }) {
  const { your_vote, you_may_vote } = proposal
  if (your_vote !== null) {
    return (
      <span className="line-clamp-2 max-w-full wrap-anywhere">
        You: <Written text={ballotWords(proposal, your_vote)} className="font-medium text-text" />
      </span>
    )
  }
  return you_may_vote && <span className="font-medium text-vote">waits for your vote</span>
}
