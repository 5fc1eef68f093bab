import * as z from 'zod'
import { listMilestoneIds, type MilestoneFilter } from '@/db/queries/milestones'
import type { Page } from '@/db/queries/page'
import type { Reading } from '@/db/read'
import type { Context } from '@/lib/domain/context'
import { assertMilestoneDeletable, deletesOthersWork } from '@/lib/domain/deletion'
import { DomainError, notFound } from '@/lib/domain/errors'
import { EXAMPLE } from '@/lib/domain/example'
import type { Ids } from '@/lib/domain/kinds'
import { LIMITS } from '@/lib/domain/limits'
import { assertComplete, assertProjectActive, closing, getProjectFor, reopening } from '@/lib/domain/milestone'
import { areNumbered, planMilestone } from '@/lib/domain/planning'
import { getCheckpoint, getMilestone, scopeOfMilestone } from '@/lib/domain/resolve'
import { Milestone, MilestoneInBrief, MilestoneStatus, MilestoneSummary } from '@/lib/domain/schemas/milestone'
import { ListedResources } from '@/lib/domain/schemas/resource'
import { Description, IdReference, Title } from '@/lib/domain/schemas/text'
import { changeText, createdText, milestonesText, milestoneText, oneCheckpointText } from '@/lib/domain/text/milestone'
import { lines, quote, words } from '@/lib/domain/text/quote'
import { viewInBrief, viewMilestone, viewMilestoneWithOne, viewSummary } from '@/lib/domain/views/milestone'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, defineQuery, idIn, nowhere } from './define'
import { differing } from './differing'
import {
  CheckpointAddress,
  Cursor,
  DependsOn,
  ExpectedVersion,
  GroupReference,
  gitLinks,
  limit,
  MilestoneReference,
  ProjectReference,
} from './fields'
import { findGroup } from './groups'
import { findProject } from './projects'

export const findMilestone = (world: World, { milestone_id }: { milestone_id: string }, context: Context) => {
  const milestone = getMilestone(world, context, milestone_id)
  return { scope: scopeOfMilestone(milestone), milestone }
}

/** @throws not_found for a replay after its deletion */
export const answered = (world: World, ids: Ids): string => {
  const milestone = world.find('milestone', idIn(ids, 'milestone_id'))
  if (!milestone) throw notFound('milestone')
  return milestone.milestone_id
}

export const answerMilestone = (world: World, ids: Ids, context: Context) => viewMilestone(world, answered(world, ids), context)

/** Every mutation of a milestone or its checkpoints answers with the whole milestone, or in brief to a caller who prefers that. */
export const milestoneAnswer = {
  output: Milestone,
  answer: answerMilestone,
  text: (world: World, ids: Ids, context: Context) => changeText(world, answered(world, ids), ids.checkpoint_id ?? null, context),
  minimal: {
    output: MilestoneInBrief,
    answer: (world: World, ids: Ids, context: Context) => viewInBrief(world, answered(world, ids), ids.checkpoint_id ?? null, context),
  },
}

export const createMilestone = defineMutation({
  name: 'create_milestone',
  routes: ['POST /groups/:group_id/milestones'],
  permission: 'milestones:write',
  summary: 'Create a milestone of checkpoints with dependencies. A checkpoint can be completed only after all its dependencies',
  atWork: true,
  repeats: true,
  input: z.strictObject({
    group_id: GroupReference,
    title: Title,
    description: Description.default(''),
    project_id: IdReference.nullable().optional().describe('a project of the group; default: its default project'),
    checkpoints: z
      .array(
        z.strictObject({
          title: Title,
          description: Description.default(''),
          requires_consensus: z.boolean().default(false).describe('whether the group has to vote for it before it can be claimed'),
          depends_on: DependsOn.default([]),
          order: z.int().optional().describe('its number; exactly 1..n for all checkpoints, or none'),
          ...gitLinks,
        }),
      )
      .max(LIMITS.checkpoints_per_milestone, `has more than ${LIMITS.checkpoints_per_milestone} entries`)
      .refine(areNumbered, 'must all have an order, exactly 1..n, or none may have one')
      .default([]),
  }),
  example: {
    project_id: EXAMPLE.project_id,
    checkpoints: [
      { title: 'Design approved' },
      { title: EXAMPLE.other_checkpoint, depends_on: [1] },
      { title: EXAMPLE.checkpoint, depends_on: [2, `${EXAMPLE.other_milestone_id}:3`] },
    ],
  },
  ...milestoneAnswer,
  errors: ['invalid_dependency', 'cycle', 'project_not_active'],
  find: findGroup,
  decide: (world, { group_id: _reference, ...spec }, context, { group }) => {
    const { events, made } = planMilestone(world, context, group.group_id, spec)
    return decided(events, made)
  },
  text: (world, ids, context) => createdText(world, answered(world, ids), context),
})

