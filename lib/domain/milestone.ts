import type { Checkpoint, Milestone } from './entities'
import { DomainError, invalid } from './errors'
import type { EventDraft } from './events'
import { LIMITS } from './limits'
import { milestoneOf, scopeOfMilestone } from './resolve'
import { isCompleted } from './state'
import type { World } from './world'

/** M2: the event that closes a milestone once these are all its checkpoints and all are completed; `completing` counts as completed. */
export const closing = (milestone: Milestone, checkpoints: readonly Checkpoint[], completing?: Checkpoint): EventDraft[] => {
  const done = checkpoints.every((checkpoint) => isCompleted(checkpoint) || checkpoint.checkpoint_id === completing?.checkpoint_id)
  if (milestone.status === 'closed' || checkpoints.length === 0 || !done) return []
  return [{ ...scopeOfMilestone(milestone), type: 'milestone.closed', data: {} }]
}

/** The event that makes a closed milestone active again; `cause` is the checkpoint whose change did it, null for reopen_milestone. */
export const reopening = (milestone: Milestone, cause: string | null): EventDraft[] =>
  milestone.status === 'active' ? [] : [{ ...scopeOfMilestone(milestone), type: 'milestone.reopened', data: { cause } }]

/** @throws project_not_active: where a project is completed or archived nothing new is planned and nothing is reopened */
export const assertProjectActive = (world: World, project_id: string): void => {
  const project = world.find('project', project_id)
  if (!project || project.status === 'active') return
  const message = `The project ${project.title} is ${project.status}. Work in an active project, or ask for this one to be reopened.`
  throw new DomainError('project_not_active', message, { project_id, status: project.status })
}

/** A project that a milestone is put into: one of its own group. @throws invalid */
export const getProjectFor = (world: World, group_id: string, project_id: string): string => {
  const project = world.find('project', project_id)
  if (project?.group_id !== group_id) throw invalid('project_id', 'names no project of this group')
  return project_id
}

/** @throws version_mismatch, with the present numbering */
export const assertVersion = (world: World, milestone_id: string, expected: number): void => {
  const milestone = milestoneOf(world, milestone_id)
  if (milestone.version === expected) return
  const checkpoints = world.checkpoints(milestone_id).map(({ order, checkpoint_id, title }) => ({ order, checkpoint_id, title }))
  const message = `The milestone is at version ${milestone.version}, not ${expected}: it was changed. Read it again, or address checkpoints by id.`
  throw new DomainError('version_mismatch', message, { version: milestone.version, checkpoints })
}

/** @throws invalid, with the bound */
export const assertRoomFor = (count: number): void => {
  if (count <= LIMITS.checkpoints_per_milestone) return
  throw invalid('checkpoints', `are more than ${LIMITS.checkpoints_per_milestone} in one milestone`)
}

/** @throws incomplete while a checkpoint is pending or there is none */
export const assertComplete = (checkpoints: readonly Checkpoint[]): void => {
  const pending = checkpoints.filter((checkpoint) => !isCompleted(checkpoint))
  if (checkpoints.length > 0 && pending.length === 0) return
  const message = checkpoints.length === 0 ? 'The milestone has no checkpoint yet.' : `${pending.length} of its checkpoints are pending.`
  throw new DomainError('incomplete', message, {
    pending: pending.map(({ order, checkpoint_id, title }) => ({ order, checkpoint_id, title })),
  })
}
