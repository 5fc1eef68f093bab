import * as z from 'zod'
import { listMembers as selectMembers } from '@/db/queries/members'
import { findMember, isAdmin, roleIn } from '@/lib/domain/access'
import { isolated } from '@/lib/domain/bidi'
import type { Context } from '@/lib/domain/context'
import { DomainError, notFound } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import { Member, Role } from '@/lib/domain/schemas/group'
import { Title } from '@/lib/domain/schemas/text'
import { membersText } from '@/lib/domain/text/group'
import { decided, defineMutation, defineQuery, idIn } from './define'
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

// These operations have no routes yet, because Cairn has no invitations: only its own commands, the demo and tests call them.

const Made = z.object({ id: z.string() })

/** The events that make an agent profile, as a member of a group. */
export const planAgentProfile = ({ ids }: Context, scope: Scope, name: string) => {
  const principal_id = ids.newId('ap')
  const events: EventDraft[] = [
    { ...scope, type: 'agent_profile.created', data: { principal_id, name } },
    { ...scope, type: 'member.added', data: { principal_id, role: 'member' } },
  ]
  return { events, principal_id }
}

export const createAgentProfile = defineMutation({
  name: 'create_agent_profile',
  routes: [],
  permission: 'admin',
  summary: 'Create an agent profile as a member of a group',
  repeats: true,
  input: z.strictObject({ group_id: GroupReference, name: Title }),
  output: Made,
  errors: [],
  find: findGroup,
  decide: (_world, { name }, context, { scope }) => {
    const { events, principal_id } = planAgentProfile(context, scope, name)
    return decided(events, { principal_id })
  },
  answer: (_world, ids) => ({ id: idIn(ids, 'principal_id') }),
  text: (_world, ids) => idIn(ids, 'principal_id'),
})

/** The agent profile of a group with this name. The id is null if there is none. */
export const findAgent = defineQuery({
  name: 'find_agent_profile',
  routes: [],
  permission: 'members:read',
  summary: 'Find an agent profile of a group by name',
  input: z.strictObject({ group_id: GroupReference, name: Title }),
  output: z.object({ id: z.string().nullable() }),
  errors: [],
  find: findGroup,
  read: ({ world }, { name }, _context, { group }) =>
    world((known) => {
      const members = known.list('group', group.group_id, 'member')
      known.need(members.map(({ principal_id }) => ({ kind: 'principal', id: principal_id })))
      const principals = members.flatMap(({ principal_id }) => known.find('principal', principal_id) ?? [])
      const agent = principals.findLast((principal) => principal.kind === 'agent_profile' && principal.name === name)
      return { id: agent?.principal_id ?? null }
    }),
  text: ({ id }) => id ?? 'no such agent profile',
})

export const addMember = defineMutation({
  name: 'add_member',
  routes: [],
  permission: 'admin',
  summary: 'Add a person to a group',
  input: z.strictObject({ group_id: GroupReference, principal_id: z.string(), role: Role }),
  output: Made,
  errors: ['already_member'],
  find: findGroup,
  decide: (world, { principal_id, role }, _context, { scope, group }) => {
    const person = world.find('principal', principal_id)
    if (person?.kind !== 'user') throw notFound('person')
    if (findMember(world, group.group_id, principal_id)) {
      throw new DomainError('already_member', `${isolated(person.name)} is already a member of the group.`, { principal_id })
    }
    return decided([{ ...scope, type: 'member.added', data: { principal_id, role } }], { principal_id })
  },
  answer: (_world, ids) => ({ id: idIn(ids, 'principal_id') }),
  text: (_world, ids) => idIn(ids, 'principal_id'),
})
