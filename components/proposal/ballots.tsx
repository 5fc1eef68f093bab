import clsx from 'clsx'
import { shown } from '@/lib/domain/bidi'
import type { Proposal, Vote } from '@/lib/domain/schemas/proposal'
import { Avatar, For } from '../ui/avatar'
import { Disclosure } from '../ui/disclosure'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { ballotWords } from './words'

/** So many who have not voted are named at once. */
const MOST_NAMED = 12

const headingClass = 'text-[15px] leading-6 font-semibold'

/** Who has voted in the present round, and how. */
export function Ballots({ proposal }: { proposal: Proposal }) {
  const { votes } = proposal
  if (votes.length === 0) return null
  return (
    <section aria-labelledby="voted" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h2 id="voted" className={headingClass}>
        Voted <span className="font-normal text-muted tabular-nums">{votes.length}</span>
      </h2>
      <BallotList proposal={proposal} votes={votes} />
    </section>
  )
}

function BallotList({ proposal, votes }: { proposal: Proposal; votes: readonly Vote[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-panel">
      {votes.map((vote) => (
        <Ballot key={`${vote.round} ${vote.voter_id}`} proposal={proposal} vote={vote} />
      ))}
    </ul>
  )
}

function Ballot({ proposal, vote }: { proposal: Proposal; vote: Vote }) {
  const { voter_name, voter_type, voter_for_name, comment, voted_at, counts, round } = vote
  const agent = voter_type === 'agent_profile'
  return (
    <li className="grid grid-cols-[20px_minmax(0,1fr)] gap-x-2.5 px-3 py-2">
      <Avatar name={voter_name} agent={agent} size={20} />
      <div className="grid min-w-0 gap-0.5">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <span className="min-w-0 flex-1 wrap-anywhere">
            <Written text={voter_name} className="font-medium" />
            {agent && <span className="sr-only"> (agent)</span>}
            <span className="text-muted">
              <For name={voter_for_name} />
            </span>
          </span>
          <Time at={voted_at} className="flex-none text-xs text-muted" />
        </p>
        <p className="wrap-anywhere">
          <span className={clsx('font-medium', counts ? inkOf(proposal, vote) : 'text-muted line-through')}>
            <Written text={ballotWords(proposal, vote.vote)} />
          </span>
          {!counts && round === proposal.round && <span className="text-xs text-muted"> does not count: they left, or are suspended</span>}
        </p>
        {comment !== '' && (
          <p dir="auto" className="whitespace-pre-line text-muted wrap-anywhere">
            {shown(comment)}
          </p>
        )}
      </div>
    </li>
  )
}

const inkOf = ({ voting_type }: Proposal, { vote }: Vote) =>
  voting_type === 'yes_no' ? (vote === 'yes' ? 'text-done' : 'text-failed') : 'text-text'

/** Who may vote and has not, as long as they can. */
export function NotVoted({ proposal: { not_voted, status } }: { proposal: Proposal }) {
  if (not_voted.length === 0) return null
  const [first, rest] = [not_voted.slice(0, MOST_NAMED), not_voted.slice(MOST_NAMED)]
  return (
    <section aria-labelledby="not-voted" className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h2 id="not-voted" className={headingClass}>
        {status === 'open' ? 'Not voted yet' : 'Did not vote'}{' '}
        <span className="font-normal text-muted tabular-nums">{not_voted.length}</span>
      </h2>
      <Names voters={first} />
      {rest.length > 0 && (
        <Disclosure summary={rest.length === 1 ? '1 more' : `${rest.length} more`}>
          <Names voters={rest} />
        </Disclosure>
      )}
    </section>
  )
}

type Voter = Proposal['not_voted'][number]

const Names = ({ voters }: { voters: readonly Voter[] }) => (
  <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
    {voters.map(({ voter_id, name, voter_type }) => (
      <li key={voter_id} className="flex min-w-0 max-w-full items-center gap-1.5">
        <Avatar name={name} agent={voter_type === 'agent_profile'} size={18} />
        <Written text={name} className="truncate" />
        {voter_type === 'agent_profile' && <span className="sr-only"> (agent)</span>}
      </li>
    ))}
  </ul>
)

/** The ballots of rounds that are over, folded; the newest round first. */
export function EarlierRounds({ proposal }: { proposal: Proposal }) {
  const { earlier_votes } = proposal
  const rounds = [...new Set(earlier_votes.map(({ round }) => round))].toSorted((a, b) => b - a)
  if (rounds.length === 0) return null
  return (
    <section aria-labelledby="earlier" className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <h2 id="earlier" className={headingClass}>
        Earlier rounds
      </h2>
      <p className="text-xs text-muted">
        These ballots were for content that has changed since, or for a round that was rejected. They do not count.
      </p>
      {rounds.map((round) => {
        const votes = earlier_votes.filter((vote) => vote.round === round)
        return (
          <Disclosure key={round} summary={`Round ${round}: ${votes.length === 1 ? '1 ballot' : `${votes.length} ballots`}`}>
            <BallotList proposal={proposal} votes={votes} />
          </Disclosure>
        )
      })}
    </section>
  )
}
