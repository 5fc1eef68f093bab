import { findMember } from './access'
import { isolated } from './bidi'
import type { Context } from './context'
import type { Group, Member, Principal } from './entities'
import { DomainError, invalid, notFound } from './errors'
import type { World } from './world'

/** A person who is a member of the group. @throws not_found */
export const getPersonIn = (world: World, { group_id }: Group, principal_id: string): { member: Member; person: Principal } => {
  const member = findMember(world, group_id, principal_id)
  const person = member && world.find('principal', principal_id)
  if (!member || person?.kind !== 'user') throw notFound('member')
  return { member, person }
}

/** O1: a group has exactly one owner. @throws group_owner */
export const assertNotOwner = ({ slug, owner_id }: Group, principal_id: string, what: string): void => {
  if (principal_id !== owner_id) return
  const message = `The owner of the group ${slug} cannot ${what}, because a group has exactly one owner. Its ownership can be given to another member.`
  throw new DomainError('group_owner', message, { principal_id })
}

/** A1: a person of the group, who can answer for an agent. @throws invalid */
export const getAccountable = (world: World, group: Group, principal_id: string): Principal => {
  const person = findMember(world, group.group_id, principal_id) && world.find('principal', principal_id)
  if (person?.kind !== 'user') throw invalid('accountable_id', 'names no person of this group')
  return person
}

/** An agent profile of a group that the caller may read, and that is not deleted. @throws not_found */
export const getAgentIn = (world: World, { group_id }: Group, principal_id: string): Principal => {
  const agent = world.find('principal', principal_id)
  if (agent?.kind !== 'agent_profile' || agent.group_id !== group_id || agent.deleted_at !== null) throw notFound('agent profile')
  return agent
}

/** @throws already_member */
export const assertNoMember = (world: World, { group_id }: Group, { principal_id, name }: Principal, { caller }: Context): void => {
  if (!findMember(world, group_id, principal_id)) return
  const who = caller.principal.principal_id === principal_id ? 'You are' : `${isolated(name)} is`
  throw new DomainError('already_member', `${who} already a member of the group.`, { principal_id })
}
