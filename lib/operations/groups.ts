import * as z from 'zod'
import { listReadableGroups } from '@/db/queries'
import { DomainError } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { newGroupId } from '@/lib/domain/ids'
import { getGroup, groupOf, idIn, scopeOfGroup } from '@/lib/domain/resolve'
import { Group, Visibility } from '@/lib/domain/schemas/group'
import { Description, IdReference, Slug, Title } from '@/lib/domain/schemas/text'
import { slugFrom } from '@/lib/domain/slug'
import { viewGroup } from '@/lib/domain/views/group'
import type { World } from '@/lib/domain/world'
import { different } from './changes'
import { GroupReference } from './fields'
import { defineMutation, defineQuery } from './operation'

const assertSlugFree = (world: World, slug: string): void => {
  if (!world.findGroupBySlug(slug)) return
  throw new DomainError('slug_taken', `The slug ${slug} is not free. Choose another.`, { slug })
}

export const listGroups = defineQuery({
  name: 'list_groups',
  routes: ['GET /groups'],
  permission: 'anyone',
  summary: 'List the groups that the caller may read',
  input: z.strictObject({ slug: IdReference.optional().describe('only the group with this slug') }),
  output: z.object({ groups: z.array(Group) }),
  errors: [],
  read: async (reading, { slug }) => {
    const ids = await listReadableGroups(reading, reading.view.caller, slug)
    const groups = await reading.world((world) => {
      world.need(ids.map((id) => ({ kind: 'group', id })))
      return ids.map((id) => viewGroup(world, id, reading.view))
    })
    return { groups }
  },
})

export const getGroupOperation = defineQuery({
  name: 'get_group',
  routes: ['GET /groups/:group_id'],
  permission: 'anyone',
  summary: 'One group, by id or slug',
  input: z.strictObject({ group_id: GroupReference }),
  output: Group,
  errors: [],
  read: ({ world, view }, { group_id }) => world((known) => viewGroup(known, getGroup(known, view.caller, group_id).group_id, view)),
})

export const createGroup = defineMutation({
  name: 'create_group',
  routes: ['POST /groups'],
  permission: 'person',
  summary: 'Create a group, of which the caller becomes the owner',
  input: z.strictObject({
    name: Title,
    slug: Slug.optional(),
    description: Description.default(''),
    visibility: Visibility.default('workspace'),
  }),
  output: Group,
  errors: ['slug_taken'],
  find: () => NOWHERE,
  decide: (world, { name, slug, description, visibility }, { caller }) => {
    const group_id = newGroupId()
    const own = `group-${group_id.slice(0, 8)}`
    const chosen = slug ?? slugFrom(name, own)
    // What was made up just now is looked up by nobody: it would be another at each try to load it.
    if (chosen !== own) assertSlugFree(world, chosen)
    const scope = { ...NOWHERE, group_id }
    return [
      { ...scope, type: 'group.created', data: { name, slug: chosen, description, visibility } },
      { ...scope, type: 'member.added', data: { principal_id: caller.principal.principal_id, role: 'owner' } },
    ]
  },
  answer: (world, scope, view) => viewGroup(world, idIn(scope, 'group_id'), view),
})

export const updateGroup = defineMutation({
  name: 'update_group',
  routes: ['PATCH /groups/:group_id'],
  permission: 'admin',
  summary: 'Change the name, slug, description or visibility of a group',
  input: z.strictObject({
    group_id: GroupReference,
    name: Title.optional(),
    slug: Slug.optional(),
    description: Description.optional(),
    visibility: Visibility.optional(),
  }),
  output: Group,
  errors: ['slug_taken'],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (world, { group_id: _reference, ...wanted }, _context, scope) => {
    const data = different(groupOf(world, idIn(scope, 'group_id')), wanted)
    if (data.slug) assertSlugFree(world, data.slug)
    return Object.keys(data).length > 0 ? [{ ...scope, type: 'group.updated', data }] : []
  },
  answer: (world, scope, view) => viewGroup(world, idIn(scope, 'group_id'), view),
})
