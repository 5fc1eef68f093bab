import { atTime as checkpointAtTime } from './attempt'
import { type Count, count, isMet, meets } from './counting'
import { type Constituency, electorateOf, isPresent } from './electorate'
import type { Ballot, Checkpoint, GateSettings, Group, Milestone, Proposal } from './entities'
import type { EventData, EventDraft, RoundFacts, Scope } from './events'
import { groupOf, milestoneOf, scopeOfCheckpoint, scopeOfGroup } from './resolve'
import type { GateThreshold, Outcome } from './schemas/proposal'
import { unitsOf } from './state'
import type { World } from './world'

/** A proposal that gates a checkpoint, with the two. */
export type Gate = { proposal: Proposal; checkpoint: Checkpoint; milestone: Milestone }

/** The gate that a proposal is, or null for one that gates nothing. */
export const gateOf = (world: World, proposal: Proposal): Gate | null => {
  if (proposal.checkpoint_id === null) return null
  const checkpoint = world.find('checkpoint', proposal.checkpoint_id)
  if (!checkpoint) throw new Error(`checkpoint ${proposal.checkpoint_id} is missing, although a proposal gates it`)
  return { proposal, checkpoint, milestone: milestoneOf(world, checkpoint.milestone_id) }
}

export const scopeOfProposal = (world: World, proposal: Proposal): Scope => {
  const gate = gateOf(world, proposal)
  return gate ? scopeOfCheckpoint(gate.milestone, gate.checkpoint) : scopeOfGroup(groupOf(world, proposal.group_id))
}

const HOUR = 3_600_000

export const hoursFrom = (now: string, hours: number | null): string | null =>
  hours === null ? null : new Date(Date.parse(now) + hours * HOUR).toISOString()

/** What a round of a gate begins with now: the electorate, and the group's settings of this time. */
export const roundFacts = (
  world: World,
  group: Group,
  now: string,
  constituency: Omit<Constituency, 'voters' | 'no_self_approval' | 'group_id'>,
): RoundFacts => {
  const { group_id, gate_voters: voters, no_self_approval } = group
  const { gate_threshold, gate_deadline_hours, gate_auto_finalize }: GateSettings = group
  return {
    electorate: electorateOf(world, { ...constituency, group_id, voters, no_self_approval }, now),
    threshold_type: gate_threshold,
    deadline: hoursFrom(now, gate_deadline_hours),
    voters,
    no_self_approval,
    auto_finalize: gate_auto_finalize,
  }
}

/** What the next round of a gate begins with. */
export const nextRound = (world: World, now: string, { proposal, checkpoint, milestone }: Gate): { round: number } & RoundFacts => {
  const { milestone_id } = milestone
  const { last_done_by } = checkpointAtTime(checkpoint, now)
  const constituency = { milestone_id, last_done_by, proposer_id: proposal.proposer_id }
  return { round: proposal.round + 1, ...roundFacts(world, groupOf(world, milestone.group_id), now, constituency) }
}

/** The ballots of the present round that count: each of one who may vote, is still in the group, and is not suspended. */
export const countingBallots = (world: World, proposal: Proposal): Ballot[] => {
  const cast = ballotsOf(world, proposal)
  const voters = proposal.checkpoint_id === null ? null : new Set(proposal.electorate)
  return cast.filter(({ voter_id }) => (voters === null || voters.has(voter_id)) && isPresent(world, proposal.group_id, voter_id))
}

/** The ballots of the present round, oldest first. */
export const ballotsOf = (world: World, { proposal_id, round }: Proposal): Ballot[] => {
  const cast = world.list('ballots', proposal_id, 'ballot').filter((ballot) => ballot.round === round)
  world.need(unitsOf('principal', new Set(cast.map(({ voter_id }) => voter_id))))
  return inOrder(cast)
}

export const inOrder = (ballots: Ballot[]): Ballot[] =>
  ballots.sort((a, b) => (a.voted_at === b.voted_at ? (a.voter_id < b.voter_id ? -1 : 1) : a.voted_at < b.voted_at ? -1 : 1))

/** Who may vote in the present round: the electorate of a gate that is still there, or every member of the group. */
export const votersOf = (world: World, { checkpoint_id, group_id, electorate }: Proposal): string[] => {
  const ids = checkpoint_id === null ? world.list('group', group_id, 'member').map(({ principal_id }) => principal_id) : electorate
  world.need(unitsOf('principal', ids))
  return ids.filter((id) => isPresent(world, group_id, id))
}

/** Those who may vote in the present round and have not. */
export const notVoted = (world: World, proposal: Proposal): string[] => {
  const voted = new Set(ballotsOf(world, proposal).map(({ voter_id }) => voter_id))
  return votersOf(world, proposal).filter((id) => !voted.has(id))
}

/** A gate has no quorum: its threshold is counted over the electorate. */
export const gateThreshold = ({ threshold_type }: Proposal): GateThreshold => (threshold_type === 'quorum' ? 'majority' : threshold_type)

