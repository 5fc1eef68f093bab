import * as z from 'zod'
import { listAgentProfiles as selectAgents } from '@/db/queries/agents'
import type { Need } from '@/lib/domain/access'
import { enfranchise } from '@/lib/domain/arrival'
import type { Context } from '@/lib/domain/context'
import { endClaims, revokeKeys } from '@/lib/domain/departure'
import type { Principal } from '@/lib/domain/entities'
import type { EventDraft, Scope } from '@/lib/domain/events'
import type { Ids } from '@/lib/domain/kinds'
import { getAccountable, getAgentIn } from '@/lib/domain/membership'
import { AgentProfile, UsedAgentProfile } from '@/lib/domain/schemas/agent'
import { Description, IdReference, PathSegment, Title } from '@/lib/domain/schemas/text'
import { agentsText, agentText } from '@/lib/domain/text/agent'
import { viewAgent, viewAgentRow } from '@/lib/domain/views/agent'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, defineQuery, idIn } from './define'
import { differing } from './differing'
import { GroupReference } from './fields'
import { findGroup } from './groups'

export const listAgentProfiles = defineQuery({
  name: 'list_agent_profiles',
  routes: ['GET /groups/:group_id/agents'],
  permission: 'members:read',
  summary: 'List the agent profiles of a group, with who answers for each, what it holds and when it was last used',
  command: 'agents',
  input: z.strictObject({ group_id: GroupReference }),
  output: z.object({ agents: z.array(UsedAgentProfile) }),
  errors: [],
  find: findGroup,
  read: async ({ select, now }, _input, _context, { group }) => ({
    agents: (await select(selectAgents, group.group_id, now)).map(viewAgentRow),
  }),
  text: agentsText,
})

/** The events that make an agent profile, for which the caller answers, as a member of a group. */
export const planAgentProfile = ({ ids }: Context, scope: Scope, { name, description = '' }: { name: string; description?: string }) => {
  const principal_id = ids.newId('ap')
  const events: EventDraft[] = [
    { ...scope, type: 'agent_profile.created', data: { principal_id, name, description } },
    { ...scope, type: 'member.added', data: { principal_id, role: 'member' } },
  ]
  return { events, principal_id }
}

const answerAgent = (world: World, ids: Ids): AgentProfile => viewAgent(world, idIn(ids, 'principal_id'))

const agentAnswer = {
  output: AgentProfile,
  errors: [],
  answer: answerAgent,
  text: (world: World, ids: Ids) => agentText(answerAgent(world, ids)),
} as const

export const createAgentProfile = defineMutation({
  name: 'create_agent_profile',
  routes: ['POST /groups/:group_id/agents'],
  permission: 'groups:admin',
  summary: 'As an admin, create an agent profile of a group: an identity with keys of its own, for which you answer',
  repeats: true,
  input: z.strictObject({ group_id: GroupReference, name: Title, description: Description.default('').describe('what it is for') }),
  ...agentAnswer,
  find: findGroup,
  needs: () => ['admin'],
  decide: (_world, facts, context, { scope }) => {
    const { events, principal_id } = planAgentProfile(context, scope, facts)
    return decided(events, { principal_id })
  },
})

const AgentAddress = { group_id: GroupReference, agent_profile_id: PathSegment.describe('id of the agent profile') }

/** @throws not_found */
const findAgentProfile = (world: World, input: { group_id: string; agent_profile_id: string }, context: Context) => {
  const found = findGroup(world, input, context)
  return { ...found, agent: getAgentIn(world, found.group, input.agent_profile_id) }
}

/** A1: whoever answers for an agent may stop it and edit it, and so may an admin of the group. */
const needsOfManager = (context: Context, { accountable_id }: Principal): readonly Need[] =>
  accountable_id === context.caller.principal.principal_id ? [] : ['admin']

