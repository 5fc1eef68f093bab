import * as z from 'zod'
import { listProjects as selectProjects } from '@/db/queries'
import type { Project as Entity } from '@/lib/domain/entities'
import { DomainError, invalid } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import { newId } from '@/lib/domain/ids'
import { assertProjectActive } from '@/lib/domain/milestone'
import { DEFAULT_SLUG } from '@/lib/domain/plan'
import { getGroup, getProject, idIn, scopeOfGroup, scopeOfProject } from '@/lib/domain/resolve'
import { Project, ProjectStatus } from '@/lib/domain/schemas/project'
import { Color, Description, Slug, Title } from '@/lib/domain/schemas/text'
import { slugFrom } from '@/lib/domain/slug'
import { viewProject } from '@/lib/domain/views/project'
import type { View } from '@/lib/domain/views/view'
import type { World } from '@/lib/domain/world'
import { different } from './changes'
import { Cursor, GroupReference, limit, ProjectReference } from './fields'
import { type Context, defineMutation, defineQuery } from './operation'

const assertSlugFree = (world: World, group_id: string, slug: string): void => {
  const taken = slug === DEFAULT_SLUG || world.projects(group_id).some((project) => project.slug === slug)
  if (taken) throw new DomainError('slug_taken', `The slug ${slug} is taken in this group. Choose another.`, { slug })
}

const find = (world: World, { project_id }: { project_id: string }, { caller }: Context): Scope =>
  scopeOfProject(getProject(world, caller, project_id))

const projectIn = (world: World, scope: Scope): Entity => {
  const project = world.find('project', idIn(scope, 'project_id'))
  if (!project) throw new Error('a project that was found is missing')
  return project
}

const answer = (world: World, scope: Scope, { origin }: View) => viewProject(projectIn(world, scope), origin)

export const createProject = defineMutation({
  name: 'create_project',
  routes: ['POST /groups/:group_id/projects'],
  permission: 'projects:write',
  summary: 'Create a project, a container of milestones, in a group',
  input: z.strictObject({
    group_id: GroupReference,
    title: Title,
    description: Description.default(''),
    slug: Slug.optional(),
    color: Color.default('#64748B'),
  }),
  output: Project,
  errors: ['slug_taken'],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (world, { title, description, slug, color }, _context, scope) => {
    const project_id = newId('proj')
    const chosen = slug ?? slugFrom(title, project_id.replace('_', '-'))
    assertSlugFree(world, idIn(scope, 'group_id'), chosen)
    return [{ ...scope, project_id, type: 'project.created', data: { title, description, slug: chosen, color, is_default: false } }]
  },
  answer,
})

export const listProjects = defineQuery({
  name: 'list_projects',
  routes: ['GET /groups/:group_id/projects'],
  permission: 'projects:read',
  summary: 'List the projects of a group, oldest first',
  input: z.strictObject({ group_id: GroupReference, status: ProjectStatus.optional(), limit: limit(50, 100), cursor: Cursor }),
  output: z.object({ projects: z.array(Project), next_cursor: z.string().nullable() }),
  errors: [],
  read: async (reading, { group_id, ...page }) => {
    const group = await reading.world((world) => getGroup(world, reading.view.caller, group_id))
    const { rows, next_cursor } = await selectProjects(reading, group.group_id, page)
    return { projects: rows.map((project) => viewProject(project, reading.view.origin)), next_cursor }
  },
})

export const getProjectOperation = defineQuery({
  name: 'get_project',
  routes: ['GET /projects/:project_id'],
  permission: 'projects:read',
  summary: 'One project',
  input: z.strictObject({ project_id: ProjectReference }),
  output: Project,
  errors: [],
  read: ({ world, view }, { project_id }) => world((known) => viewProject(getProject(known, view.caller, project_id), view.origin)),
})

export const updateProject = defineMutation({
  name: 'update_project',
  routes: ['PATCH /projects/:project_id'],
  permission: 'projects:write',
  summary: 'Change the title, description, slug or colour of a project',
  input: z.strictObject({
    project_id: ProjectReference,
    title: Title.optional(),
    description: Description.optional(),
    slug: Slug.optional(),
    color: Color.optional(),
  }),
  output: Project,
  errors: ['slug_taken'],
  find,
  decide: (world, { project_id: _id, ...wanted }, _context, scope) => {
    const project = projectIn(world, scope)
    const data = different(project, wanted)
    if (data.slug && project.is_default) throw invalid('slug', 'of the default project stays as it is')
    if (data.slug) assertSlugFree(world, idIn(scope, 'group_id'), data.slug)
    return Object.keys(data).length > 0 ? [{ ...scope, type: 'project.updated', data }] : []
  },
  answer,
})

/** complete, archive and reopen: one input, one answer, another fact. */
const defineChange = (
  change: 'complete' | 'archive' | 'reopen',
  summary: string,
  errors: ('default_project' | 'project_not_active' | 'project_active')[],
  decide: (world: World, project: Entity, scope: Scope) => EventDraft,
) =>
  defineMutation({
    name: `${change}_project`,
    routes: [`POST /projects/:project_id/${change}`],
    permission: 'projects:write',
    summary,
    input: z.strictObject({ project_id: ProjectReference }),
    output: Project,
    errors,
    find,
    decide: (world, _input, _context, scope) => [decide(world, projectIn(world, scope), scope)],
    answer,
  })

export const completeProject = defineChange('complete', 'Mark a project as completed', ['project_not_active'], (world, project, scope) => {
  assertProjectActive(world, project.project_id)
  return { ...scope, type: 'project.completed', data: {} }
})

export const archiveProject = defineChange(
  'archive',
  'Archive a project, active or completed; the default project of a group stays',
  ['default_project', 'project_not_active'],
  (world, project, scope) => {
    if (project.is_default)
      throw new DomainError('default_project', 'The default project of a group cannot be archived.', { project_id: project.project_id })
    if (project.status === 'archived') assertProjectActive(world, project.project_id)
    return { ...scope, type: 'project.archived', data: {} }
  },
)

export const reopenProject = defineChange(
  'reopen',
  'Make a completed or archived project active again',
  ['project_active'],
  (_world, project, scope) => {
    if (project.status === 'active')
      throw new DomainError('project_active', `The project ${project.title} is active already.`, { project_id: project.project_id })
    return { ...scope, type: 'project.reopened', data: {} }
  },
)
