import type { Ballot, Checkpoint, Group, Invitation, Key, Milestone, Principal, Proposal } from '@/lib/domain/entities'
import type { Role } from '@/lib/domain/schemas/group'
import type { WorldState } from '@/lib/domain/world'

export type Copy = {
  checkpoints: ReadonlyMap<string, Checkpoint>
  milestones: ReadonlyMap<string, Milestone>
  proposals: ReadonlyMap<string, Proposal>
  ballots: ReadonlyMap<string, Ballot>
  groups: ReadonlyMap<string, Group>
  principals: ReadonlyMap<string, Principal>
  keys: ReadonlyMap<string, Key>
  invitations: ReadonlyMap<string, Invitation>
  /** The role of each member, by group and principal. */
  roles: ReadonlyMap<string, Role>
}

/** A copy of the maps is a copy of the state, because entities are not changed in place. */
export const copy = (world: WorldState): Copy => ({
  checkpoints: new Map(world.all('checkpoint').map((entity) => [entity.checkpoint_id, entity])),
  milestones: new Map(world.all('milestone').map((entity) => [entity.milestone_id, entity])),
  proposals: new Map(world.all('proposal').map((entity) => [entity.proposal_id, entity])),
  ballots: new Map(world.all('ballot').map((entity) => [`${entity.proposal_id}/${entity.round}/${entity.voter_id}`, entity])),
  groups: new Map(world.all('group').map((entity) => [entity.group_id, entity])),
  principals: new Map(world.all('principal').map((entity) => [entity.principal_id, entity])),
  keys: new Map(world.all('key').map((entity) => [entity.key_id, entity])),
  invitations: new Map(world.all('invitation').map((entity) => [entity.invitation_id, entity])),
  roles: new Map(world.all('member').map(({ group_id, principal_id, role }) => [`${group_id} ${principal_id}`, role])),
})

export const roleIn = ({ roles }: Copy, group_id: string | null | undefined, principal_id: string | null): Role | null =>
  roles.get(`${group_id} ${principal_id}`) ?? null

export const done = (checkpoint: Checkpoint | undefined) => checkpoint?.completed_at != null

/** The checkpoints of a milestone in the order of their numbers. */
export const stepsOf = ({ checkpoints }: Pick<Copy, 'checkpoints'>, milestone_id: string) =>
  [...checkpoints.values()].filter((checkpoint) => checkpoint.milestone_id === milestone_id).sort((a, b) => a.order - b.order)

/** Whether two lists have the same members, in whatever order. */
export const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && [...a].sort().join() === [...b].sort().join()
