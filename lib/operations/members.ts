import * as z from 'zod'
import { listMembers as selectMembers } from '@/db/queries'
import { roleIn } from '@/lib/domain/access'
import { DomainError, notFound } from '@/lib/domain/errors'
import { newId } from '@/lib/domain/ids'
import { getGroup, idIn, scopeOfGroup } from '@/lib/domain/resolve'
import { Member, Role } from '@/lib/domain/schemas/group'
import { Title } from '@/lib/domain/schemas/text'
import type { World } from '@/lib/domain/world'
import { GroupReference } from './fields'
import { defineMutation, defineQuery } from './operation'

export const listMembers = defineQuery({
  name: 'list_members',
  routes: ['GET /groups/:group_id/members'],
  permission: 'members:read',
  summary: 'List the people and agents of a group',
  input: z.strictObject({ group_id: GroupReference }),
  output: z.object({ members: z.array(Member) }),
  errors: [],
  read: async (reading, { group_id: reference }) => {
    const { caller } = reading.view
    const { group_id, role } = await reading.world((world) => {
      const group = getGroup(world, caller, reference)
      return { group_id: group.group_id, role: roleIn(world, caller, group.group_id) }
    })
    const admin = role === 'owner' || role === 'admin'
    const members = await selectMembers(reading, group_id)
    return { members: members.map((member) => ({ ...member, email: admin ? member.email : '' })) }
  },
})

// Reached by our own commands and the demo; their routes come with invitations.

const Made = z.object({ id: z.string() })

export const createAgentProfile = defineMutation({
  name: 'create_agent_profile',
  routes: [],
  permission: 'admin',
  summary: 'Create an agent profile in a group, of which it becomes a member',
  input: z.strictObject({ group_id: GroupReference, name: Title }),
  output: Made,
  errors: [],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (_world, { name }, _context, scope) => {
    const principal_id = newId('ap')
    return [
      { ...scope, type: 'agent_profile.created', data: { principal_id, name } },
      { ...scope, type: 'member.added', data: { principal_id, role: 'member' } },
    ]
  },
  answer: (world, scope, _view, { name }) => ({ id: agentNamed(world, idIn(scope, 'group_id'), name) ?? '' }),
})

/** The agent profile of a name in a group; null where there is none. */
export const findAgent = defineQuery({
  name: 'find_agent_profile',
  routes: [],
  permission: 'members:read',
  summary: 'The agent profile of a name in a group',
  input: z.strictObject({ group_id: GroupReference, name: Title }),
  output: z.object({ id: z.string().nullable() }),
  errors: [],
  read: ({ world, view }, { group_id, name }) =>
    world((known) => ({ id: agentNamed(known, getGroup(known, view.caller, group_id).group_id, name) })),
})

const agentNamed = (world: World, group_id: string, name: string): string | null => {
  const members = world.members(group_id)
  world.need(members.map(({ principal_id }) => ({ kind: 'principal', id: principal_id })))
  const agents = members.flatMap(({ principal_id }) => world.find('principal', principal_id) ?? [])
  return agents.findLast((agent) => agent.kind === 'agent_profile' && agent.name === name)?.principal_id ?? null
}

export const addMember = defineMutation({
  name: 'add_member',
  routes: [],
  permission: 'admin',
  summary: 'Add a person to a group',
  input: z.strictObject({ group_id: GroupReference, principal_id: z.string(), role: Role }),
  output: Made,
  errors: ['already_member'],
  find: (world, { group_id }, { caller }) => scopeOfGroup(getGroup(world, caller, group_id)),
  decide: (world, { principal_id, role }, _context, scope) => {
    const person = world.find('principal', principal_id)
    if (person?.kind !== 'user') throw notFound('person')
    if (world.findMember(idIn(scope, 'group_id'), principal_id)) {
      throw new DomainError('already_member', `${person.name} is a member of the group already.`, { principal_id })
    }
    return [{ ...scope, type: 'member.added', data: { principal_id, role } }]
  },
  answer: (_world, _scope, _view, { principal_id }) => ({ id: principal_id }),
})
