import * as z from 'zod'
import { listReadableGroups } from '@/db/queries/groups'
import { selectProjectNumbers } from '@/db/queries/overview'
import { groupOf } from '@/lib/domain/resolve'
import { Overview } from '@/lib/domain/schemas/overview'
import { countStates } from '@/lib/domain/state'
import { overviewText } from '@/lib/domain/text/project'
import { viewGroup } from '@/lib/domain/views/group'
import { viewProject } from '@/lib/domain/views/project'
import { defineQuery, nowhere } from './define'

const NONE = {
  active_milestones: 0,
  counts: countStates([]),
  last_activity: null,
  completions_14d: new Array<number>(14).fill(0),
}

export const listProjectOverview = defineQuery({
  name: 'list_project_overview',
  routes: ['GET /overview'],
  permission: 'projects:read',
  summary: 'List every project that you may read, with its number of checkpoints in each state',
  command: 'overview',
  input: z.strictObject({}),
  output: Overview,
  errors: [],
  find: nowhere,
  read: async ({ select, world }, _input, context) => {
    const ids = await select(listReadableGroups, context.caller)
    const { groups, projects } = await world((known) => {
      known.need(ids.map((id) => ({ kind: 'group', id })))
      return { groups: ids.map((id) => viewGroup(known, id, context)), projects: ids.flatMap((id) => known.list('group', id, 'project')) }
    })
    const numbers = await select(
      selectProjectNumbers,
      projects.map(({ project_id }) => project_id),
    )
    const overviews = await world((known) =>
      projects.map((project) => {
        const { slug, name } = groupOf(known, project.group_id)
        const { active_milestones, counts, last_activity, completions_14d } = numbers.get(project.project_id) ?? NONE
        const told = { active_milestones, counts, last_activity, completions_14d }
        return { project: viewProject(project, context), group_slug: slug, group_name: name, ...told }
      }),
    )
    return { projects: overviews, groups }
  },
  text: overviewText,
})
