import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'

export const ProposalStatus = z.enum(['open', 'finalized'])
export const VotingType = z.enum(['yes_no', 'single', 'ranked'])
export const ThresholdType = z.enum(['majority', 'two_thirds', 'unanimous', 'quorum'])
/** The thresholds of gates, which are counted over the electorate. So a quorum has no meaning for them. */
export const GateThreshold = ThresholdType.exclude(['quorum'])
/** Whose ballots count for the gates of a group (G1). */
export const GateVoters = z.enum(['everyone', 'people'])
export const Outcome = z.enum(['approved', 'rejected'])

/** One ballot. `vote` is an option or, for a ranked vote, the options in order, joined by commas. */
export const Vote = z
  .object({
    voter_id: z.string(),
    vote: z.string(),
    comment: z.string(),
    voted_at: z.string(),
    voter_name: z.string(),
    voter_type: z.enum(PRINCIPAL_KINDS),
    voter_for_name: z.string().nullable().describe('the person who answered for the agent that voted; null for people'),
    round: z.int(),
    counts: z.boolean().describe('false if it was cast in an earlier round, or its voter has left the group or is suspended'),
  })
  .meta({ id: 'Vote' })

const Tally = z.record(z.string(), z.int())

const Runoff = z.object({
  tally: Tally,
  eliminated: z.string().nullable().describe('the option that leaves; null in the last round'),
})

const Voter = z.object({ voter_id: z.string(), name: z.string(), voter_type: z.enum(PRINCIPAL_KINDS) })

export const Proposal = z
  .object({
    proposal_id: z.string(),
    group_id: z.string(),
    title: z.string(),
    description: z.string(),
    proposer_id: z.string().describe('who created it; of a gate: who gated the checkpoint'),
    voting_type: VotingType,
    threshold_type: ThresholdType,
    options: z.array(z.string()),
    status: ProposalStatus,
    created_at: z.string(),
    deadline: z.string().nullable().describe('when voting closes'),
    finalized_at: z.string().nullable(),
    result: z.string().nullable().describe('the choice that leads; null if none does'),
    threshold_met: z.boolean().nullable().describe('whether it has passed; null as long as it is open'),
    votes: z.array(Vote).describe('the ballots of the present round'),
    vote_count: z.int().describe('how many of them count'),
    tally: Tally,
    linked_milestone_id: z.string().nullable().describe('of the checkpoint that it gates'),
    linked_checkpoint_order: z.int().nullable(),
    linked_checkpoint_id: z.string().nullable(),
    round: z.int().describe('counts from 1; send it with a ballot, so that the ballot is for the content that you know'),
    round_started_at: z.string(),
    round_reason: z.string().describe('why somebody began this round, if a reason was given'),
    electorate: z.int().describe('how many may vote'),
    sealed_by: z.string().nullable().describe('who finalized it; null if its deadline did'),
    sealed_by_name: z.string().nullable(),
    proposer_name: z.string(),
    group_slug: z.string(),
    voting_open: z.boolean().describe('whether a ballot would be accepted now'),
    decided: Outcome.nullable().describe('of an open gate: what further ballots of this round cannot change; else null'),
    votes_needed: z.int().nullable().describe('how many yes votes a gate needs; null for other proposals'),
    runoff: z.array(Runoff).describe('the rounds of a ranked count; else empty'),
    earlier_votes: z.array(Vote).describe('the ballots of earlier rounds, which do not count'),
    not_voted: z.array(Voter).describe('who may vote and has not: people before agents, each by name'),
    your_vote: z.string().nullable().describe('your ballot of this round'),
    you_may_vote: z.boolean(),
    unblocks: z.int().describe('how many pending checkpoints, of all groups, depend directly on the one that it gates'),
    url: z.string().describe('its page'),
  })
  .meta({ id: 'Proposal' })

/** A proposal in a list, without what its ballots say. */
export const ProposalSummary = Proposal.omit({ votes: true, earlier_votes: true, not_voted: true, runoff: true }).meta({
  id: 'ProposalSummary',
})

export type ProposalStatus = z.infer<typeof ProposalStatus>
export type VotingType = z.infer<typeof VotingType>
export type ThresholdType = z.infer<typeof ThresholdType>
export type GateThreshold = z.infer<typeof GateThreshold>
export type GateVoters = z.infer<typeof GateVoters>
export type Outcome = z.infer<typeof Outcome>
export type Vote = z.infer<typeof Vote>
export type Proposal = z.infer<typeof Proposal>
export type ProposalSummary = z.infer<typeof ProposalSummary>
