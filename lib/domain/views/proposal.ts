import { findMember } from '../access'
import type { Context } from '../context'
import { choicesOf, neededOf, type Tally } from '../counting'
import type { Ballot, Proposal } from '../entities'
import { hasPermission } from '../permission'
import {
  ballotsOf,
  countingBallots,
  countOf,
  decisionOf,
  gateOf,
  gateThreshold,
  inOrder,
  isVotingOver,
  notVoted,
  proposalAt,
  votersOf,
} from '../proposal'
import { groupOf } from '../resolve'
import type * as Wire from '../schemas/proposal'
import { isCompleted, unitsOf } from '../state'
import type { World } from '../world'
import { nameOfPrincipal } from './claim'

/** A proposal as it is now, also as far as only the clock has changed it (G1). */
export const viewProposal = (world: World, proposal_id: string, context: Context): Wire.Proposal => {
  const proposal = presentOf(world, proposal_id, context)
  const all = world.list('ballots', proposal_id, 'ballot')
  const waiting = notVoted(world, proposal)
  needNames(world, [...all.flatMap(({ voter_id, voted_for }) => [voter_id, voted_for]), ...waiting])
  const counting = new Set(countedVoters(world, proposal))
  const votes = ballotsOf(world, proposal).map((ballot) => viewVote(world, ballot, counting.has(ballot.voter_id)))
  const earlier = inOrder(all.filter(({ round }) => round !== proposal.round)).map((ballot) => viewVote(world, ballot, false))
  return {
    ...summaryOf(world, proposal, context),
    votes,
    runoff: (proposal.status === 'open' ? countOf(world, proposal).runoff : proposal.runoff).map(({ tally, eliminated }) => ({
      tally: ordered(proposal, tally),
      eliminated,
    })),
    earlier_votes: earlier,
    not_voted: waiting.map((id) => ({ voter_id: id, name: nameOfPrincipal(world, id), voter_type: typeOf(world, id) })).sort(peopleFirst),
  }
}

export const viewProposalSummary = (world: World, proposal_id: string, context: Context): Wire.ProposalSummary =>
  summaryOf(world, presentOf(world, proposal_id, context), context)

const presentOf = (world: World, proposal_id: string, { now }: Context): Proposal => {
  const proposal = world.find('proposal', proposal_id)
  if (!proposal) throw new Error(`proposal ${proposal_id} is missing, although an entity refers to it`)
  return proposalAt(world, proposal, now)
}

const summaryOf = (world: World, proposal: Proposal, context: Context): Wire.ProposalSummary => {
  const { proposal_id, group_id, status } = proposal
  const isOpen = status === 'open'
  const gate = gateOf(world, proposal)
  const counted = isOpen ? countOf(world, proposal) : null
  const own = ballotsOf(world, proposal).find(({ voter_id }) => voter_id === context.caller.principal.principal_id)
  const voting_open = isOpen && !isVotingOver(proposal, context.now)
  const electorate = gate ? proposal.electorate.length : (proposal.eligible ?? world.list('group', group_id, 'member').length)
  needNames(world, [proposal.proposer_id, proposal.sealed_by])
  return {
    proposal_id,
    group_id,
    title: gate ? gate.checkpoint.title : proposal.title,
    description: gate ? `Complete checkpoint ${gate.checkpoint.order} of ${gate.milestone.title}` : proposal.description,
    proposer_id: proposal.proposer_id,
    voting_type: proposal.voting_type,
    threshold_type: proposal.threshold_type,
    options: [...proposal.options],
    status,
    created_at: proposal.created_at,
    deadline: proposal.deadline,
    finalized_at: proposal.finalized_at,
    result: counted ? null : proposal.result,
    threshold_met: proposal.threshold_met,
    vote_count: countedVoters(world, proposal).length,
    tally: ordered(proposal, counted?.tally ?? proposal.tally ?? {}),
    linked_milestone_id: gate?.milestone.milestone_id ?? null,
    linked_checkpoint_order: gate?.checkpoint.order ?? null,
    linked_checkpoint_id: gate?.checkpoint.checkpoint_id ?? null,
    round: proposal.round,
    round_started_at: proposal.round_started_at ?? proposal.created_at,
    round_reason: proposal.round_reason,
    electorate,
    sealed_by: proposal.sealed_by,
    sealed_by_name: proposal.sealed_by && nameOfPrincipal(world, proposal.sealed_by),
    proposer_name: nameOfPrincipal(world, proposal.proposer_id),
    group_slug: groupOf(world, group_id).slug,
    voting_open,
    decided: gate && isOpen ? decisionOf(world, proposal) : null,
    votes_needed: gate && electorate > 0 ? neededOf(gateThreshold(proposal), electorate) : null,
    your_vote: own?.vote ?? null,
    you_may_vote: voting_open && !own && mayVote(world, proposal, context),
    unblocks: gate ? world.dependents(gate.checkpoint.checkpoint_id).filter((dependent) => !isCompleted(dependent)).length : 0,
    url: `${context.origin}/proposals/${proposal_id}`,
  }
}

