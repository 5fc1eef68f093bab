import { findMember } from './access'
import { hasEnded } from './context'
import type { Checkpoint, Key, Member, Principal, Proposal } from './entities'
import { hasPermission } from './permission'
import { unitsOf } from './state'
import type { World } from './world'

// G1: whose ballots count.

/** What decides who may vote on a gate, besides who is in the group. `last_done_by` is that of the checkpoint at the time. */
export type Constituency = Pick<Proposal, 'voters' | 'no_self_approval' | 'proposer_id'> &
  Pick<Checkpoint, 'milestone_id' | 'last_done_by'> & { group_id: string }

/** What of a principal decides whether it may vote. */
export type Voter = Pick<Principal, 'principal_id' | 'kind' | 'accountable_id' | 'suspended_at' | 'deleted_at'>

const isActive = ({ suspended_at, deleted_at }: Pick<Voter, 'suspended_at' | 'deleted_at'>): boolean =>
  suspended_at === null && deleted_at === null

/** Whether a key lets an agent vote on the gates of a milestone. */
const letsVote = (world: World, { group_id, milestone_id }: Constituency, key: Key, now: string): boolean =>
  key.group_id === group_id &&
  (key.milestone_id === null || key.milestone_id === milestone_id) &&
  hasPermission('agent_profile', key, 'proposals:vote') &&
  (key.expires_at === null || key.expires_at > now) &&
  !hasEnded(world, key)

/** Whether a member of the group may vote on a gate as far as that hangs on what they are: every person and, unless only people count, each active agent with a live key that may vote. */
export const isEligible = (world: World, constituency: Constituency, principal: Voter, now: string): boolean => {
  if (principal.kind === 'user') return true
  if (constituency.voters === 'people' || !isActive(principal)) return false
  return world.list('principal', principal.principal_id, 'key').some((key) => letsVote(world, constituency, key, now))
}

/** Whether a principal is left out, because nobody approves their own work: who gated the checkpoint, who completed or failed it last, and their agents. */
export const isLeftOut = ({ no_self_approval, proposer_id, last_done_by }: Constituency, principal: Voter): boolean => {
  if (!no_self_approval) return false
  const isOwn = (id: string | null) => id !== null && (id === proposer_id || id === last_done_by)
  return isOwn(principal.principal_id) || isOwn(principal.accountable_id)
}

/** The ids of those who may vote on a gate now. If nobody would be left, nobody is left out. */
export const electorateOf = (world: World, constituency: Constituency, now: string): string[] => {
  const ids = world.list('group', constituency.group_id, 'member').map(({ principal_id }: Member) => principal_id)
  world.need(unitsOf('principal', ids))
  const eligible = ids
    .flatMap((id) => world.find('principal', id) ?? [])
    .filter((principal) => isEligible(world, constituency, principal, now))
  const others = eligible.filter((principal) => !isLeftOut(constituency, principal))
  return (others.length > 0 ? others : eligible).map(({ principal_id }) => principal_id).sort()
}

/** Whether what a principal voted counts, and whether it could vote: it is a member of the group, and not suspended. */
export const isPresent = (world: World, group_id: string, principal_id: string): boolean => {
  const principal = findMember(world, group_id, principal_id) && world.find('principal', principal_id)
  return principal !== null && isActive(principal)
}
