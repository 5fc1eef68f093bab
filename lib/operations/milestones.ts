import * as z from 'zod'
import { listMilestones as selectMilestones } from '@/db/queries'
import { whoDepends } from '@/lib/domain/completion'
import { DomainError, notFound } from '@/lib/domain/errors'
import type { Scope } from '@/lib/domain/events'
import { LIMITS } from '@/lib/domain/limits'
import { assertComplete, assertProjectActive, closing, getProjectFor, reopening } from '@/lib/domain/milestone'
import { areNumbered, planMilestone } from '@/lib/domain/plan'
import { getGroup, getMilestone, getProject, groupOf, idIn, milestoneOf, scopeOfGroup, scopeOfMilestone } from '@/lib/domain/resolve'
import { Milestone, MilestoneStatus, MilestoneSummary } from '@/lib/domain/schemas/milestone'
import { Description, IdReference, Title } from '@/lib/domain/schemas/text'
import { isCompleted } from '@/lib/domain/state'
import { summarize, viewMilestone } from '@/lib/domain/views/milestone'
import type { View } from '@/lib/domain/views/view'
import type { World } from '@/lib/domain/world'
import { different } from './changes'
import { Cursor, DependsOn, ExpectedVersion, GroupReference, gitLinks, limit, MilestoneReference, ProjectReference } from './fields'
import { type Context, defineMutation, defineQuery, type Reading } from './operation'

export const findMilestone = (world: World, { milestone_id }: { milestone_id: string }, { caller }: Context): Scope =>
  scopeOfMilestone(getMilestone(world, caller, milestone_id))

/** Every mutation of a milestone or of its checkpoints answers with the whole milestone; a repeat, once it is deleted, finds none. */
export const answerMilestone = (world: World, scope: Scope, view: View) => {
  const milestone = world.find('milestone', idIn(scope, 'milestone_id'))
  if (!milestone) throw notFound('milestone')
  return viewMilestone(world, milestone.milestone_id, view)
}

export const createMilestone = defineMutation({
  name: 'create_milestone',
  routes: ['POST /groups/:group_id/milestones'],
  permission: 'milestones:write',
  summary: 'Plan a milestone as checkpoints with dependencies; a checkpoint cannot be completed before all that it depends on',
  input: z.strictObject({
    group_id: GroupReference,
    title: Title,
    description: Description.default(''),
    project_id: IdReference.nullable().optional().describe('a project of the group; without, its default project'),
    checkpoints: z
      .array(
        z.strictObject({
          title: Title,
          description: Description.default(''),
          requires_consensus: z.boolean().default(false).describe("whether the group's vote must pass before it can be completed"),
          depends_on: DependsOn.default([]),
          order: z.int().optional().describe('its number: given for all, exactly 1..n, or for none'),
          ...gitLinks,
        }),
      )
      .max(LIMITS.checkpoints_per_milestone, `has more than ${LIMITS.checkpoints_per_milestone} entries`)
      .refine(areNumbered, 'carry numbers that are not exactly 1..n, for all or for none')
      .default([]),
  }),
  output: Milestone,
  errors: ['invalid_dependency', 'cycle', 'project_not_active'],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (world, { group_id: _reference, ...plan }, { caller }, scope) => planMilestone(world, caller, idIn(scope, 'group_id'), plan),
  answer: answerMilestone,
})

const list = async (
  reading: Reading,
  filter: Parameters<typeof selectMilestones>[1],
  page: { limit: number; cursor?: string | undefined },
) => {
  const { rows, next_cursor } = await selectMilestones(reading, filter, page)
  const slugs = await reading.world((world) => new Map(rows.map(({ group_id }) => [group_id, groupOf(world, group_id).slug])))
  const milestones = rows.map(({ total, completed, ...row }) =>
    summarize(row, slugs.get(row.group_id) ?? '', total, completed, reading.view.origin),
  )
  return { milestones, next_cursor }
}

const listed = { status: MilestoneStatus.optional(), limit: limit(20, 100), cursor: Cursor }
const Milestones = z.object({ milestones: z.array(MilestoneSummary), next_cursor: z.string().nullable() })

export const listMilestones = defineQuery({
  name: 'list_milestones',
  routes: ['GET /groups/:group_id/milestones'],
  permission: 'milestones:read',
  summary: 'List the milestones of a group, newest first',
  input: z.strictObject({ group_id: GroupReference, ...listed }),
  output: Milestones,
  errors: [],
  read: async (reading, { group_id: reference, status, ...page }) => {
    const { group_id } = await reading.world((world) => getGroup(world, reading.view.caller, reference))
    return list(reading, { group_id, status }, page)
  },
})

export const listProjectMilestones = defineQuery({
  name: 'list_project_milestones',
  routes: ['GET /projects/:project_id/milestones'],
  permission: 'milestones:read',
  summary: 'List the milestones of a project, newest first',
  input: z.strictObject({ project_id: ProjectReference, ...listed }),
  output: Milestones,
  errors: [],
  read: async (reading, { project_id, status, ...page }) => {
    await reading.world((world) => getProject(world, reading.view.caller, project_id))
    return list(reading, { project_id, status }, page)
  },
})

