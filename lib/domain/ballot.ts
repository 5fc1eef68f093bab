import type { Context } from './context'
import { choicesOf, rankingOf } from './counting'
import type { Principal, Proposal } from './entities'
import { DomainError, invalid } from './errors'
import type { EventDraft } from './events'
import { type Casting, decisionOf, isVotingOver, lapseOf, proposalAt, scopeOfProposal, seal, votersOf } from './proposal'
import { viewProposal } from './views/proposal'
import { enumerated } from './words'
import type { World } from './world'

/** In milliseconds. A ballot that does not say for which round it is may be for the round before if the present one has only just begun. */
const SETTLING = 60_000

/** How a round is voted on: the ballot as it is given. */
export type Given = { vote: string; comment: string; round: number | undefined }

/**
 * The events by which the caller votes and, if the ballot decides a gate whose group wants it so, seals it (G1).
 * @throws forbidden, version_mismatch, proposal_finalized, already_voted, invalid
 */
export const cast = (world: World, context: Context, stored: Proposal, { vote, comment, round }: Given): EventDraft[] => {
  const proposal = proposalAt(world, stored, context.now)
  const voter_id = context.caller.principal.principal_id
  assertVoter(world, context, proposal)
  assertRound(world, context, proposal, round)
  assertOpen(world, context, proposal)
  assertFirst(world, context, proposal)
  const casting: Casting = { voter_id, vote: validVote(proposal, vote) }
  const { proposal_id } = proposal
  const ballot: EventDraft = {
    ...scopeOfProposal(world, proposal),
    type: 'ballot.cast',
    data: { proposal_id, round: proposal.round, vote: casting.vote, comment },
  }
  const decides = proposal.checkpoint_id !== null && proposal.auto_finalize && decisionOf(world, proposal, casting) !== null
  return [...lapseOf(world, stored, context.now), ballot, ...(decides ? [seal(world, proposal, 'ballot', { casting })] : [])]
}

/** @throws forbidden for whoever is not in the electorate of a gate */
const assertVoter = (world: World, { caller }: Context, proposal: Proposal): void => {
  const { principal_id } = caller.principal
  if (proposal.checkpoint_id === null || votersOf(world, proposal).includes(principal_id)) return
  const why = whyLeftOut(caller.principal, proposal)
  throw new DomainError('forbidden', `You are not among those who vote on ${proposal.proposal_id}. ${why} Ask others to vote.`, {
    missing: 'electorate',
    proposal_id: proposal.proposal_id,
  })
}

const whyLeftOut = ({ kind }: Principal, { voters, no_self_approval }: Proposal): string => {
  if (voters === 'people' && kind === 'agent_profile') return 'Only people vote in this round, as the group wants it.'
  return no_self_approval
    ? 'Whoever gated the checkpoint, or completed it or failed at it last, does not vote on it, nor do their agents; nor does an agent whose key could not vote when the round began.'
    : 'An agent whose key could not vote when the round began does not vote in it.'
}

/** @throws version_mismatch for a ballot that is for another round than the present one, or may be */
const assertRound = (world: World, context: Context, proposal: Proposal, round: number | undefined): void => {
  const began = Date.parse(proposal.round_started_at ?? proposal.created_at)
  const isFresh = proposal.round > 1 && Date.parse(context.now) - began < SETTLING
  if (round === undefined ? !isFresh : round === proposal.round) return
  const cause =
    round === undefined
      ? `Round ${proposal.round} of ${proposal.proposal_id} began less than a minute ago, so your ballot may be meant for the round before.`
      : `The ballot is for round ${round}, and ${proposal.proposal_id} is in round ${proposal.round}: what is voted on may have changed.`
  throw new DomainError('version_mismatch', `${cause} Read the proposal again, and send round with your vote.`, {
    proposal: viewProposal(world, proposal.proposal_id, context),
  })
}

