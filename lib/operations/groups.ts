import * as z from 'zod'
import { listReadableGroups } from '@/db/queries/groups'
import { mayReadWholeLog } from '@/lib/domain/access'
import type { Context } from '@/lib/domain/context'
import { notFound, slugTaken } from '@/lib/domain/errors'
import { type EventDraft, NOWHERE } from '@/lib/domain/events'
import { EXAMPLE } from '@/lib/domain/example'
import type { Ids } from '@/lib/domain/kinds'
import { LIMITS } from '@/lib/domain/limits'
import { getPersonIn } from '@/lib/domain/membership'
import { findAnyGroup, findGroupBySlug, getGroup, scopeOfGroup } from '@/lib/domain/resolve'
import { Group, Visibility } from '@/lib/domain/schemas/group'
import { GateThreshold, GateVoters } from '@/lib/domain/schemas/proposal'
import { Description, IdReference, Slug, Title } from '@/lib/domain/schemas/text'
import { freeSlug, slugFrom } from '@/lib/domain/slug'
import { groupsText, groupText } from '@/lib/domain/text/group'
import { transliterate } from '@/lib/domain/transliterate'
import { viewGroup } from '@/lib/domain/views/group'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, defineQuery, idIn, nowhere } from './define'
import { differing } from './differing'
import { DeadlineHours, GroupReference, MADE_SLUG } from './fields'

export const findGroup = (world: World, { group_id }: { group_id: string }, context: Context) => {
  const group = getGroup(world, context, group_id)
  return { scope: scopeOfGroup(group), group }
}

const answer = (world: World, ids: Ids, context: Context) => viewGroup(world, idIn(ids, 'group_id'), context)

const isTaken = (world: World) => (slug: string) => findGroupBySlug(world, slug) !== null

export const listGroups = defineQuery({
  name: 'list_groups',
  routes: ['GET /groups'],
  permission: 'anyone',
  summary: 'List the groups that you may read',
  command: 'groups',
  atWork: true,
  // A key of one milestone finds its group here, which claim_next asks for.
  beyondMilestone: true,
  input: z.strictObject({ slug: IdReference.optional().describe('only the group with this slug') }),
  example: { slug: EXAMPLE.group_slug },
  output: z.object({ groups: z.array(Group) }),
  errors: [],
  find: nowhere,
  read: async ({ select, world }, { slug }, context) => {
    const ids = await select(listReadableGroups, context.caller, slug)
    const groups = await world((known) => {
      known.need(ids.map((id) => ({ kind: 'group', id })))
      return ids.map((id) => viewGroup(known, id, context))
    })
    return { groups }
  },
  text: groupsText,
})

export const getGroupOperation = defineQuery({
  name: 'get_group',
  routes: ['GET /groups/:group_id'],
  permission: 'anyone',
  summary: 'Get a group by id or slug',
  input: z.strictObject({ group_id: GroupReference }),
  output: Group,
  errors: [],
  find: findGroup,
  read: ({ world }, _input, context, { group }) => world((known) => viewGroup(known, group.group_id, context)),
  text: groupText,
})

type NewGroup = { name: string; slug?: string | undefined; description: string; visibility: Visibility }

/** The events that make a group whose owner is the caller. */
export const planGroup = (world: World, { caller, ids }: Context, { name, slug, description, visibility }: NewGroup) => {
  const group_id = ids.newGroupId()
  if (slug !== undefined && isTaken(world)(slug)) throw slugTaken(slug, null)
  const chosen = slug ?? freeSlug(slugFrom(name, `group-${group_id.slice(0, 8)}`, transliterate), isTaken(world))
  const scope = { ...NOWHERE, group_id }
  const events: EventDraft[] = [
    { ...scope, type: 'group.created', data: { name, slug: chosen, description, visibility } },
    { ...scope, type: 'member.added', data: { principal_id: caller.principal.principal_id, role: 'owner' } },
  ]
  return { events, scope, group_id }
}

