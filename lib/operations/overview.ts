import * as z from 'zod'
import { listReadableGroups } from '@/db/queries'
import { selectProjectNumbers } from '@/db/queries/overview'
import { groupOf } from '@/lib/domain/resolve'
import { Overview } from '@/lib/domain/schemas/overview'
import { viewGroup } from '@/lib/domain/views/group'
import { viewProject } from '@/lib/domain/views/project'
import { defineQuery } from './operation'

const NONE = {
  active_milestones: 0,
  counts: { completed: 0, ready: 0, claimed: 0, awaiting_consensus: 0, blocked: 0 },
  last_activity: null,
}

export const listProjectOverview = defineQuery({
  name: 'list_project_overview',
  routes: ['GET /overview'],
  permission: 'projects:read',
  summary: 'Every project that the caller may read, with what is done, ready, waiting and blocked in it',
  input: z.strictObject({}),
  output: Overview,
  errors: [],
  read: async (reading) => {
    const ids = await listReadableGroups(reading, reading.view.caller)
    const { groups, projects } = await reading.world((world) => {
      world.need(ids.map((id) => ({ kind: 'group', id })))
      return { groups: ids.map((id) => viewGroup(world, id, reading.view)), projects: ids.flatMap((id) => world.projects(id)) }
    })
    const numbers = await selectProjectNumbers(
      reading,
      projects.map(({ project_id }) => project_id),
    )
    const overviews = await reading.world((world) =>
      projects.map((project) => {
        const { slug, name } = groupOf(world, project.group_id)
        const { project_id: _, ...known } = numbers.get(project.project_id) ?? {
          project_id: '',
          ...NONE,
          completions_14d: new Array<number>(14).fill(0),
        }
        return { project: viewProject(project, reading.view.origin), group_slug: slug, group_name: name, ...known }
      }),
    )
    return { projects: overviews, groups }
  },
})