export const getMilestoneOperation = defineQuery({
  name: 'get_milestone',
  routes: ['GET /milestones/:milestone_id'],
  permission: 'milestones:read',
  summary: 'One milestone with its checkpoints, their states, and what blocks them',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: Milestone,
  errors: [],
  read: ({ world, view }, { milestone_id }) =>
    world((known) => viewMilestone(known, getMilestone(known, view.caller, milestone_id).milestone_id, view)),
})

export const updateMilestone = defineMutation({
  name: 'update_milestone',
  routes: ['PATCH /milestones/:milestone_id'],
  permission: 'milestones:write',
  summary: 'Change the title, description or project of an active milestone',
  input: z.strictObject({
    milestone_id: MilestoneReference,
    title: Title.optional(),
    description: Description.optional(),
    project_id: IdReference.optional().describe('another project of the same group'),
    expected_version: ExpectedVersion,
  }),
  output: Milestone,
  errors: ['milestone_closed', 'project_not_active'],
  find: findMilestone,
  decide: (world, { milestone_id: _id, expected_version: _version, ...wanted }, _context, scope) => {
    const milestone = milestoneOf(world, idIn(scope, 'milestone_id'))
    if (wanted.project_id !== undefined) getProjectFor(world, milestone.group_id, wanted.project_id)
    const data = different(milestone, wanted)
    if (data.project_id) assertProjectActive(world, data.project_id)
    const texts = data.title !== undefined || data.description !== undefined
    if (texts && milestone.status === 'closed') {
      throw new DomainError('milestone_closed', 'The milestone is closed: its title and description stay as they were.', {
        milestone_id: milestone.milestone_id,
      })
    }
    return Object.keys(data).length > 0 ? [{ ...scope, type: 'milestone.updated', data }] : []
  },
  answer: answerMilestone,
})

export const deleteMilestone = defineMutation({
  name: 'delete_milestone',
  routes: ['DELETE /milestones/:milestone_id'],
  permission: 'milestones:write',
  summary: 'Delete a milestone in which nothing is completed and on which nothing outside depends',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: z.object({ milestone_id: z.string(), deleted: z.literal(true) }),
  errors: ['checkpoint_completed', 'has_dependents'],
  find: findMilestone,
  loosens: (world, { milestone_id }, { caller }) =>
    world
      .checkpoints(milestone_id)
      .some((checkpoint) => !isCompleted(checkpoint) && checkpoint.created_by !== caller.principal.principal_id),
  decide: (world, { milestone_id }, { caller }, scope) => {
    const checkpoints = world.checkpoints(milestone_id)
    world.need(checkpoints.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
    const completed = checkpoints.filter(isCompleted)
    if (completed.length > 0) {
      const message = `${completed.length} of its checkpoints are completed: what was done stays on record.`
      throw new DomainError('checkpoint_completed', message, { checkpoint_ids: completed.map(({ checkpoint_id }) => checkpoint_id) })
    }
    for (const checkpoint of checkpoints) {
      const outside = world.dependents(checkpoint.checkpoint_id).filter((dependent) => dependent.milestone_id !== milestone_id)
      if (outside.length === 0) continue
      const { summary, details } = whoDepends(world, caller, checkpoint, outside)
      throw new DomainError('has_dependents', `Others wait for its checkpoint ${checkpoint.order} (${summary}).`, details)
    }
    return [{ ...scope, type: 'milestone.deleted', data: {} }]
  },
  answer: (_world, scope) => ({ milestone_id: idIn(scope, 'milestone_id'), deleted: true as const }),
})

export const reopenMilestone = defineMutation({
  name: 'reopen_milestone',
  routes: ['POST /milestones/:milestone_id/reopen'],
  permission: 'milestones:write',
  summary: 'Make a closed milestone active again, with nothing else changed',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: Milestone,
  errors: ['milestone_active', 'project_not_active'],
  find: findMilestone,
  decide: (world, _input, _context, scope) => {
    const milestone = milestoneOf(world, idIn(scope, 'milestone_id'))
    assertProjectActive(world, milestone.project_id)
    if (milestone.status === 'active')
      throw new DomainError('milestone_active', 'The milestone is active already.', { milestone_id: milestone.milestone_id })
    return reopening(milestone, null)
  },
  answer: answerMilestone,
})

export const closeMilestone = defineMutation({
  name: 'close_milestone',
  routes: ['POST /milestones/:milestone_id/close'],
  permission: 'milestones:complete',
  summary: 'Close a milestone whose checkpoints are all completed',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: Milestone,
  errors: ['incomplete', 'milestone_closed'],
  find: findMilestone,
  decide: (world, _input, _context, scope) => {
    const milestone = milestoneOf(world, idIn(scope, 'milestone_id'))
    if (milestone.status === 'closed')
      throw new DomainError('milestone_closed', 'The milestone is closed already.', { milestone_id: milestone.milestone_id })
    const checkpoints = world.checkpoints(milestone.milestone_id)
    assertComplete(checkpoints)
    return closing(milestone, checkpoints)
  },
  answer: answerMilestone,
})
