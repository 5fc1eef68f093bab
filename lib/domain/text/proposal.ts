import { choicesOf, type Tally } from '../counting'
import type { Proposal, ProposalSummary, Vote, VotingType } from '../schemas/proposal'
import { titled } from './checkpoint'
import { counted, lines, listed, quote, second, words } from './quote'
import { next, nextPage, type Say } from './say'

const MOST_OF_A_DESCRIPTION = 600
const MOST_OF_A_COMMENT = 160
const MOST_VOTES = 30
const MOST_WAITING = 10

const outcomeOf = ({ status, threshold_met, decided, voting_open, linked_checkpoint_order }: ProposalSummary): string => {
  const isGate = linked_checkpoint_order !== null
  if (status === 'finalized' && threshold_met) return isGate ? 'approved' : 'passed'
  if (status === 'finalized') return isGate ? 'rejected' : 'not passed'
  if (decided) return `open, decided: ${decided}`
  return voting_open ? 'open' : 'closed for ballots'
}

/** A proposal on one line: what it is, how it stands, and what it gates. */
const headOf = (proposal: ProposalSummary, most?: number): string => {
  const { proposal_id, title, round, voting_type, threshold_type, deadline, linked_milestone_id, linked_checkpoint_order } = proposal
  return words(
    proposal_id,
    outcomeOf(proposal),
    most === undefined ? quote(title) : titled(title, most),
    linked_milestone_id !== null && `gate of ${linked_milestone_id}:${linked_checkpoint_order}`,
    voting_type,
    threshold_type,
    `round ${round}: ${tallyOf(proposal)}`,
    deadline !== null && `until ${second(deadline)}`,
    proposal.your_vote !== null && `you voted ${quote(proposal.your_vote, MOST_OF_A_COMMENT)}`,
    proposal.you_may_vote && 'you may vote',
  )
}

/** How the vote of the present round stands, for a refusal because of it. */
export const standingOf = (proposal: ProposalSummary): string => `${outcomeOf(proposal)}, round ${proposal.round}: ${tallyOf(proposal)}`

const tallyOf = (proposal: ProposalSummary): string => {
  const { tally, votes_needed, electorate, vote_count } = proposal
  return `${countsOf(proposal, tally)} (${votes_needed === null ? counted(vote_count, 'ballot') : `needs ${votes_needed} yes of ${electorate}`})`
}

/** In the order of the choices, which an object does not keep of those that look like numbers. */
const countsOf = (proposal: ProposalSummary, tally: Tally): string =>
  choicesOf(proposal)
    .filter((choice) => Object.hasOwn(tally, choice))
    .map((choice) => `${proposal.voting_type === 'yes_no' ? choice : quote(choice)} ${tally[choice]}`)
    .join(', ')

const voteLine = ({ voter_name, voter_type, vote, comment, counts, voter_for_name }: Vote): string =>
  words(
    quote(vote, MOST_OF_A_COMMENT),
    `by ${titled(voter_name)}`,
    voter_type === 'agent_profile' && 'agent',
    voter_for_name !== null && `for ${titled(voter_for_name)}`,
    !counts && 'does not count',
    comment !== '' && quote(comment, MOST_OF_A_COMMENT),
  )

const HOW_TO_VOTE: { [T in VotingType]: string } = {
  yes_no: 'to vote yes or no',
  single: 'to vote for an option',
  ranked: 'to rank all options, joined by commas',
}

/** How the reader votes, with the round that they have just read, and where they read what a gate is about. What they vote is left to them. */
const voting = ({ you_may_vote, proposal_id, round, voting_type, ...proposal }: Proposal, say: Say): string | null => {
  if (!you_may_vote) return null
  const { linked_milestone_id: milestone_id, linked_checkpoint_order: order } = proposal
  return lines(
    milestone_id !== null && `read first: ${say('get_milestone', { milestone_id, order })}`,
    `${HOW_TO_VOTE[voting_type]}: ${say('cast_vote', { proposal_id, vote: '…', round })}`,
  )
}

export const proposalText = (proposal: Proposal, say: Say): string => {
  const { description, votes, result, status, voting_type, not_voted, runoff, earlier_votes, round_reason } = proposal
  return lines(
    headOf(proposal),
    description !== '' && `description ${quote(description, MOST_OF_A_DESCRIPTION)}`,
    round_reason !== '' && `round begun because ${quote(round_reason, MOST_OF_A_COMMENT)}`,
    voting_type !== 'yes_no' && `options ${proposal.options.map((option) => quote(option)).join(', ')}`,
    status === 'finalized' && `result ${result === null ? 'none' : quote(result)}`,
    listed(votes.slice(0, MOST_VOTES), votes.length, voteLine),
    runoff.length > 1 && runoff.map((round, at) => runoffLine(proposal, round, at)),
    not_voted.length > 0 &&
      status === 'open' &&
      `not voted: ${words(
        not_voted
          .slice(0, MOST_WAITING)
          .map(({ name }) => titled(name))
          .join(', '),
        not_voted.length > MOST_WAITING && `and ${not_voted.length - MOST_WAITING} more`,
      )}`,
    isRejectedGate(proposal) && 'it is voted on again after a change of its checkpoint, or after start_round with a reason',
    earlier_votes.length > 0 && `${counted(earlier_votes.length, 'ballot')} of earlier rounds`,
    voting(proposal, say),
  )
}

const isRejectedGate = ({ status, threshold_met, linked_checkpoint_order }: Proposal): boolean =>
  status === 'finalized' && threshold_met === false && linked_checkpoint_order !== null

const runoffLine = (proposal: Proposal, { tally, eliminated }: Proposal['runoff'][number], at: number): string =>
  words(`count ${at + 1}:`, countsOf(proposal, tally), eliminated !== null && `without ${quote(eliminated)} from here on`)

/** What a ballot came to. */
export const votedText = (proposal: Proposal, say: Say): string => {
  const { decided, proposal_id } = proposal
  return lines(headOf(proposal, 60), decided !== null && next(say, 'finalize_proposal', { proposal_id }))
}

type Listed = { proposals: ProposalSummary[]; next_cursor: string | null }

/** @param operation the list that was asked for, of which there may be a next page */
export const proposalsText = ({ proposals, next_cursor }: Listed, say: Say, operation: string, asked: object): string =>
  lines(
    proposals.length === 0 && 'no proposals',
    proposals.map((proposal) => headOf(proposal, 80)),
    nextPage(say, operation, { ...asked }, next_cursor),
  )
