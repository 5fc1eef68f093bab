import * as z from 'zod'
import { listMilestoneIds } from '@/db/queries'
import { getMilestone, getProject } from '@/lib/domain/resolve'
import { Graph } from '@/lib/domain/schemas/graph'
import { viewGraph } from '@/lib/domain/views/graph'
import { MilestoneReference, ProjectReference } from './fields'
import { defineQuery } from './operation'

export const getProjectGraph = defineQuery({
  name: 'get_project_graph',
  routes: ['GET /projects/:project_id/graph'],
  permission: 'milestones:read',
  summary: 'All milestones of a project with every dependency that touches them: what a drawing needs',
  input: z.strictObject({ project_id: ProjectReference }),
  output: Graph,
  errors: [],
  read: async (reading, { project_id }) => {
    const project = await reading.world((world) => getProject(world, reading.view.caller, project_id))
    const ids = await listMilestoneIds(reading, project.project_id)
    return reading.world((world) => viewGraph(world, project, ids, reading.view))
  },
})

export const getMilestoneGraph = defineQuery({
  name: 'get_milestone_graph',
  routes: ['GET /milestones/:milestone_id/graph'],
  permission: 'milestones:read',
  summary: 'One milestone with every dependency that touches it: what a drawing needs',
  input: z.strictObject({ milestone_id: MilestoneReference }),
  output: Graph,
  errors: [],
  read: ({ world, view }, { milestone_id }) =>
    world((known) => {
      const milestone = getMilestone(known, view.caller, milestone_id)
      return viewGraph(known, getProject(known, view.caller, milestone.project_id), [milestone_id], view)
    }),
})
