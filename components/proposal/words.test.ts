import { expect, test } from 'vitest'
import type { Proposal, Vote } from '@/lib/domain/schemas/proposal'
import { ballotWords, nextWords, outcomeNow, standingOf, thresholdWords } from './words'

const AT = '2026-11-01T09:30:00.000Z'

const OPEN: Proposal = {
  proposal_id: 'prop_1',
  group_id: 'g',
  title: 'Which?',
  description: '',
  proposer_id: 'usr_1',
  voting_type: 'yes_no',
  threshold_type: 'majority',
  options: [],
  status: 'open',
  created_at: AT,
  deadline: null,
  finalized_at: null,
  result: null,
  threshold_met: null,
  votes: [],
  vote_count: 0,
  tally: { yes: 0, no: 0 },
  linked_milestone_id: null,
  linked_checkpoint_order: null,
  linked_checkpoint_id: null,
  round: 1,
  round_started_at: AT,
  round_reason: '',
  electorate: 6,
  sealed_by: null,
  sealed_by_name: null,
  proposer_name: 'Maria',
  group_slug: 'team',
  voting_open: true,
  decided: null,
  votes_needed: null,
  runoff: [],
  earlier_votes: [],
  not_voted: [],
  your_vote: null,
  you_may_vote: true,
  unblocks: 0,
  url: '',
}

const GATE: Proposal = { ...OPEN, linked_milestone_id: 'ms_1', linked_checkpoint_id: 'cp_1', linked_checkpoint_order: 4, votes_needed: 4 }

const cast = (...votes: string[]): Vote[] =>
  votes.map((vote, at) => ({
    voter_id: `usr_${at}`,
    vote,
    comment: '',
    voted_at: AT,
    voter_name: 'Noah',
    voter_type: 'user',
    voter_for_name: null,
    round: 1,
    counts: true,
  }))

const voted = (proposal: Proposal, ...votes: string[]): Proposal => {
  const tally = { ...proposal.tally }
  for (const vote of votes) if (vote in tally) tally[vote] = (tally[vote] ?? 0) + 1
  return { ...proposal, votes: cast(...votes), vote_count: votes.length, tally }
}

test('a gate tells how many yes it needs of how many, and what then has to be done', () => {
  const gate = voted({ ...GATE, threshold_type: 'two_thirds' }, 'yes', 'yes', 'yes', 'no')
  expect(thresholdWords(gate)).toBe('Two thirds of 6')
  expect(nextWords(gate)).toBe('Two thirds of 6 = 4 yes; 3 so far.')
  expect(nextWords({ ...gate, threshold_type: 'unanimous' })).toBe('All 6 have to vote yes; 3 so far.')
  const approved: Proposal = { ...voted(gate, 'yes'), decided: 'approved' }
  expect(standingOf(approved)).toEqual({ word: 'Decided: approved', look: 'passed' })
  expect(nextWords(approved)).toContain('Decided: 4 of 6 have voted yes, and 4 had to. Finalize it')
  expect(outcomeNow(approved)).toBe('Approved: 4 yes of 6, 4 needed.')
  const rejected: Proposal = { ...gate, decided: 'rejected' }
  expect(nextWords(rejected)).toContain('4 yes of 6 cannot be reached any more')
  expect(outcomeNow(rejected)).toBe('Rejected: 3 yes of 6, 4 needed.')
  expect(nextWords({ ...gate, electorate: 0, votes_needed: null })).toBe('Nobody may vote on it, so it cannot pass.')
  const sealed: Proposal = { ...gate, status: 'finalized', threshold_met: true, voting_open: false, unblocks: 1 }
  expect(standingOf(sealed).word).toBe('Approved')
  expect(nextWords(sealed)).toBe('The checkpoint can be completed as soon as nothing else blocks it; one other waits for it.')
})

test('a vote that gates nothing is counted over the ballots that count, and by a quorum over who may vote', () => {
  const two = voted(OPEN, 'yes', 'no')
  expect(nextWords(two)).toBe('It passes if more than half of the ballots say yes. So far: 2 ballots, 1 yes.')
  expect(outcomeNow(two)).toBe('Not passed: 1 yes, 1 no.')
  expect(outcomeNow(voted(two, 'yes', 'yes', 'no'))).toBe('Passed: 3 yes, 2 no.')
  expect(outcomeNow({ ...voted(OPEN, 'yes'), threshold_type: 'quorum' })).toBe('Not passed: 1 yes, 0 no.')
  expect(outcomeNow({ ...voted(OPEN, 'yes', 'yes', 'no'), threshold_type: 'quorum' })).toBe('Passed: 2 yes, 1 no.')
  expect(outcomeNow(OPEN)).toBe('Not passed: nobody has voted.')
  const gone = { ...two, votes: two.votes.map((vote) => ({ ...vote, counts: vote.vote === 'yes' })) }
  expect(outcomeNow(gone)).toMatch(/^Passed/)
  expect(nextWords({ ...two, voting_open: false })).toMatch(/Nobody can vote any more: finalize it\.$/)
})

test('a ranked vote tells who leads after the count, not who has the most first choices', () => {
  const ranked: Proposal = { ...OPEN, voting_type: 'ranked', options: ['A', 'B', 'C'], tally: { A: 2, B: 2, C: 1 } }
  const counted = { ...ranked, votes: cast('A,B,C', 'A,C,B', 'B,C,A', 'B,C,A', 'C,B,A'), vote_count: 5 }
  expect(nextWords(counted)).toContain('So far: 5 ballots, B leads with 3.')
  expect(outcomeNow(counted)).toBe('Passed: B with 3 of 5.')
  expect(ballotWords(ranked, 'A, C,B')).toBe('A › C › B')
  expect(ballotWords(OPEN, 'yes')).toBe('Yes')
})
