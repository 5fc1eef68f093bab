import * as z from 'zod'
import type { Page } from '@/db/queries/page'
import { countWaiting, listProposalIds, type ProposalFilter } from '@/db/queries/proposals'
import type { Reading } from '@/db/read'
import { cast, finalize } from '@/lib/domain/ballot'
import type { Context } from '@/lib/domain/context'
import { notFound } from '@/lib/domain/errors'
import { notRejected, startRound } from '@/lib/domain/gate'
import type { Ids } from '@/lib/domain/kinds'
import { LIMITS } from '@/lib/domain/limits'
import { gateOf, hoursFrom, scopeOfProposal } from '@/lib/domain/proposal'
import { getProposal } from '@/lib/domain/resolve'
import { Proposal, ProposalStatus, ProposalSummary, ThresholdType, VotingType } from '@/lib/domain/schemas/proposal'
import { Description, PathSegment, Reason, Remark, Title } from '@/lib/domain/schemas/text'
import { proposalsText, proposalText, votedText } from '@/lib/domain/text/proposal'
import { needForSummaries, viewProposal, viewProposalSummary } from '@/lib/domain/views/proposal'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, defineQuery, idIn, nowhere } from './define'
import { Cursor, DeadlineHours, GroupReference, limit } from './fields'
import { findGroup } from './groups'

const findProposal = (world: World, { proposal_id }: { proposal_id: string }, context: Context) => {
  const proposal = getProposal(world, context, proposal_id)
  return { scope: scopeOfProposal(world, proposal), proposal }
}

/** @throws not_found for a replay after its deletion */
const answer = (world: World, ids: Ids, context: Context): Proposal => {
  const proposal = world.find('proposal', idIn(ids, 'proposal_id'))
  if (!proposal) throw notFound('proposal')
  return viewProposal(world, proposal.proposal_id, context)
}

const ProposalReference = PathSegment.describe('id of the proposal')

/** Ballots join options by commas. */
const Option = Title.refine((option) => !option.includes(','), 'contains a comma').transform((option) => option.trim())

/** Two options that differ only in case are one to whoever reads a ballot. */
const areDistinct = (options: readonly string[]): boolean =>
  new Set(options.map((option) => option.normalize().toLowerCase())).size === options.length

export const createProposal = defineMutation({
  name: 'create_proposal',
  routes: ['POST /groups/:group_id/proposals'],
  permission: 'proposals:create',
  summary: 'Ask a group to vote on a question. What gates a checkpoint is asked with the checkpoint',
  repeats: true,
  input: z
    .strictObject({
      group_id: GroupReference,
      title: Title,
      description: Description.default(''),
      voting_type: VotingType.default('yes_no').describe(
        'single: for one of the options; ranked: all options in order, counted by instant runoff',
      ),
      threshold_type: ThresholdType.default('majority').describe(
        'of the ballots; quorum: a majority of them, if at least half of those who may vote have voted',
      ),
      options: z
        .array(Option)
        .max(LIMITS.options, `has more than ${LIMITS.options} entries`)
        .refine(areDistinct, 'names an option twice')
        .default([])
        .describe('what is voted on, without commas; none for yes_no'),
      deadline_hours: DeadlineHours.nullable().default(null).describe('after which voting closes; null: never'),
    })
    .superRefine(({ voting_type, options }, { addIssue }) => {
      const refuse = (message: string) => addIssue({ code: 'custom', path: ['options'], message })
      if (voting_type === 'yes_no' && options.length > 0) refuse('are not given to a vote of yes or no')
      if (voting_type !== 'yes_no' && options.length < 2) refuse(`needs at least two options for a ${voting_type} vote`)
    }),
  example: { voting_type: 'single', options: ['PostgreSQL', 'SQLite'] },
  output: Proposal,
  errors: [],
  find: findGroup,
  decide: (_world, { group_id: _reference, deadline_hours, ...facts }, { ids, now }, { scope }) => {
    const proposal_id = ids.newId('prop')
    const data = { ...facts, proposal_id, deadline: hoursFrom(now, deadline_hours) }
    return decided([{ ...scope, type: 'proposal.created', data }], { proposal_id })
  },
  answer,
  text: (world, ids, context, _input, say) => proposalText(answer(world, ids, context), say),
})

const list = async (reading: Reading, context: Context, filter: ProposalFilter, page: Page) => {
  const { rows, next_cursor } = await reading.select(listProposalIds, context.caller, filter, page)
  const proposals = await reading.world((world) => {
    const ids = rows.map(({ id }) => id)
    needForSummaries(world, ids)
    return ids.map((id) => viewProposalSummary(world, id, context))
  })
  // What the clock alone has decided is open in the rows.
  const isWanted = ({ status, you_may_vote }: ProposalSummary) =>
    filter.status === 'waiting' ? you_may_vote : !filter.status || status === filter.status
  return { proposals: proposals.filter(isWanted), next_cursor }
}

const paging = { limit: limit(20, 100), cursor: Cursor }
const Proposals = z.object({ proposals: z.array(ProposalSummary), next_cursor: z.string().nullable() })

export const listProposals = defineQuery({
  name: 'list_proposals',
  routes: ['GET /groups/:group_id/proposals'],
  permission: 'proposals:read',
  summary: 'List the votes of a group, newest first',
  command: 'proposals',
  // Such a key is shown the votes of its milestone.
  beyondMilestone: true,
  input: z.strictObject({ group_id: GroupReference, status: ProposalStatus.optional(), ...paging }),
  example: { status: 'open' },
  output: Proposals,
  errors: [],
  find: findGroup,
  read: (reading, { status, limit, cursor }, context, { group: { group_id } }) =>
    list(reading, context, { group_id, status }, { limit, cursor }),
  text: (data, say, input) => proposalsText(data, say, 'list_proposals', input),
})

