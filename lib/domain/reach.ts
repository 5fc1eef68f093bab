import type { Caller } from './context'
import type { Milestone, Project } from './entities'
import { DomainError } from './errors'
import type { EventDraft, EventType, Scope } from './events'
import type { World } from './world'

// K2: how far a key of one milestone reaches. Every other caller reaches whatever it may read.

/** Whether a milestone, or a checkpoint in it, is within the caller's reach. */
export const reaches = ({ key }: Caller, { milestone_id }: Pick<Scope, 'milestone_id'>): boolean =>
  key === null || key.milestone_id === null || key.milestone_id === milestone_id

/** Whether the caller may know of a project that it may read: a key of one milestone knows the one in which that is. */
export const mayKnowProject = (world: World, { key }: Caller, { project_id }: Project): boolean =>
  key === null || key.milestone_id === null || findMilestoneOf(world, key)?.project_id === project_id

/** The milestone of a key of one milestone, or null if it was deleted. */
export const findMilestoneOf = (world: World, { milestone_id }: { milestone_id: string | null }): Milestone | null =>
  milestone_id === null ? null : world.find('milestone', milestone_id)

const beyond = ({ key }: Caller, message: (milestone_id: string) => string): DomainError => {
  const milestone_id = key?.milestone_id ?? ''
  return new DomainError('forbidden', message(milestone_id), { missing: 'scope', milestone_id })
}

/** @throws forbidden for a call about anything but the milestone of the caller's key */
export const assertReaches = (caller: Caller, scope: Pick<Scope, 'milestone_id'>): void => {
  if (reaches(caller, scope)) return
  throw beyond(
    caller,
    (id) => `This key works only in the milestone ${id}, and this call is about something else. Work in that milestone, or ask a person.`,
  )
}

/** What may change in a milestone through a key that works only there. A new type of event is no such change until it is listed here. */
const CHANGES: ReadonlySet<EventType> = new Set<EventType>([
  'milestone.updated',
  'milestone.closed',
  'milestone.reopened',
  'checkpoint.added',
  'checkpoint.updated',
  'checkpoint.linked',
  'checkpoint.dependency_added',
  'checkpoint.dependency_removed',
  'checkpoint.completed',
  'checkpoint.reopened',
  'checkpoint.failed',
  'checkpoint.retried',
  'checkpoint.relinked',
  'checkpoint.withdrawn',
  'checkpoint.deleted',
  'claim.taken',
  'claim.renewed',
  'claim.released',
  'claim.expired',
  'checkpoint.gated',
  'checkpoint.gate_lifted',
  'proposal.opened',
  'proposal.round_started',
  'proposal.finalized',
  'ballot.cast',
])

const moves = (event: EventDraft): boolean => event.type === 'milestone.updated' && event.data.project_id !== undefined

/** @throws forbidden for a decision that would change anything outside of the milestone of the caller's key, or its place */
export const assertChangesReach = (caller: Caller, events: readonly EventDraft[]): void => {
  if (!caller.key?.milestone_id) return
  if (events.every((event) => reaches(caller, event) && CHANGES.has(event.type) && !moves(event))) return
  throw beyond(
    caller,
    (id) => `This key changes only what is in the milestone ${id}, and this call would change more than that. Ask a person to do it.`,
  )
}
