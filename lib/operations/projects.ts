import * as z from 'zod'
import { listProjectIds } from '@/db/queries/projects'
import { quoted } from '@/lib/domain/bidi'
import { DEFAULT_COLOR } from '@/lib/domain/color'
import type { Context } from '@/lib/domain/context'
import type { Project as Entity } from '@/lib/domain/entities'
import { DomainError, invalid, slugTaken } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import type { Ids } from '@/lib/domain/kinds'
import { assertProjectActive } from '@/lib/domain/milestone'
import { getProject, projectOf, scopeOfProject } from '@/lib/domain/resolve'
import { Project, ProjectStatus } from '@/lib/domain/schemas/project'
import { Color, Description, Slug, Title } from '@/lib/domain/schemas/text'
import { DEFAULT_SLUG, freeSlug, slugFrom } from '@/lib/domain/slug'
import { projectsText, projectText } from '@/lib/domain/text/project'
import { transliterate } from '@/lib/domain/transliterate'
import { viewProject } from '@/lib/domain/views/project'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, defineQuery, idIn, nowhere } from './define'
import { differing } from './differing'
import { Cursor, GroupReference, limit, MADE_SLUG, ProjectReference } from './fields'
import { findGroup, planGroup } from './groups'

const isTakenIn = (world: World, group_id: string) => {
  const slugs = new Set(world.list('group', group_id, 'project').map(({ slug }) => slug)).add(DEFAULT_SLUG)
  return (slug: string) => slugs.has(slug)
}

export const findProject = (world: World, { project_id }: { project_id: string }, context: Context) => {
  const project = getProject(world, context, project_id)
  return { scope: scopeOfProject(project), project }
}

const answer = (world: World, ids: Ids, context: Context) => viewProject(projectOf(world, idIn(ids, 'project_id')), context)
const answerText = (world: World, ids: Ids, context: Context) => projectText(answer(world, ids, context))

type NewProject = { title: string; description: string; slug?: string | undefined; color: string }

const planProject = ({ ids }: Context, scope: Scope, isTaken: (slug: string) => boolean, spec: NewProject) => {
  const { title, description, slug, color } = spec
  const project_id = ids.newId('proj')
  if (slug !== undefined && isTaken(slug)) throw slugTaken(slug, null)
  const chosen = slug ?? freeSlug(slugFrom(title, project_id.replace('_', '-'), transliterate), isTaken)
  const data = { title, description, slug: chosen, color, is_default: false }
  const event: EventDraft = { ...scope, project_id, type: 'project.created', data }
  return { event, project_id }
}

export const createProject = defineMutation({
  name: 'create_project',
  routes: ['POST /groups/:group_id/projects'],
  permission: 'projects:write',
  summary: 'Create a project, a container of milestones, in a group',
  repeats: true,
  input: z.strictObject({
    group_id: GroupReference,
    title: Title,
    description: Description.default(''),
    slug: Slug.optional().describe(MADE_SLUG),
    color: Color.default(DEFAULT_COLOR),
  }),
  output: Project,
  errors: ['slug_taken'],
  find: findGroup,
  decide: (world, spec, context, { scope, group }) => {
    const { event, project_id } = planProject(context, scope, isTakenIn(world, group.group_id), spec)
    return decided([event], { project_id })
  },
  answer,
  text: answerText,
})

/**
 * Creates a group and its first project. It is one decision, so that there is never one without the other, and so that the same call under the
 * same idempotency key makes them once. It has no route, because only the form of a person who is in no group sends it: other callers make the
 * group and then the project.
 */
export const createProjectInNewGroup = defineMutation({
  name: 'create_project_in_new_group',
  routes: [],
  permission: 'groups:admin',
  summary: 'Create a group that you own, and a project in it',
  repeats: true,
  input: z.strictObject({ group_name: Title, title: Title, color: Color.default(DEFAULT_COLOR) }),
  output: Project,
  errors: [],
  find: nowhere,
  decide: (world, { group_name, title, color }, context) => {
    const { events, scope, group_id } = planGroup(world, context, { name: group_name, description: '', visibility: 'workspace' })
    const { event, project_id } = planProject(context, scope, (slug) => slug === DEFAULT_SLUG, { title, description: '', color })
    return decided([...events, event], { group_id, project_id })
  },
  answer,
  text: answerText,
})

export const listProjects = defineQuery({
  name: 'list_projects',
  routes: ['GET /groups/:group_id/projects'],
  permission: 'projects:read',
  summary: 'List the projects of a group, oldest first',
  command: 'projects',
  atWork: true,
  input: z.strictObject({ group_id: GroupReference, status: ProjectStatus.optional(), limit: limit(50, 100), cursor: Cursor }),
  output: z.object({ projects: z.array(Project), next_cursor: z.string().nullable() }),
  errors: [],
  find: findGroup,
  read: async ({ select, world }, { status, limit, cursor }, context, { group }) => {
    const { rows, next_cursor } = await select(listProjectIds, group.group_id, { status, limit, cursor })
    const projects = await world((known) => rows.map(({ id }) => viewProject(projectOf(known, id), context)))
    return { projects, next_cursor }
  },
  text: projectsText,
})

export const getProjectOperation = defineQuery({
  name: 'get_project',
  routes: ['GET /projects/:project_id'],
  permission: 'projects:read',
  summary: 'Get a project',
  resource: { collection: 'projects', id: 'project_id' },
  input: z.strictObject({ project_id: ProjectReference }),
  output: Project,
  errors: [],
  find: findProject,
  read: async (_reading, _input, context, { project }) => viewProject(project, context),
  text: projectText,
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
  example: { description: 'The public interface, and all that calls it' },
  output: Project,
  errors: ['slug_taken'],
  find: findProject,
  decide: (world, { project_id: _id, ...wanted }, _context, { scope, project }) => {
    const data = differing(project, wanted)
    if (data.slug && project.is_default) throw invalid('slug', 'cannot be changed for the default project')
    if (data.slug && isTakenIn(world, project.group_id)(data.slug)) throw slugTaken(data.slug, project.slug)
    return decided(Object.keys(data).length > 0 ? [{ ...scope, type: 'project.updated', data }] : [])
  },
  answer,
  text: answerText,
})

/** The operations complete, archive and reopen take the same input and give the same answer. They differ in their event and their refusals. */
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
    find: findProject,
    decide: (world, _input, _context, { scope, project }) => decided([decide(world, project, scope)]),
    answer,
    text: answerText,
  })

export const completeProject = defineChange('complete', 'Mark a project as completed', ['project_not_active'], (world, project, scope) => {
  assertProjectActive(world, project.project_id)
  return { ...scope, type: 'project.completed', data: {} }
})

export const archiveProject = defineChange(
  'archive',
  'Archive an active or completed project; the default project of a group cannot be archived',
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
      throw new DomainError('project_active', `The project ${quoted(project.title)} is already active.`, { project_id: project.project_id })
    return { ...scope, type: 'project.reopened', data: {} }
  },
)