const list = async (reading: Reading, context: Context, filter: MilestoneFilter, page: Page) => {
  const { rows, next_cursor } = await reading.select(listMilestoneIds, filter, page)
  const milestones = await reading.world((world) => {
    world.need(rows.map(({ id }) => ({ kind: 'milestone', id })))
    return rows.map(({ id, total, completed }) => viewSummary(world, id, { total, completed }, context))
  })
  return { milestones, next_cursor }
}

const listed = { status: MilestoneStatus.optional(), limit: limit(20, 100), cursor: Cursor }
const Milestones = z.object({ milestones: z.array(MilestoneSummary), next_cursor: z.string().nullable() })

export const listMilestones = defineQuery({
  name: 'list_milestones',
  routes: ['GET /groups/:group_id/milestones'],
  permission: 'milestones:read',
  summary: 'List the milestones of a group, newest first',
  command: 'milestones',
  atWork: true,
  input: z.strictObject({ group_id: GroupReference, ...listed }),
  example: { status: 'active' },
  output: Milestones,
  errors: [],
  find: findGroup,
  read: (reading, { status, limit, cursor }, context, { group }) =>
    list(reading, context, { group_id: group.group_id, status }, { limit, cursor }),
  text: (data, say, input) => milestonesText(data, say, 'list_milestones', input),
})

export const listProjectMilestones = defineQuery({
  name: 'list_project_milestones',
  routes: ['GET /projects/:project_id/milestones'],
  permission: 'milestones:read',
  summary: 'List the milestones of a project, newest first',
  input: z.strictObject({ project_id: ProjectReference, ...listed }),
  output: Milestones,
  errors: [],
  find: findProject,
  read: (reading, { project_id, status, limit, cursor }, context) => list(reading, context, { project_id, status }, { limit, cursor }),
  text: (data, say, input) => milestonesText(data, say, 'list_project_milestones', input),
})

/** Lists the active milestones of the caller's groups. It has no route, because only MCP clients ask for it, as a list of resources. */
export const listOwnMilestones = defineQuery({
  name: 'list_own_milestones',
  routes: [],
  permission: 'milestones:read',
  summary: 'List the active milestones of your groups, newest first',
  beyondMilestone: true,
  input: z.strictObject({ limit: limit(20, 100), cursor: Cursor }),
  output: ListedResources,
  errors: [],
  find: nowhere,
  read: async (reading, { limit, cursor }, context) => {
    const { milestones, next_cursor } = await list(reading, context, { of: context.caller, status: 'active' }, { limit, cursor })
    return { resources: milestones.map(({ milestone_id, title, updated_at }) => ({ id: milestone_id, title, updated_at })), next_cursor }
  },
  text: ({ resources }) => lines(resources.map(({ id, title }) => words(id, quote(title)))),
})

export const getMilestoneOperation = defineQuery({
  name: 'get_milestone',
  routes: ['GET /milestones/:milestone_id'],
  permission: 'milestones:read',
  summary: 'Get a milestone with its checkpoints, their states and their blockers, or one of its checkpoints with all its texts and links',
  command: 'show',
  atWork: true,
  resource: {
    collection: 'milestones',
    id: 'milestone_id',
    listed: {
      by: listOwnMilestones,
      changedBy: ['milestone.created', 'milestone.updated', 'milestone.closed', 'milestone.reopened', 'milestone.deleted', 'member.added'],
    },
  },
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress.optional().describe('number or cp_ id of the only checkpoint to show'),
  }),
  output: Milestone,
  errors: [],
  find: (world, { milestone_id, order }, context) => {
    const checkpoint = order === undefined ? null : getCheckpoint(world, context, { milestone_id, order }).checkpoint
    return { ...findMilestone(world, { milestone_id }, context), checkpoint }
  },
  read: ({ world }, { milestone_id }, context, { checkpoint }) =>
    world((known) => (checkpoint ? viewMilestoneWithOne(known, context, checkpoint) : viewMilestone(known, milestone_id, context))),
  text: (milestone, say, { order }) => (order === undefined ? milestoneText(milestone) : oneCheckpointText(milestone, say)),
})

