import clsx from 'clsx'
import { shown } from '@/lib/domain/bidi'
import type { Proposal, Vote } from '@/lib/domain/schemas/proposal'
import { Avatar, For } from '../ui/avatar'
import { Time } from '../ui/time'
import { Written } from '../ui/written'

/** So many are shown in the drawer; the page of the vote has all of them. */
const MOST_BALLOTS = 8
const MOST_NAMED = 6

/** Who has voted, the latest first, and who has not. */
export function Voters({ proposal: { votes, not_voted, status } }: { proposal: Proposal }) {
  const latest = votes.toReversed().slice(0, MOST_BALLOTS)
  const more = votes.length - latest.length
  return (
    <>
      {votes.length > 0 && (
        <ul aria-label="Ballots" className="grid gap-2">
          {latest.map((vote) => (
            <Ballot key={vote.voter_id} vote={vote} />
          ))}
          {more > 0 && (
            <li className="text-muted">{more === 1 ? '1 earlier ballot' : `${more} earlier ballots`} on the page of the vote.</li>
          )}
        </ul>
      )}
      {not_voted.length > 0 && (
        <p className="text-xs text-muted wrap-anywhere">
          {status === 'open' ? 'Not voted yet' : 'Did not vote'}:{' '}
          {not_voted.slice(0, MOST_NAMED).map(({ voter_id, name, voter_type }, at) => (
            <span key={voter_id}>
              {at > 0 && ', '}
              <Written text={name} />
              {voter_type === 'agent_profile' && ' (agent)'}
            </span>
          ))}
          {not_voted.length > MOST_NAMED && ` and ${not_voted.length - MOST_NAMED} more`}
        </p>
      )}
    </>
  )
}

function Ballot({ vote: { voter_name, voter_type, voter_for_name, vote, comment, counts, voted_at } }: { vote: Vote }) {
  const agent = voter_type === 'agent_profile'
  return (
    <li className="flex gap-2">
      <Avatar name={voter_name} agent={agent} size={18} />
      <div className="min-w-0 wrap-anywhere">
        <p>
          <Written text={voter_name} className="font-medium" />
          {agent && <span className="sr-only"> (agent)</span>}
          <For name={voter_for_name} within /> voted{' '}
          <b className={clsx('font-semibold', !counts ? 'text-muted line-through' : vote === 'yes' ? 'text-done' : 'text-failed')}>
            {vote}
          </b>
          <span className="text-muted">
            {!counts && ', which does not count'}
            {' · '}
            <Time at={voted_at} className="whitespace-nowrap" />
          </span>
        </p>
        {comment !== '' && (
          <p dir="auto" className="whitespace-pre-line text-muted">
            {shown(comment)}
          </p>
        )}
      </div>
    </li>
  )
}
