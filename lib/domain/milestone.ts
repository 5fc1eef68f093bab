import { quoted } from './bidi'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError, invalid } from './errors'
import type { EventDraft } from './events'
import { LIMITS } from './limits'
import type { Counts } from './plans'
import { mayKnowProject } from './reach'
import { milestoneOf, scopeOfMilestone } from './resolve'
import { isCompleted } from './state'
import type { World } from './world'

/** M2: the event that closes a milestone if it has checkpoints and all are completed. The counts are those after the change that closes it. */
export const closing = (milestone: Milestone, { total, completed }: Counts): EventDraft[] => {
  if (milestone.status === 'closed' || total === 0 || completed < total) return []
  return [{ ...scopeOfMilestone(milestone), type: 'milestone.closed', data: {} }]
}

/** The event that makes a closed milestone active again. `cause` is the checkpoint whose change did this, or null for reopen_milestone. */
export const reopening = (milestone: Milestone, cause: string | null): EventDraft[] =>
  milestone.status === 'active' ? [] : [{ ...scopeOfMilestone(milestone), type: 'milestone.reopened', data: { cause } }]

/** In a completed or archived project, nothing new is planned and nothing is reopened. @throws project_not_active */
export const assertProjectActive = (world: World, project_id: string): void => {
  const project = world.find('project', project_id)
  if (!project || project.status === 'active') return
  const message = `The project ${quoted(project.title)} is ${project.status}. Work in an active project, or ask for this one to be reopened.`
  throw new DomainError('project_not_active', message, { project_id, status: project.status })
}

/** A milestone is only put into a project of its own group, and by a key of one milestone into none but its own (K2). @throws invalid */
export const getProjectFor = (world: World, context: Context, group_id: string, project_id: string): string => {
  const project = world.find('project', project_id)
  if (project?.group_id !== group_id || !mayKnowProject(world, context.caller, project))
    throw invalid('project_id', 'names no project of this group')
  return project_id
}

/** @throws version_mismatch, with the present version and numbering */
export const assertVersion = (world: World, milestone_id: string, expected: number): void => {
  const milestone = milestoneOf(world, milestone_id)
  if (milestone.version === expected) return
  const checkpoints = world.checkpoints(milestone_id).map(({ order, checkpoint_id, title }) => ({ order, checkpoint_id, title }))
  const message = `The milestone is at version ${milestone.version}, not ${expected}: it has changed. Read it again, or address checkpoints by id without expected_version.`
  throw new DomainError('version_mismatch', message, { version: milestone.version, checkpoints })
}

/** @throws invalid, with the limit */
export const assertRoomFor = (count: number): void => {
  if (count <= LIMITS.checkpoints_per_milestone) return
  throw invalid('checkpoints', `must not exceed ${LIMITS.checkpoints_per_milestone} in one milestone`)
}

/** @throws incomplete if there is no checkpoint, or if one is pending */
export const assertComplete = (checkpoints: readonly Checkpoint[]): void => {
  const pending = checkpoints.filter((checkpoint) => !isCompleted(checkpoint))
  if (checkpoints.length > 0 && pending.length === 0) return
  const message =
    checkpoints.length === 0
      ? 'The milestone has no checkpoint yet. Add one first.'
      : `The milestone has pending checkpoints (${pending.length}). Complete them first.`
  throw new DomainError('incomplete', message, {
    pending: pending.map(({ order, checkpoint_id, title }) => ({ order, checkpoint_id, title })),
  })
}
