import type { Proposal } from '@/lib/domain/schemas/proposal'
import { Time, TimeLeft } from '../ui/time'
import { Written } from '../ui/written'
import { ballotWords, isGate, nextWords } from './words'

/** What has to happen, or has happened, and until when. */
export function NextStep({ proposal }: { proposal: Proposal }) {
  const { status, deadline, finalized_at, sealed_by_name, result, voting_type, voting_open, decided } = proposal
  return (
    <div className="grid gap-1 wrap-anywhere">
      {status === 'finalized' && (
        <p>
          {sealed_by_name === null ? 'Its deadline closed it' : 'Finalized'} {finalized_at && <Time at={finalized_at} />}
          {sealed_by_name !== null && (
            <>
              {' '}
              by <Written text={sealed_by_name} />
            </>
          )}
          {voting_type !== 'yes_no' && (
            <>, with {result === null ? 'no option ahead' : <Written text={ballotWords(proposal, result)} className="font-medium" />}</>
          )}
          .
        </p>
      )}
      <p className="text-muted">{nextWords(proposal)}</p>
      {status === 'open' && deadline !== null && voting_open && (
        <p className="text-muted">
          <TimeLeft until={deadline} className="font-medium text-text" />
          {isGate(proposal) && decided === null ? ': if it is not decided by then, it is rejected.' : ' to vote.'}
        </p>
      )}
    </div>
  )
}
