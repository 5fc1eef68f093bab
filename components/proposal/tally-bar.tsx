import clsx from 'clsx'
import { shown } from '@/lib/domain/bidi'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { isGate } from './words'

/** Of the whole bar, where the threshold is. A quorum asks for a majority too. */
const MARKS = { majority: 1 / 2, two_thirds: 2 / 3, unanimous: 1, quorum: 1 / 2 } as const

/**
 * How the ballots stand, as a bar with a mark where the threshold is, and in words. The bar of a gate is as long as its electorate, because who does not vote
 * counts against it; every other bar is as long as there are ballots.
 */
export function TallyBar({ proposal, className }: { proposal: ProposalSummary; className?: string }) {
  const { tally, electorate, vote_count, votes_needed, threshold_type } = proposal
  const gate = isGate(proposal)
  const whole = gate ? electorate : vote_count
  const mark = gate ? (votes_needed ?? 0) / Math.max(1, electorate) : MARKS[threshold_type]
  return (
    <div className={clsx('grid min-w-0 gap-1.5', className)}>
      <div aria-hidden="true" className="relative">
        <div className="flex h-2 gap-px overflow-hidden rounded-full bg-line">
          {whole > 0 &&
            segmentsOf(proposal).map(({ choice, fill, votes }) => (
              <i key={choice} className={fill} style={{ width: `${(votes / whole) * 100}%` }} />
            ))}
        </div>
        <i className="absolute -inset-y-[3px] w-0.5 -translate-x-full rounded-full bg-text" style={{ left: `${mark * 100}%` }} />
      </div>
      <p className="text-xs text-muted tabular-nums wrap-anywhere">
        {proposal.voting_type === 'yes_no' ? (
          <>
            <span className="font-medium text-text">{tally.yes ?? 0} yes</span>, {tally.no ?? 0} no
          </>
        ) : (
          <Leader proposal={proposal} />
        )}
        {gate ? ` · ${votes_needed ?? 0} yes of ${electorate} needed` : ` · ${vote_count} of ${electorate} voted`}
      </p>
    </div>
  )
}

/** The options that have the most ballots, and how many. In a ranked vote, these are the first choices. */
function Leader({ proposal: { tally, voting_type } }: { proposal: ProposalSummary }) {
  const most = Math.max(0, ...Object.values(tally))
  if (most === 0) return 'No ballots'
  const leaders = Object.keys(tally).filter((choice) => tally[choice] === most)
  const [first = ''] = leaders
  return (
    <span className="font-medium text-text">
      {leaders.length === 1 ? <bdi>{shown(first)}</bdi> : `${leaders.length} options`} {most}
      {voting_type === 'ranked' && ' first'}
    </span>
  )
}

type Segment = { choice: string; fill: string; votes: number }

function segmentsOf({ voting_type, tally }: ProposalSummary): Segment[] {
  if (voting_type === 'yes_no')
    return [
      { choice: 'yes', fill: 'bg-done', votes: tally.yes ?? 0 },
      { choice: 'no', fill: 'bg-failed', votes: tally.no ?? 0 },
    ]
  return Object.entries(tally)
    .sort(([, a], [, b]) => b - a)
    .map(([choice, votes], at) => ({ choice, votes, fill: at === 0 ? 'bg-vote' : 'bg-line-strong' }))
}