/** @throws proposal_finalized */
const assertOpen = (world: World, context: Context, proposal: Proposal): void => {
  if (proposal.status === 'open' && !isVotingOver(proposal, context.now)) return
  const over = proposal.deadline !== null && isVotingOver(proposal, context.now)
  throw finalized(world, context, proposal, over ? `closed for ballots at ${proposal.deadline}` : 'is finalized, so no more ballots count')
}

export const finalized = (world: World, context: Context, { proposal_id }: Proposal, why: string): DomainError =>
  new DomainError('proposal_finalized', `The proposal ${proposal_id} ${why}.`, { proposal: viewProposal(world, proposal_id, context) })

/** @throws already_voted */
const assertFirst = (world: World, { caller }: Context, { proposal_id, round }: Proposal): void => {
  const { principal_id } = caller.principal
  const own = world.list('ballots', proposal_id, 'ballot').find((ballot) => ballot.round === round && ballot.voter_id === principal_id)
  if (!own) return
  throw new DomainError('already_voted', `You have already voted in round ${round} of ${proposal_id}, and a ballot stands.`, {
    proposal_id,
    vote: own.vote,
    voted_at: own.voted_at,
  })
}

/** The vote as it is kept. Only the case of yes and no, and blanks around options, may differ from how they are written. @throws invalid, with the choices */
const validVote = (proposal: Proposal, given: string): string => {
  const choices = choicesOf(proposal)
  if (proposal.voting_type === 'ranked') return validRanking(choices, given)
  const vote = asWritten(choices, proposal.voting_type === 'yes_no' ? given.trim().toLowerCase() : given.trim())
  if (choices.includes(vote)) return vote
  throw invalid(
    'vote',
    `must be ${enumerated(
      choices.map((choice) => JSON.stringify(choice)),
      'or',
    )}`,
  )
}

/** The choice that is the same text, however its letters are composed, or the text itself. */
const asWritten = (choices: readonly string[], text: string): string =>
  choices.find((choice) => choice.normalize() === text.normalize()) ?? text

const validRanking = (options: readonly string[], given: string): string => {
  const ranking = rankingOf(given).map((option) => asWritten(options, option))
  const form = `Send all options in your order, joined by commas, such as ${JSON.stringify(options.join(','))}`
  const unknown = ranking.find((option) => !options.includes(option))
  if (unknown !== undefined) throw invalid('vote', `names ${JSON.stringify(unknown)}, which is not an option. ${form}`)
  const repeated = ranking.find((option, at) => ranking.indexOf(option) !== at)
  if (repeated !== undefined) throw invalid('vote', `names ${JSON.stringify(repeated)} twice. ${form}`)
  const missing = options.find((option) => !ranking.includes(option))
  if (missing !== undefined) throw invalid('vote', `lacks ${JSON.stringify(missing)}. ${form}`)
  return ranking.join(',')
}

/**
 * The events that finalize a proposal. A gate is finalized only when its outcome is decided or its deadline has passed; a proposal that gates nothing at any time.
 * @param stated how many may vote, which a proposal that gates nothing is counted by
 * @throws proposal_finalized, undecided
 */
export const finalize = (world: World, context: Context, proposal: Proposal, stated: number | null): EventDraft[] => {
  const { now } = context
  if (proposal.status === 'finalized') throw finalized(world, context, proposal, 'is already finalized')
  if (proposal.checkpoint_id === null) return [seal(world, proposal, 'call', { stated })]
  const lapsed = lapseOf(world, proposal, now)
  if (lapsed.some(({ type }) => type === 'proposal.finalized')) return lapsed
  const present = proposalAt(world, proposal, now)
  if (decisionOf(world, present) !== null) return [...lapsed, seal(world, present, 'call')]
  throw new DomainError(
    'undecided',
    `The vote ${proposal.proposal_id} is not decided yet: further ballots can still change its outcome. Wait for them${present.deadline ? `, or until ${present.deadline}` : ''}.`,
    { proposal: viewProposal(world, proposal.proposal_id, context) },
  )
}
