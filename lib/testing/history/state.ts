import type { Actor } from '@/lib/domain/context'
import type { Checkpoint, Project } from '@/lib/domain/entities'
import type { WorldState } from '@/lib/domain/world'
import { isHeld } from '../attempts'
import type { By } from '../call-checker'
import { type Copy, copy } from '../copy'

/** The rows at one point of the log. The judge of a history reads nothing else. */
export type State = Copy & {
  projects: ReadonlyMap<string, Project>
}

export const stateOf = (world: WorldState): State => ({
  ...copy(world),
  projects: new Map(world.all('project').map((row) => [row.project_id, row])),
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

/** Whether the work of a group exists for a caller at all. With `faces`, whether the caller may depend on it. */
export const exists = ({ groups, keys, roles }: State, { actor_id, key_id }: Actor, group_id: string, { faces = false } = {}): boolean => {
  const bound = keys.get(key_id ?? '')?.group_id ?? null
  const isElsewhere = bound !== null && bound !== group_id
  const isOpen = groups.get(group_id)?.visibility === 'workspace'
  if (isElsewhere) return faces && isOpen
  return isOpen || roles.has(`${group_id} ${actor_id}`)
}

/** A caller as the checker of the rules knows it. */
export const byOf = ({ principals, keys, roles }: State, actor: Actor, claim_id: string | undefined): By => {
  const key = keys.get(actor.key_id ?? '')
  const isUser = principals.get(actor.actor_id)?.kind === 'user'
  return {
    ...actor,
    claim_id,
    behind: principals.get(actor.actor_id)?.accountable_id ?? null,
    // Only a person may loosen a plan, whose keys may do so by default (P1). A key of group scope is never a person.
    relaxes: isUser,
    person: isUser && (key?.group_id ?? null) === null,
    administers: isUser && (key?.group_id ?? null) === null && key?.permissions['groups:admin'] !== false,
    admin: (group_id) => ['owner', 'admin'].includes(roles.get(`${group_id} ${actor.actor_id}`) ?? ''),
  }
}

/** Whether there is a lease that has run out and whose end is not in the log yet (L1). */
export const hasLapsed = (row: Checkpoint, now: string): boolean => row.claim_id !== null && !isHeld(row, now)
