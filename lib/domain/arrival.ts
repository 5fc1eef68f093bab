import { atTime } from './attempt'
import { isEligible, isLeftOut, type Voter } from './electorate'
import type { Group } from './entities'
import type { EventDraft } from './events'
import { gateOf, isVotingOver, lapseOf } from './proposal'
import { scopeOfCheckpoint, scopeOfGroup } from './resolve'
import type { Role } from './schemas/group'
import { unitsOf } from './state'
import type { World } from './world'

/** The events by which a person becomes a member of a group. */
export const join = (world: World, now: string, group: Group, principal_id: string, role: Role): EventDraft[] => [
  { ...scopeOfGroup(group), type: 'member.added', data: { principal_id, role } },
  // A person who signs up is not in the world yet.
  ...enfranchise(world, now, group, { principal_id, kind: 'user', accountable_id: null, suspended_at: null, deleted_at: null }),
]

/**
 * G1: the events by which somebody who has joined a group, or may vote in it from now on, joins the electorate of each open gate. An electorate only grows.
 * What a deadline has rejected before is written first, so that no ballot changes it that counts again because its voter is back.
 * @param mayVote whether a key that this call makes lets them vote on the gates of a milestone
 */
export const enfranchise = (
  world: World,
  now: string,
  { group_id }: Group,
  voter: Voter,
  mayVote: (milestone_id: string) => boolean = () => false,
): EventDraft[] => {
  const open = world
    .list('open_proposals', group_id, 'proposal')
    .filter(({ checkpoint_id, round_started_at }) => checkpoint_id !== null && round_started_at !== null)
    .sort((a, b) => (a.proposal_id < b.proposal_id ? -1 : 1))
  const ids = open.flatMap(({ checkpoint_id }) => checkpoint_id ?? [])
  const gated = world.findAll('checkpoint', ids).flatMap((checkpoint) => checkpoint ?? [])
  const overdue = open.filter((proposal) => isVotingOver(proposal, now)).map(({ proposal_id }) => proposal_id)
  world.need([...unitsOf('milestone', new Set(gated.map(({ milestone_id }) => milestone_id))), ...unitsOf('ballots', overdue)])
  return open.flatMap((proposal): EventDraft[] => {
    if (isVotingOver(proposal, now)) return lapseOf(world, proposal, now)
    const gate = gateOf(world, proposal)
    if (!gate || proposal.electorate.includes(voter.principal_id)) return []
    const { milestone_id } = gate.milestone
    const constituency = { ...proposal, milestone_id, last_done_by: atTime(gate.checkpoint, now).last_done_by }
    const isOne = isEligible(world, constituency, voter, now) || (proposal.voters === 'everyone' && mayVote(milestone_id))
    if (!isOne || isLeftOut(constituency, voter)) return []
    const data = { proposal_id: proposal.proposal_id, voter_id: voter.principal_id }
    return [{ ...scopeOfCheckpoint(gate.milestone, gate.checkpoint), type: 'proposal.voter_added', data }]
  })
}