/** A ballot that is being cast, whose event is yet to be written. */
export type Casting = Pick<Ballot, 'voter_id' | 'vote'>

export const countOf = (world: World, proposal: Proposal, casting: Casting | null = null): Count =>
  countWith(proposal, countingBallots(world, proposal), casting)

const countWith = (proposal: Proposal, counting: readonly Ballot[], casting: Casting | null): Count => {
  const votes = counting.map(({ vote }) => vote)
  return count(proposal, casting ? [...votes, casting.vote] : votes)
}

/**
 * G1: the outcome of an open gate that no further ballot of this round can change, or null. Who does not vote counts against it, and so does who has left, whose
 * ballot no longer counts. A gate with nobody to vote on it never passes.
 */
export const decisionOf = (world: World, proposal: Proposal, casting: Casting | null = null): Outcome | null => {
  const { leading } = countOf(world, proposal, casting)
  const threshold = gateThreshold(proposal)
  const of = proposal.electorate.length
  if (meets(threshold, leading, of)) return 'approved'
  const left = notVoted(world, proposal).filter((id) => id !== casting?.voter_id).length
  return meets(threshold, leading + left, of) ? null : 'rejected'
}

/** Whether the deadline for ballots has passed. */
export const isVotingOver = ({ deadline }: Proposal, now: string): boolean => deadline !== null && deadline <= now

type Finalized = EventData['proposal.finalized']

/** The outcome of the present round as it is counted now. @param stated how many may vote by the word of who finalizes; it means nothing for a gate */
const outcomeOf = (
  world: World,
  proposal: Proposal,
  by: Finalized['by'],
  stated: number | null = null,
  casting: Casting | null = null,
): Finalized => {
  const { proposal_id, round } = proposal
  const counting = countingBallots(world, proposal)
  const counted = countWith(proposal, counting, casting)
  const { tally, runoff, ballots } = counted
  const counts = new Set(counting.map(({ voter_id }) => voter_id))
  const uncounted = ballotsOf(world, proposal).flatMap(({ voter_id }) => (counts.has(voter_id) ? [] : [voter_id]))
  const facts = { proposal_id, round, tally, runoff, uncounted, by }
  if (proposal.checkpoint_id === null) {
    const eligible = stated ?? world.list('group', proposal.group_id, 'member').length
    return { ...facts, eligible, result: counted.result, threshold_met: isMet(proposal, counted, eligible) }
  }
  const eligible = proposal.electorate.length
  const threshold_met = meets(gateThreshold(proposal), counted.leading, eligible)
  return { ...facts, eligible, result: ballots === 0 ? null : threshold_met ? 'yes' : 'no', threshold_met }
}

type Lapse = Extract<EventDraft, { type: 'proposal.round_started' | 'proposal.finalized' }>

/** What has happened to a gate by the clock alone, which the next change that meets it writes, or null. */
const findLapse = (world: World, proposal: Proposal, now: string): Lapse | null => {
  const hasElectorate = proposal.round_started_at !== null
  if (proposal.status === 'finalized' || (hasElectorate && !isVotingOver(proposal, now))) return null
  const gate = gateOf(world, proposal)
  if (!gate) return null
  const scope = scopeOfCheckpoint(gate.milestone, gate.checkpoint)
  const { proposal_id } = proposal
  if (!hasElectorate) return { ...scope, type: 'proposal.round_started', data: { proposal_id, ...nextRound(world, now, gate) } }
  const data = outcomeOf(world, proposal, 'deadline')
  // What is decided stays so until somebody finalizes it: no gate passes by the clock.
  return data.threshold_met ? null : { ...scope, type: 'proposal.finalized', data }
}

/**
 * G1: the proposal as it is at a time, also as far as no event says so yet. A gate that its deadline found without a majority is rejected, and one from before
 * there were electorates is in a new round.
 */
export const proposalAt = (world: World, proposal: Proposal, now: string): Proposal => {
  const lapse = findLapse(world, proposal, now)
  if (!lapse) return proposal
  if (lapse.type === 'proposal.round_started') {
    // It began long ago for those who know it: there were no ballots, so none can be for another round.
    return { ...proposal, ...lapse.data, round_started_at: proposal.created_at, round_reason: '' }
  }
  const { by: _by, round: _round, ...outcome } = lapse.data
  return { ...proposal, ...outcome, status: 'finalized', sealed_by: null, finalized_at: proposal.deadline }
}

/** The event that says what has happened to a gate by the clock, or none. */
export const lapseOf = (world: World, proposal: Proposal, now: string): Lapse[] => {
  const lapse = findLapse(world, proposal, now)
  return lapse ? [lapse] : []
}

/** The event that seals a proposal as it is counted now, with a ballot that is being cast. */
export const seal = (
  world: World,
  proposal: Proposal,
  by: Finalized['by'],
  { stated = null, casting = null }: Sealing = {},
): EventDraft => ({
  ...scopeOfProposal(world, proposal),
  type: 'proposal.finalized',
  data: outcomeOf(world, proposal, by, stated, casting),
})

type Sealing = { stated?: number | null; casting?: Casting | null }