export const listOwnProposals = defineQuery({
  name: 'list_own_proposals',
  routes: ['GET /proposals'],
  permission: 'proposals:read',
  summary: 'List the votes of all your groups, newest first, or those that wait for your ballot',
  beyondMilestone: true,
  input: z.strictObject({
    status: z
      .enum([...ProposalStatus.options, 'waiting'])
      .optional()
      .describe('waiting: for your ballot'),
    ...paging,
  }),
  example: { status: 'waiting' },
  output: Proposals,
  errors: [],
  find: nowhere,
  read: (reading, { status, limit, cursor }, context) => list(reading, context, { status }, { limit, cursor }),
  text: (data, say, input) => proposalsText(data, say, 'list_own_proposals', input),
})

/** More are not counted. */
export const MOST_WAITING = 100

/** How many votes wait for the caller's ballot. It has no route, because only the frame of every page shows the number alone. */
export const countVotes = defineQuery({
  name: 'count_votes',
  routes: [],
  permission: 'proposals:read',
  summary: 'Count the votes that wait for your ballot',
  beyondMilestone: true,
  input: z.strictObject({}),
  output: z.object({ waiting: z.int() }),
  errors: [],
  find: nowhere,
  read: async ({ select }, _input, { caller }) => ({ waiting: await select(countWaiting, caller, MOST_WAITING) }),
  text: ({ waiting }) => `${waiting} ${waiting === 1 ? 'vote waits' : 'votes wait'} for your ballot`,
})

export const getProposalOperation = defineQuery({
  name: 'get_proposal',
  routes: ['GET /proposals/:proposal_id'],
  permission: 'proposals:read',
  summary: 'Get a vote: what is asked, its ballots, its outcome, and whether you may vote',
  command: 'proposal',
  atWork: true,
  input: z.strictObject({ proposal_id: ProposalReference }),
  output: Proposal,
  errors: [],
  find: findProposal,
  read: ({ world }, _input, context, { proposal: { proposal_id } }) => world((known) => viewProposal(known, proposal_id, context)),
  text: (proposal, say) => proposalText(proposal, say),
})

/** Enough for a ballot that ranks as many options as there may be. */
const MOST_OF_A_VOTE = LIMITS.options * (LIMITS.title + 2)

export const castVote = defineMutation({
  name: 'cast_vote',
  routes: ['POST /proposals/:proposal_id/vote'],
  permission: 'proposals:vote',
  summary:
    'Vote: approve or reject a gated checkpoint, or answer a question, once in each round. Read it with get_proposal first, and send its round',
  command: 'vote',
  words: ['vote'],
  asks: { round: 'cairn proposal {proposal_id} shows the present round, so that you vote for what you have read' },
  atWork: true,
  input: z.strictObject({
    proposal_id: ProposalReference,
    vote: z
      .string()
      .min(1, 'is empty')
      .max(MOST_OF_A_VOTE, `is longer than ${MOST_OF_A_VOTE.toLocaleString('en')} characters`)
      .describe('yes or no; an option; or all options in your order, joined by commas')
      .meta({ 'x-joined-by': ',' }),
    comment: Remark.default(''),
    round: z.int().min(1, 'is less than 1').optional().describe('the round that you have read; refused if another has begun'),
    hil_expiry_seconds: z.int().optional().meta({ deprecated: true }).describe('accepted but ignored, as people cannot confirm votes yet'),
  }),
  example: { vote: 'yes', round: 1 },
  output: Proposal,
  errors: ['version_mismatch', 'proposal_finalized', 'already_voted'],
  find: findProposal,
  decide: (world, { vote, comment, round }, context, { proposal }) =>
    decided(cast(world, context, proposal, { vote, comment, round }), { proposal_id: proposal.proposal_id }),
  answer,
  text: (world, ids, context, _input, say) => votedText(answer(world, ids, context), say),
})

export const finalizeProposal = defineMutation({
  name: 'finalize_proposal',
  routes: ['POST /proposals/:proposal_id/finalize'],
  permission: 'proposals:create',
  summary: 'Close a vote and compute its result, for good; that on a gate only once it is decided or its deadline has passed',
  input: z.strictObject({
    proposal_id: ProposalReference,
    total_eligible_voters: z
      .int()
      .min(1, 'is less than 1')
      .max(1_000_000, 'exceeds 1,000,000')
      .nullable()
      .default(null)
      .describe('how many may vote, for a quorum; null: the members. A gate has an electorate of its own'),
  }),
  output: Proposal,
  errors: ['proposal_finalized', 'undecided'],
  find: findProposal,
  decide: (world, { total_eligible_voters }, context, { proposal }) =>
    decided(finalize(world, context, proposal, total_eligible_voters), { proposal_id: proposal.proposal_id }),
  answer,
  text: (world, ids, context, _input, say) => proposalText(answer(world, ids, context), say),
})

export const startRoundOperation = defineMutation({
  name: 'start_round',
  routes: ['POST /proposals/:proposal_id/rounds'],
  permission: 'proposals:create',
  summary: 'Begin a new round of the vote on a gate that was rejected, with a reason',
  input: z.strictObject({ proposal_id: ProposalReference, reason: Reason }),
  output: Proposal,
  errors: ['not_rejected'],
  find: findProposal,
  decide: (world, { reason }, context, { proposal }) => {
    const gate = gateOf(world, proposal)
    if (!gate) throw notRejected(proposal.proposal_id, 'it gates no checkpoint, so it has one round. Create another proposal.')
    return decided(startRound(world, context, gate, reason), { proposal_id: proposal.proposal_id })
  },
  answer,
  text: (world, ids, context, _input, say) => proposalText(answer(world, ids, context), say),
})
