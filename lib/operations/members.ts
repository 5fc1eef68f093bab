import * as z from 'zod'
import { listMembers as selectMembers } from '@/db/queries/members'
import { isAdmin, type Need, roleIn } from '@/lib/domain/access'
import { join } from '@/lib/domain/arrival'
import type { Context } from '@/lib/domain/context'
import { depart, endInvitations } from '@/lib/domain/departure'
import { notFound } from '@/lib/domain/errors'
import type { Ids } from '@/lib/domain/kinds'
import { assertNoMember, assertNotOwner, getPersonIn } from '@/lib/domain/membership'
import { GivenRole, Member, Membership, Role } from '@/lib/domain/schemas/group'
import { PathSegment } from '@/lib/domain/schemas/text'
import { membershipText, membersText } from '@/lib/domain/text/group'
import { viewMembership } from '@/lib/domain/views/group'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, defineQuery, idIn, type Repeated } from './define'
import { GroupReference } from './fields'
import { findGroup } from './groups'

export const listMembers = defineQuery({
  name: 'list_members',
  routes: ['GET /groups/:group_id/members'],
  permission: 'members:read',
  summary: 'List the people and agents of a group',
  command: 'members',
  input: z.strictObject({ group_id: GroupReference }),
  output: z.object({ members: z.array(Member) }),
  errors: [],
  find: findGroup,
  read: async ({ select, world }, _input, { caller }, { group }) => {
    const seesAddresses = isAdmin(await world((known) => roleIn(known, caller, group.group_id)))
    const members = await select(selectMembers, group.group_id)
    return { members: members.map((member) => ({ ...member, email: seesAddresses ? member.email : '' })) }
  },
  text: membersText,
})

const MemberAddress = { group_id: GroupReference, user_id: PathSegment.describe('id of a person of the group') }

/** @throws not_found, also for an agent: these have calls of their own */
const findMembership = (world: World, input: { group_id: string; user_id: string }, context: Context) => {
  const found = findGroup(world, input, context)
  return { ...found, ...getPersonIn(world, found.group, input.user_id) }
}

const answerMembership = (world: World, ids: Ids) => viewMembership(world, idIn(ids, 'group_id'), idIn(ids, 'principal_id'))

const membership = {
  output: Membership,
  answer: answerMembership,
  text: (world: World, ids: Ids) => membershipText(answerMembership(world, ids)),
} as const

/** Whoever has given up their own place in a group may be told so again: the answer names nobody else, and only what it said before. */
const aboutOneself =
  (needs: readonly Need[]) =>
  (_world: World, { principal_id }: Ids, { caller }: Context): Repeated | null =>
    principal_id === caller.principal.principal_id ? { group: null, needs } : null

export const updateMember = defineMutation({
  name: 'update_member',
  routes: ['PATCH /groups/:group_id/members/:user_id'],
  permission: 'groups:admin',
  summary: 'As an admin, make a person of the group an admin or a member',
  input: z.strictObject({ ...MemberAddress, role: GivenRole }),
  ...membership,
  errors: ['group_owner'],
  find: findMembership,
  needs: () => ['admin'],
  again: aboutOneself(['groups:admin']),
  decide: (world, { role }, context, { scope, group, member, person: { principal_id } }) => {
    assertNotOwner(group, principal_id, 'have another role')
    if (member.role === role) return decided([], { principal_id })
    const ended = role === 'admin' ? [] : endInvitations(world, context, group, principal_id)
    return decided([...ended, { ...scope, type: 'member.role_changed', data: { principal_id, role } }], { principal_id })
  },
})

export const removeMember = defineMutation({
  name: 'remove_member',
  routes: ['DELETE /groups/:group_id/members/:user_id'],
  permission: 'members:remove',
  summary:
    'As an admin, remove a person from a group. Their claims there are released, their keys of the group end, and their agents pass to its owner; what they have done stays',
  removes: true,
  input: z.strictObject(MemberAddress),
  ...membership,
  errors: ['group_owner'],
  find: findMembership,
  needs: (_world, _input, _context, { member }) => (member.role === 'member' ? ['admin'] : ['admin', 'groups:admin']),
  again: aboutOneself(['members:remove']),
  decide: (world, _input, context, { group, person: { principal_id } }) => {
    assertNotOwner(group, principal_id, 'be removed')
    return decided(depart(world, context, group, principal_id), { principal_id })
  },
})

export const leaveGroup = defineMutation({
  name: 'leave_group',
  routes: ['POST /groups/:group_id/leave'],
  permission: 'groups:admin',
  summary: 'Leave a group. Your claims there are released, your keys of the group end, and your agents pass to its owner',
  removes: true,
  input: z.strictObject({ group_id: GroupReference }),
  ...membership,
  errors: ['group_owner'],
  find: findGroup,
  again: aboutOneself(['groups:admin']),
  decide: (world, _input, context, { group }) => {
    const { principal_id } = context.caller.principal
    assertNotOwner(group, principal_id, 'leave it')
    return decided(depart(world, context, group, principal_id), { principal_id })
  },
})

/** It has no route, because nobody is made a member without having accepted an invitation: only Cairn's own commands, the demo and tests call it. */
export const addMember = defineMutation({
  name: 'add_member',
  routes: [],
  permission: 'admin',
  summary: 'Add a person to a group',
  input: z.strictObject({ group_id: GroupReference, principal_id: z.string(), role: Role }),
  ...membership,
  errors: ['already_member'],
  find: findGroup,
  decide: (world, { principal_id, role }, context, { group }) => {
    const person = world.find('principal', principal_id)
    if (person?.kind !== 'user') throw notFound('person')
    assertNoMember(world, group, person, context)
    return decided(join(world, context.now, group, principal_id, role), { principal_id })
  },
})