export const updateAgentProfile = defineMutation({
  name: 'update_agent_profile',
  routes: ['PATCH /groups/:group_id/agents/:agent_profile_id'],
  permission: 'groups:admin',
  summary: 'Change the name or description of an agent profile or, as an admin, who answers for it',
  input: z.strictObject({
    ...AgentAddress,
    name: Title.optional(),
    description: Description.optional(),
    accountable_id: IdReference.optional().describe('id of the person of the group who answers for it from now on'),
  }),
  example: { description: 'Builds and tests the API' },
  ...agentAnswer,
  find: findAgentProfile,
  needs: (_world, { accountable_id }, context, { agent }) => (accountable_id === undefined ? needsOfManager(context, agent) : ['admin']),
  decide: (world, { name, description, accountable_id }, _context, { scope, group, agent }) => {
    const { principal_id } = agent
    const facts = differing(agent, { name, description })
    const events: EventDraft[] =
      Object.keys(facts).length > 0 ? [{ ...scope, type: 'agent_profile.updated', data: { principal_id, ...facts } }] : []
    if (accountable_id !== undefined && accountable_id !== agent.accountable_id) {
      getAccountable(world, group, accountable_id)
      events.push({ ...scope, type: 'agent_profile.assigned', data: { principal_id, accountable_id } })
    }
    return decided(events, { principal_id })
  },
})

export const suspendAgentProfile = defineMutation({
  name: 'suspend_agent_profile',
  routes: ['POST /groups/:group_id/agents/:agent_profile_id/suspend'],
  permission: 'groups:admin',
  summary:
    'As an admin, or as who answers for it, suspend an agent profile: all its keys stop at once, and its claims are released, until it is resumed',
  input: z.strictObject(AgentAddress),
  ...agentAnswer,
  find: findAgentProfile,
  needs: (_world, _input, context, { agent }) => needsOfManager(context, agent),
  decide: (world, _input, context, { scope, group, agent: { principal_id, suspended_at } }) => {
    if (suspended_at !== null) return decided([], { principal_id })
    const released = endClaims(world, context, group, principal_id)
    return decided([...released, { ...scope, type: 'agent_profile.suspended', data: { principal_id } }], { principal_id })
  },
})

export const resumeAgentProfile = defineMutation({
  name: 'resume_agent_profile',
  routes: ['POST /groups/:group_id/agents/:agent_profile_id/resume'],
  permission: 'groups:admin',
  summary: 'As an admin, or as who answers for it, resume a suspended agent profile: its keys work again',
  input: z.strictObject(AgentAddress),
  ...agentAnswer,
  find: findAgentProfile,
  needs: (_world, _input, context, { agent }) => needsOfManager(context, agent),
  decide: (world, _input, { now }, { scope, group, agent }) => {
    const { principal_id } = agent
    if (agent.suspended_at === null) return decided([], { principal_id })
    const resumed: EventDraft = { ...scope, type: 'agent_profile.resumed', data: { principal_id } }
    return decided([resumed, ...enfranchise(world, now, group, { ...agent, suspended_at: null })], { principal_id })
  },
})

export const deleteAgentProfile = defineMutation({
  name: 'delete_agent_profile',
  routes: ['DELETE /groups/:group_id/agents/:agent_profile_id'],
  permission: 'groups:admin',
  summary: 'As an admin, delete an agent profile: its keys end for good, and its claims are released. The history keeps its name',
  removes: true,
  input: z.strictObject(AgentAddress),
  ...agentAnswer,
  find: findAgentProfile,
  needs: () => ['admin'],
  decide: (world, _input, context, { scope, group, agent: { principal_id } }) =>
    decided(
      [
        ...endClaims(world, context, group, principal_id),
        ...revokeKeys(world, group, principal_id),
        { ...scope, type: 'member.removed', data: { principal_id } },
        { ...scope, type: 'agent_profile.deleted', data: { principal_id } },
      ],
      { principal_id },
    ),
})

/** The agent profile of a group with this name. The id is null if there is none. It has no route: list_agent_profiles tells more. */
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
