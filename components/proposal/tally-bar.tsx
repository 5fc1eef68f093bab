import clsx from 'clsx'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { Written } from '../ui/written'
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
            segmentsOf(proposal).map(({ choice, className, votes }) => (
              <i key={choice} className={className} style={{ width: `${(votes / whole) * 100}%` }} />
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

/** The option that was chosen, or the one that leads. In a ranked vote, the first choices are told as long as it is open. */
function Leader({ proposal: { tally, voting_type, status, result } }: { proposal: ProposalSummary }) {
  const most = Math.max(0, ...Object.values(tally))
  const leaders = Object.keys(tally).filter((choice) => tally[choice] === most)
  const [first = ''] = leaders
  if (most === 0) return 'No ballots'
  if (status === 'finalized') return result === null ? 'No option is ahead' : <Option text={result} />
  const choices = voting_type === 'ranked' ? (most === 1 ? ' first choice' : ' first choices') : ''
  if (leaders.length > 1) return `${leaders.length} options have ${most}${choices} each`
  return (
    <>
      <Option text={first} />: {most}
      {choices}
    </>
  )
}

const Option = ({ text }: { text: string }) => <Written text={text} className="font-medium text-text" />

type Segment = { choice: string; className: string; votes: number }

/** Yes grows from the one end and no from the other, so that only yes comes to the mark. */
function segmentsOf({ voting_type, tally }: ProposalSummary): Segment[] {
  if (voting_type === 'yes_no')
    return [
      { choice: 'yes', className: 'bg-done', votes: tally.yes ?? 0 },
      { choice: 'no', className: 'ml-auto bg-failed', votes: tally.no ?? 0 },
    ]
  return Object.entries(tally)
    .sort(([, a], [, b]) => b - a)
    .map(([choice, votes], at) => ({ choice, votes, className: at === 0 ? 'bg-vote' : 'bg-line-strong' }))
}