export const updateMilestone = defineMutation({
  name: 'update_milestone',
  routes: ['PATCH /milestones/:milestone_id'],
  permission: 'milestones:write',
  summary: 'Change the title, description or project of a milestone. If it is closed, only its project can change',
  input: z.strictObject({
    milestone_id: MilestoneReference,
    title: Title.optional(),
    description: Description.optional(),
    project_id: IdReference.optional().describe('another project of the same group'),
    expected_version: ExpectedVersion,
  }),
  example: { title: 'Ship Feature X to everybody', expected_version: 52 },
  ...milestoneAnswer,
  errors: ['milestone_closed', 'project_not_active'],
  find: findMilestone,
  decide: (world, { milestone_id: _id, expected_version: _version, ...wanted }, context, { scope, milestone }) => {
    if (wanted.project_id !== undefined) getProjectFor(world, context, milestone.group_id, wanted.project_id)
    const data = differing(milestone, wanted)
    if (data.project_id) assertProjectActive(world, data.project_id)
    const texts = data.title !== undefined || data.description !== undefined
    if (texts && milestone.status === 'closed') {
      throw new DomainError('milestone_closed', 'The milestone is closed: its title and description cannot be changed.', {
        milestone_id: milestone.milestone_id,
      })
    }
    return decided(Object.keys(data).length > 0 ? [{ ...scope, type: 'milestone.updated', data }] : [])
  },
})

export const deleteMilestone = defineMutation({
  name: 'delete_milestone',
  routes: ['DELETE /milestones/:milestone_id'],
  permission: 'milestones:write',
  summary: 'Delete a milestone without completed checkpoints and without dependents outside it',
  removes: true,
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: z.object({ milestone_id: z.string(), deleted: z.literal(true) }),
  errors: ['checkpoint_completed', 'has_dependents'],
  find: findMilestone,
  needs: (world, { milestone_id }, context) => (deletesOthersWork(context, world.checkpoints(milestone_id)) ? ['milestones:relax'] : []),
  decide: (world, _input, context, { scope, milestone }) => {
    assertMilestoneDeletable(world, context, milestone)
    return decided([{ ...scope, type: 'milestone.deleted', data: {} }])
  },
  answer: (_world, ids) => ({ milestone_id: idIn(ids, 'milestone_id'), deleted: true as const }),
  text: (_world, ids) => `deleted ${idIn(ids, 'milestone_id')}`,
})

export const reopenMilestone = defineMutation({
  name: 'reopen_milestone',
  routes: ['POST /milestones/:milestone_id/reopen'],
  permission: 'milestones:write',
  summary: 'Make a closed milestone active again; its checkpoints stay as they are',
  atWork: true,
  input: z.strictObject({ milestone_id: MilestoneReference }),
  ...milestoneAnswer,
  errors: ['milestone_active', 'project_not_active'],
  find: findMilestone,
  decide: (world, _input, _context, { milestone }) => {
    assertProjectActive(world, milestone.project_id)
    if (milestone.status === 'active')
      throw new DomainError('milestone_active', 'The milestone is already active.', { milestone_id: milestone.milestone_id })
    return decided(reopening(milestone, null))
  },
})

export const closeMilestone = defineMutation({
  name: 'close_milestone',
  routes: ['POST /milestones/:milestone_id/close'],
  permission: 'milestones:complete',
  summary: 'Close a milestone whose checkpoints are all completed',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  ...milestoneAnswer,
  errors: ['incomplete', 'milestone_closed'],
  find: findMilestone,
  decide: (world, _input, _context, { milestone }) => {
    if (milestone.status === 'closed')
      throw new DomainError('milestone_closed', 'The milestone is already closed.', { milestone_id: milestone.milestone_id })
    assertComplete(world.checkpoints(milestone.milestone_id))
    return decided(closing(milestone, world.counts(milestone.milestone_id)))
  },
})
