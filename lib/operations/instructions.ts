import * as z from 'zod'
import { groupOf } from '@/lib/domain/resolve'
import { instructionsText } from '@/lib/domain/text/instructions'
import { defineQuery } from './define'
import { ProjectReference } from './fields'
import { findProject } from './projects'

export const getInstructions = defineQuery({
  name: 'get_instructions',
  routes: ['GET /projects/:project_id/instructions'],
  permission: 'projects:read',
  summary: 'Get what an agent has to know to work in a project, as a text for its CLAUDE.md or AGENTS.md',
  input: z.strictObject({ project_id: ProjectReference }),
  output: z.object({
    project_id: z.string(),
    title: z.string(),
    group_slug: z.string(),
    group_name: z.string(),
    text: z.string().describe('the instructions, in Markdown'),
  }),
  errors: [],
  find: findProject,
  read: async ({ world }, _input, { origin }, { project: { project_id, group_id, title } }) => {
    const { slug: group_slug, name: group_name } = await world((known) => groupOf(known, group_id))
    return { project_id, title, group_slug, group_name, text: instructionsText({ origin, group_slug, project_id, title }) }
  },
  text: ({ text }) => text.trimEnd(),
})
