import * as z from 'zod'
import { listAllMilestoneIds } from '@/db/queries/milestones'
import { projectOf } from '@/lib/domain/resolve'
import { Graph } from '@/lib/domain/schemas/graph'
import { graphText } from '@/lib/domain/text/graph'
import { viewGraph } from '@/lib/domain/views/graph'
import { defineQuery } from './define'
import { MilestoneReference, ProjectReference } from './fields'
import { findMilestone } from './milestones'
import { findProject } from './projects'

export const getProjectGraph = defineQuery({
  name: 'get_project_graph',
  routes: ['GET /projects/:project_id/graph'],
  permission: 'milestones:read',
  summary: 'Get all milestones of a project, with every dependency that touches them, for a drawing',
  input: z.strictObject({ project_id: ProjectReference }),
  output: Graph,
  errors: [],
  find: findProject,
  read: async ({ select, world }, { project_id }, context, { project }) => {
    const ids = await select(listAllMilestoneIds, project_id)
    return world((known) => viewGraph(known, project, ids, context))
  },
  text: graphText,
})

export const getMilestoneGraph = defineQuery({
  name: 'get_milestone_graph',
  routes: ['GET /milestones/:milestone_id/graph'],
  permission: 'milestones:read',
  summary: 'Get one milestone, with every dependency that touches it, for a drawing',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: Graph,
  errors: [],
  find: findMilestone,
  read: ({ world }, { milestone_id }, context, { milestone }) =>
    world((known) => viewGraph(known, projectOf(known, milestone.project_id), [milestone_id], context)),
  text: graphText,
})