export const createGroup = defineMutation({
  name: 'create_group',
  routes: ['POST /groups'],
  permission: 'groups:admin',
  summary: 'Create a group that you own',
  repeats: true,
  input: z.strictObject({
    name: Title,
    slug: Slug.optional().describe(MADE_SLUG),
    description: Description.default(''),
    visibility: Visibility.default('workspace'),
  }),
  output: Group,
  errors: ['slug_taken'],
  find: nowhere,
  decide: (world, spec, context) => {
    const { events, group_id } = planGroup(world, context, spec)
    return decided(events, { group_id })
  },
  answer,
  text: (world, ids, context) => groupText(answer(world, ids, context)),
})

export const updateGroup = defineMutation({
  name: 'update_group',
  routes: ['PATCH /groups/:group_id'],
  permission: 'groups:admin',
  summary: 'As an admin, change a group, how it votes on gates, or how many failed attempts in a row it allows',
  input: z.strictObject({
    group_id: GroupReference,
    name: Title.optional(),
    slug: Slug.optional(),
    description: Description.optional(),
    visibility: Visibility.optional(),
    max_failures: z
      .int()
      .min(1, 'is less than 1')
      .max(LIMITS.max_failures, `exceeds ${LIMITS.max_failures}`)
      .optional()
      .describe('how many failed attempts in a row make a checkpoint need a person; 3 in a new group'),
    gate_threshold: GateThreshold.optional().describe(
      'yes votes, of all who may vote, that a gate needs; like all of these, from its next round on',
    ),
    gate_deadline_hours: DeadlineHours.nullable().optional().describe('after which the voting on a gate closes; null: never'),
    gate_voters: GateVoters.optional().describe('whose ballots count for gates'),
    no_self_approval: z
      .boolean()
      .optional()
      .describe('leaves out of the vote who gated the checkpoint or last completed or failed it, and their agents'),
    gate_auto_finalize: z.boolean().optional().describe('whether the ballot that decides a gate finalizes it'),
  }),
  example: { max_failures: 5 },
  output: Group,
  errors: ['slug_taken'],
  find: findGroup,
  needs: () => ['admin'],
  decide: (world, { group_id: _reference, ...wanted }, _context, { scope, group }) => {
    const data = differing(group, wanted)
    if (data.slug && isTaken(world)(data.slug)) throw slugTaken(data.slug, group.slug)
    return decided(Object.keys(data).length > 0 ? [{ ...scope, type: 'group.updated', data }] : [])
  },
  answer,
  text: (world, ids, context) => groupText(answer(world, ids, context)),
})

/** The owner of the instance finds every group, also a private one whose owner is gone. @throws not_found */
const findGroupToTransfer = (world: World, input: { group_id: string; user_id: string }, context: Context) => {
  const group = mayReadWholeLog(context.caller) ? findAnyGroup(world, input.group_id) : getGroup(world, context, input.group_id)
  if (!group) throw notFound('group')
  return { scope: scopeOfGroup(group), group, ...getPersonIn(world, group, input.user_id) }
}

export const transferGroup = defineMutation({
  name: 'transfer_group',
  routes: ['POST /groups/:group_id/transfer'],
  permission: 'owner',
  summary: 'Give a group to another person of it; the former owner stays as an admin',
  input: z.strictObject({ group_id: GroupReference, user_id: IdReference.describe('id of the person who is to own it') }),
  output: Group,
  errors: [],
  find: findGroupToTransfer,
  // Whoever gives a group away is its owner no more.
  again: (world, ids, context) => {
    if (mayReadWholeLog(context.caller)) return { group: null, needs: ['groups:admin'] }
    return { group: getGroup(world, context, idIn(ids, 'group_id')), needs: ['groups:admin'] }
  },
  decide: (_world, _input, _context, { scope, group, person: { principal_id } }) => {
    if (group.owner_id === principal_id) return decided([])
    return decided([{ ...scope, type: 'group.transferred', data: { from: group.owner_id, to: principal_id } }])
  },
  answer,
  text: (world, ids, context) => groupText(answer(world, ids, context)),
})
