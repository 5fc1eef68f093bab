import { liveClaim } from './attempt'
import { expiryOf } from './claim'
import type { Context } from './context'
import type { Group, Principal } from './entities'
import { type EventDraft, NOWHERE } from './events'
import { isOpen } from './invitation'
import { readyIndex } from './ready-index'
import { milestoneOf, scopeOfCheckpoint, scopeOfGroup } from './resolve'
import { unitsOf } from './state'
import type { World } from './world'

// R1: what ends when somebody leaves a group, or when an agent is stopped.

/**
 * The events by which all claims of a principal in a group end, so that others can go on with the work: those that live are released, and of those that
 * have expired it is told.
 */
export const endClaims = (world: World, { now }: Context, { group_id }: Group, principal_id: string): EventDraft[] => {
  const { attempted, frontiers } = readyIndex(world, group_id, now)
  const held = [...attempted].flatMap((id) => frontiers.get(id)?.held ?? []).filter(({ claimed_by }) => claimed_by === principal_id)
  return held.flatMap((checkpoint): EventDraft[] => {
    const milestone = milestoneOf(world, checkpoint.milestone_id)
    const live = liveClaim(checkpoint, now)
    if (!live) return expiryOf(milestone, checkpoint, now)
    const { claim_id, held_by, attempt } = live
    return [{ ...scopeOfCheckpoint(milestone, checkpoint), type: 'claim.released', data: { claim_id, held_by, attempt } }]
  })
}

/** The events by which the keys of a principal that work only in this group end for good, so that none comes back to life if the principal does. */
export const revokeKeys = (world: World, { group_id }: Group, principal_id: string): EventDraft[] =>
  world
    .list('principal', principal_id, 'key')
    .filter((key) => key.group_id === group_id && key.revoked_at === null)
    .map(({ key_id }) => ({ ...NOWHERE, type: 'key.revoked', data: { key_id, principal_id } }))

/** O2: the events by which the invitations end that somebody made who may not invite any more. With a link that they kept, they could come back. */
export const endInvitations = (world: World, { now }: Context, group: Group, principal_id: string): EventDraft[] =>
  world
    .list('invitations', group.group_id, 'invitation')
    .filter((invitation) => invitation.created_by === principal_id && isOpen(invitation, now))
    .map(({ invitation_id }) => ({ ...scopeOfGroup(group), type: 'invitation.revoked', data: { invitation_id } }))

/** A1: the events by which the agents of a group for which a person answers pass to the group's owner. */
const passOnAgents = (world: World, group: Group, person_id: string): EventDraft[] =>
  agentsIn(world, group)
    .filter(({ accountable_id }) => accountable_id === person_id)
    .map(({ principal_id }) => ({
      ...scopeOfGroup(group),
      type: 'agent_profile.assigned',
      data: { principal_id, accountable_id: group.owner_id },
    }))

/** The agent profiles of a group that are not deleted. */
const agentsIn = (world: World, { group_id }: Group): Principal[] => {
  const members = world.list('group', group_id, 'member').map(({ principal_id }) => principal_id)
  world.need(unitsOf('principal', members))
  return members.flatMap((id) => world.find('principal', id) ?? []).filter(({ kind }) => kind === 'agent_profile')
}

/** The events by which a person who is not the owner ceases to be a member of a group. What they have done stays. */
export const depart = (world: World, context: Context, group: Group, principal_id: string): EventDraft[] => [
  ...endClaims(world, context, group, principal_id),
  ...revokeKeys(world, group, principal_id),
  ...endInvitations(world, context, group, principal_id),
  ...passOnAgents(world, group, principal_id),
  { ...scopeOfGroup(group), type: 'member.removed', data: { principal_id } },
]