/** Whose ballots of the present round count, or did when it was sealed. */
const countedVoters = (world: World, proposal: Proposal): string[] => {
  if (proposal.status === 'open') return countingBallots(world, proposal).map(({ voter_id }) => voter_id)
  return ballotsOf(world, proposal).flatMap(({ voter_id }) => (proposal.uncounted.includes(voter_id) ? [] : [voter_id]))
}

/** Whether the caller is among those who vote, and may do so by this key. */
const mayVote = (world: World, proposal: Proposal, { caller: { principal, key } }: Context): boolean => {
  if (!findMember(world, proposal.group_id, principal.principal_id)) return false
  if (!hasPermission(principal.kind, key, 'proposals:vote')) return false
  return votersOf(world, proposal).includes(principal.principal_id)
}

const viewVote = (world: World, ballot: Ballot, counts: boolean): Wire.Vote => ({
  voter_id: ballot.voter_id,
  vote: ballot.vote,
  comment: ballot.comment,
  voted_at: ballot.voted_at,
  voter_name: nameOfPrincipal(world, ballot.voter_id),
  voter_type: typeOf(world, ballot.voter_id),
  voter_for_name: ballot.voted_for && nameOfPrincipal(world, ballot.voted_for),
  round: ballot.round,
  counts,
})

type Voter = Wire.Proposal['not_voted'][number]

const { compare } = new Intl.Collator('en', { numeric: true })

/** People before agents, each by name. */
const peopleFirst = (a: Voter, b: Voter): number =>
  Number(a.voter_type === 'agent_profile') - Number(b.voter_type === 'agent_profile') || compare(a.name, b.name)

const typeOf = (world: World, principal_id: string) => world.find('principal', principal_id)?.kind ?? 'user'

const needNames = (world: World, ids: readonly (string | null)[]): void =>
  world.need(unitsOf('principal', new Set(ids.flatMap((id) => id ?? []))))

/** The choices of a tally in their own order, which a stored one has not kept. */
const ordered = (proposal: Proposal, tally: Tally): Record<string, number> =>
  Object.fromEntries(choicesOf(proposal).flatMap((choice) => (Object.hasOwn(tally, choice) ? [[choice, tally[choice] ?? 0]] : [])))

/** Asks for what the summaries of these proposals need, all at once. */
export const needForSummaries = (world: World, ids: readonly string[]): void => {
  world.need([...unitsOf('proposal', ids), ...unitsOf('ballots', ids)])
  const found = ids.flatMap((id) => world.find('proposal', id) ?? [])
  const gated = found.flatMap(({ checkpoint_id }) => checkpoint_id ?? [])
  world.need([
    ...unitsOf('group', new Set(found.map(({ group_id }) => group_id))),
    ...unitsOf('checkpoint', gated),
    ...unitsOf('dependents', gated),
  ])
  const milestones = gated.flatMap((id) => world.find('checkpoint', id)?.milestone_id ?? [])
  const voters = found.flatMap(({ electorate, group_id, checkpoint_id }) =>
    checkpoint_id === null ? world.list('group', group_id, 'member').map(({ principal_id }) => principal_id) : electorate,
  )
  const named = found.flatMap(({ proposer_id, sealed_by }) => [proposer_id, ...(sealed_by ? [sealed_by] : [])])
  world.need([...unitsOf('milestone', new Set(milestones)), ...unitsOf('principal', new Set([...voters, ...named]))])
}
