import { isolated } from '@/lib/domain/bidi'
import { count, isMet, rankingOf } from '@/lib/domain/counting'
import type { Proposal, ProposalSummary, ThresholdType, VotingType } from '@/lib/domain/schemas/proposal'
import { capital } from '@/lib/domain/words'

export const TYPE_WORDS: Record<VotingType, string> = { yes_no: 'Yes or no', single: 'One of several', ranked: 'Ranked' }

const SHARES: Record<ThresholdType, string> = {
  majority: 'Majority',
  two_thirds: 'Two thirds',
  unanimous: 'All',
  quorum: 'Half vote, and a majority',
}

/** What a threshold asks of ballots, as the end of "Passes if". */
const ASKED: Record<ThresholdType, string> = {
  majority: 'more than half of the ballots',
  two_thirds: 'at least two thirds of the ballots',
  unanimous: 'all ballots',
  quorum: 'more than half of the ballots',
}

export const isGate = ({ linked_checkpoint_id }: ProposalSummary) => linked_checkpoint_id !== null

/** "Majority of 5" for a gate, whose threshold is counted over its electorate; "Majority of the ballots" for what gates nothing. */
export function thresholdWords(proposal: ProposalSummary): string {
  const { threshold_type, electorate } = proposal
  if (isGate(proposal)) return threshold_type === 'unanimous' ? `All ${electorate}` : `${SHARES[threshold_type]} of ${electorate}`
  if (threshold_type === 'quorum') return `Half of ${electorate} vote, and a majority`
  return threshold_type === 'unanimous' ? 'All ballots' : `${SHARES[threshold_type]} of the ballots`
}

export type Standing = { word: string; look: 'open' | 'passed' | 'failed' | 'closed' }

/** How a proposal stands, in a word or two. */
export function standingOf(proposal: ProposalSummary): Standing {
  const { status, threshold_met, decided, voting_open } = proposal
  const gate = isGate(proposal)
  if (status === 'finalized') {
    if (threshold_met) return { word: gate ? 'Approved' : 'Passed', look: 'passed' }
    return { word: gate ? 'Rejected' : 'Not passed', look: 'failed' }
  }
  if (decided) return { word: `Decided: ${decided}`, look: decided === 'approved' ? 'passed' : 'failed' }
  return voting_open ? { word: 'Open', look: 'open' } : { word: 'Voting has closed', look: 'closed' }
}

/** How a vote is counted at present by the ballots that count. */
const countNow = (proposal: Proposal) =>
  count(
    proposal,
    proposal.votes.filter(({ counts }) => counts).map(({ vote }) => vote),
  )

/** What is known of the way on, as whole sentences; the deadline is told apart, because it moves. */
export const nextWords = (proposal: Proposal): string => (isGate(proposal) ? nextOfGate(proposal) : nextOfOther(proposal))

function nextOfGate({ status, threshold_met, threshold_type, electorate, votes_needed, tally, decided, unblocks }: Proposal): string {
  const yes = tally.yes ?? 0
  if (status === 'finalized') {
    if (!threshold_met)
      return 'The checkpoint cannot be completed by this vote. A change of its title, description or dependencies begins a new round, and so can whoever gives a reason.'
    return `The checkpoint can be completed as soon as nothing else blocks it${unblocks === 0 ? '' : `; ${waiting(unblocks)}`}.`
  }
  if (votes_needed === null) return 'Nobody may vote on it, so it cannot pass.'
  if (decided === 'approved')
    return `Decided: ${yes} of ${electorate} have voted yes, and ${votes_needed} had to. Finalize it, so that the checkpoint can be completed.`
  if (decided === 'rejected')
    return `Decided: ${votes_needed} yes of ${electorate} cannot be reached any more. Finalize it; then a new round can begin.`
  if (threshold_type === 'unanimous') return `All ${electorate} have to vote yes; ${yes} so far.`
  return `${SHARES[threshold_type]} of ${electorate} = ${votes_needed} yes; ${yes} so far.`
}

const waiting = (count: number) => (count === 1 ? 'one other waits for it' : `${count} others wait for it`)

function nextOfOther(proposal: Proposal): string {
  const { status, threshold_type, voting_type, electorate, vote_count, voting_open } = proposal
  if (status === 'finalized') return 'The outcome stands. Another vote can be asked for at any time.'
  const { leading, result } = countNow(proposal)
  const quorum = threshold_type === 'quorum' ? `at least half of ${electorate} vote, and ` : ''
  const verb = voting_type === 'yes_no' ? 'say yes' : 'are for one option'
  const rule = `It passes if ${quorum}${ASKED[threshold_type]} ${verb}.`
  const ballots = vote_count === 1 ? '1 ballot' : `${vote_count} ballots`
  const leader = voting_type === 'yes_no' ? `${leading} yes` : result === null ? 'none leads' : `${isolated(result)} leads with ${leading}`
  const soFar = vote_count === 0 ? 'No ballots so far.' : `So far: ${ballots}, ${leader}.`
  return `${rule} ${soFar}${voting_open ? '' : ' Nobody can vote any more: finalize it.'}`
}

/** What a proposal has come to, or would come to if it were finalized now. */
export function outcomeNow(proposal: Proposal): string {
  const { decided, votes_needed, electorate, tally, threshold_met } = proposal
  const yes = tally.yes ?? 0
  if (isGate(proposal)) {
    const approved = threshold_met ?? decided === 'approved'
    return `${approved ? 'Approved' : 'Rejected'}: ${yes} yes of ${electorate}, ${votes_needed ?? 0} needed.`
  }
  const counted = countNow(proposal)
  if (counted.ballots === 0) return 'Not passed: nobody has voted.'
  const passed = (threshold_met ?? isMet(proposal, counted, electorate)) ? 'Passed' : 'Not passed'
  if (proposal.voting_type === 'yes_no') return `${passed}: ${yes} yes, ${tally.no ?? 0} no.`
  return `${passed}: ${counted.result === null ? 'no option leads' : `${isolated(counted.result)} with ${counted.leading} of ${counted.ballots}`}.`
}

/** A ballot as it is shown: a ranked one as its options in order. */
export function ballotWords({ voting_type }: ProposalSummary, vote: string): string {
  if (voting_type === 'yes_no') return capital(vote)
  return voting_type === 'ranked' ? rankingOf(vote).join(' › ') : vote
}
