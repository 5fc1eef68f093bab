import * as z from 'zod'

export const ProposalStatus = z.enum(['open', 'finalized'])

/** One ballot. `vote` is an option or, for a ranked vote, the options in order, joined by commas. */
export const Vote = z
  .object({
    voter_id: z.string(),
    vote: z.string(),
    comment: z.string(),
    voted_at: z.string(),
    voter_name: z.string(),
    round: z.int(),
  })
  .meta({ id: 'Vote' })

export const Proposal = z
  .object({
    proposal_id: z.string(),
    group_id: z.string(),
    title: z.string(),
    description: z.string(),
    proposer_id: z.string(),
    voting_type: z.enum(['yes_no', 'single', 'ranked']),
    threshold_type: z.enum(['majority', 'two_thirds', 'unanimous', 'quorum']),
    options: z.array(z.string()),
    status: ProposalStatus,
    created_at: z.string(),
    deadline: z.string().nullable(),
    finalized_at: z.string().nullable(),
    result: z.string().nullable(),
    threshold_met: z.boolean().nullable(),
    votes: z.array(Vote).describe('ballots of the current round'),
    vote_count: z.int(),
    tally: z.record(z.string(), z.int()),
    linked_milestone_id: z.string().nullable(),
    linked_checkpoint_order: z.int().nullable(),
    round: z.int(),
    electorate: z.int(),
    sealed_by: z.string().nullable(),
  })
  .meta({ id: 'Proposal' })

export type ProposalStatus = z.infer<typeof ProposalStatus>
export type Proposal = z.infer<typeof Proposal>
