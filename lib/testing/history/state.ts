import type { Actor } from '@/lib/domain/context'
import type { Checkpoint, Group, Key, Milestone, Principal, Project, Proposal } from '@/lib/domain/entities'
import type { WorldState } from '@/lib/domain/world'
import { type Copy, copy } from '../checker'

/** The rows at one point of the log. The judge of a history reads nothing else. */
export type State = Copy & {
  principals: ReadonlyMap<string, Principal>
  keys: ReadonlyMap<string, Key>
  groups: ReadonlyMap<string, Group>
  projects: ReadonlyMap<string, Project>
  /** The role of each member, by group and principal. */
  roles: ReadonlyMap<string, string>
}

export const stateOf = (world: WorldState): State => ({
  ...copy(world),
  principals: new Map(world.all('principal').map((row) => [row.principal_id, row])),
  keys: new Map(world.all('key').map((row) => [row.key_id, row])),
  groups: new Map(world.all('group').map((row) => [row.group_id, row])),
  projects: new Map(world.all('project').map((row) => [row.project_id, row])),
  roles: new Map(world.all('member').map((row) => [`${row.group_id} ${row.principal_id}`, row.role])),
})

export const stepsOf = ({ checkpoints }: State, milestone_id: string): Checkpoint[] =>
  [...checkpoints.values()].filter((row) => row.milestone_id === milestone_id).sort((a, b) => a.order - b.order)

export const groupIdOf = ({ milestones }: State, { milestone_id }: { milestone_id: string }): string =>
  milestones.get(milestone_id)?.group_id ?? ''

export const isDone = (row: Checkpoint | undefined): boolean => row !== undefined && row.completed_at !== null

export const pendingOf = ({ checkpoints }: State, { depends_on }: Checkpoint): string[] =>
  depends_on.filter((id) => !isDone(checkpoints.get(id)))

export const dependentsOf = ({ checkpoints }: State, checkpoint_id: string): Checkpoint[] =>
  [...checkpoints.values()].filter(({ depends_on }) => depends_on.includes(checkpoint_id))

export const hasPassed = ({ proposals }: State, { requires_consensus, proposal_id }: Checkpoint): boolean => {
  if (!requires_consensus) return true
  const proposal: Proposal | undefined = proposals.get(proposal_id ?? '')
  return proposal?.status === 'finalized' && proposal.threshold_met === true
}

/** Whether the work of a group exists for a caller at all. With `faces`, whether the caller may depend on it. */
export const exists = ({ groups, keys, roles }: State, { actor_id, key_id }: Actor, group_id: string, { faces = false } = {}): boolean => {
  const bound = keys.get(key_id ?? '')?.group_id ?? null
  const isElsewhere = bound !== null && bound !== group_id
  const isOpen = groups.get(group_id)?.visibility === 'workspace'
  if (isElsewhere) return faces && isOpen
  return isOpen || roles.has(`${group_id} ${actor_id}`)
}

export const isAdminOf = ({ roles }: State, group_id: string, { actor_id }: Actor): boolean =>
  ['owner', 'admin'].includes(roles.get(`${group_id} ${actor_id}`) ?? '')

/** Only a person may loosen a plan, whose keys may do so by default (P1). */
export const mayRelax = ({ principals }: State, { actor_id }: Actor): boolean => principals.get(actor_id)?.kind === 'user'

/** A key of group scope is never a person. */
export const isPerson = ({ principals, keys }: State, { actor_id, key_id }: Actor): boolean =>
  principals.get(actor_id)?.kind === 'user' && (keys.get(key_id ?? '')?.group_id ?? null) === null

export type Lease = { claim_id: string; attempt: number }

export const leaseOf = ({ claim_id, claim_expires_at, attempts }: Checkpoint, now: string): Lease | null =>
  claim_id !== null && claim_expires_at !== null && claim_expires_at > now ? { claim_id, attempt: attempts } : null

/** The lease that has run out and whose end is not in the log yet (L1). */
export const lapsedOf = ({ claim_id, claim_expires_at, attempts }: Checkpoint, now: string): Lease | null =>
  claim_id !== null && claim_expires_at !== null && claim_expires_at <= now ? { claim_id, attempt: attempts } : null

/** Failed attempts in a row, with the one that a lapsed lease is (N1). */
export const failuresOf = (row: Checkpoint, now: string): number => row.failures + (lapsedOf(row, now) ? 1 : 0)

/** Whether the last attempt ended badly and nobody has claimed the checkpoint or given it back since. */
export const endedBadly = (row: Checkpoint, now: string): boolean => {
  if (isDone(row) || leaseOf(row, now)) return false
  return lapsedOf(row, now) !== null || (row.failures > 0 && row.last_failure?.attempt === row.attempts)
}

/** L1. Every caller of a history comes by REST, so the rule about the sessions of a browser does not arise. */
export const isHolder = (row: Checkpoint, { actor_id, session_id }: Actor, claim_id: string | undefined): boolean =>
  claim_id === row.claim_id || (actor_id === row.claimed_by && session_id !== null && session_id === row.claim_session)

export type { Checkpoint, Milestone }
