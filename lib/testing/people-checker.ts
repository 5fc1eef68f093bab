import type { Event } from '@/lib/domain/events'
import type { Step } from './call-checker'
import { type Copy, roleIn, same } from './copy'

// O1, O2, R1, A1 and A2, implemented a second time like the other rules of checker.ts, from the text of RULES.md.

const isPersonIn = (now: Copy, group_id: string | null, id: string | null): boolean =>
  roleIn(now, group_id, id) !== null && now.principals.get(id ?? '')?.kind === 'user'

/** O1, R1, A1, A2: what must hold of people, agents and keys at every commit. */
export const brokenPeople = (now: Copy): string[] => [...brokenOwners(now), ...brokenAgents(now), ...leftBehind(now)]

const brokenOwners = (now: Copy): string[] =>
  [...now.groups.values()].flatMap(({ group_id, owner_id }) => {
    const owners = [...now.roles].filter(([member, role]) => member.startsWith(`${group_id} `) && role === 'owner')
    const isRight = same(
      owners.map(([member]) => member),
      [`${group_id} ${owner_id}`],
    )
    return isRight && isPersonIn(now, group_id, owner_id) ? [] : [`O1: the owner of ${group_id} is not ${owner_id} alone`]
  })

const brokenAgents = (now: Copy): string[] =>
  [...now.principals.values()].flatMap(({ principal_id: id, kind, group_id, accountable_id, suspended_at, deleted_at }) => {
    if (kind === 'user') return accountable_id === null ? [] : [`A1: somebody answers for the person ${id}`]
    const isMember = roleIn(now, group_id, id) !== null
    const live = [...now.keys.values()].filter((key) => key.principal_id === id && key.revoked_at === null)
    const held = [...now.checkpoints.values()].filter(({ claimed_by }) => claimed_by === id)
    return [
      ...(deleted_at === null && !isPersonIn(now, group_id, accountable_id) ? [`A1: no person of its group answers for ${id}`] : []),
      ...(isMember === (deleted_at === null) ? [] : [`A2: ${id} is deleted and a member, or neither`]),
      ...(deleted_at !== null && live.length > 0 ? [`A2: ${id} is deleted and has keys`] : []),
      ...((suspended_at ?? deleted_at) !== null && held.length > 0 ? [`A2: ${id} is stopped and holds a claim`] : []),
    ]
  })

const leftBehind = (now: Copy): string[] => [
  ...[...now.checkpoints.values()]
    .filter(({ claimed_by, milestone_id }) => claimed_by && !roleIn(now, now.milestones.get(milestone_id)?.group_id, claimed_by))
    .map(({ checkpoint_id, claimed_by }) => `R1: ${checkpoint_id} is held by ${claimed_by}, who is no member`),
  ...[...now.keys.values()]
    .filter(({ group_id, principal_id, revoked_at }) => group_id && !revoked_at && !roleIn(now, group_id, principal_id))
    .map(({ key_id }) => `R1: ${key_id} works in a group of which its owner is no member`),
]

/** O1, O2, R1, A1, A2: the violations by a call, told from what its events say and from the rows before and after it. */
export const brokenByPeople = (step: Step): string[] => [...step.events.flatMap((event) => forbidden(step, event)), ...lasting(step)]

/** P2: what only those may do who administer. An invitation, a removal and what follows from it have permissions of their own. */
const ADMINISTERING = /^(group|agent_profile|person)\.|^member\.role_changed$|^invitation\.accepted$/

/** The rules that an event breaks for the people and agents as they were before the call. */
const forbidden = ({ before, after, events, by, now }: Step, event: Event): string[] => {
  const caller = before.principals.get(by.actor_id)
  const group_id = event.group_id ?? ''
  const group = before.groups.get(group_id)
  const isAdmin = by.admin(group_id)
  const isLeaving = (id: string) => events.some(({ type, data }) => type === 'member.removed' && data.principal_id === id)
  const wrong: string[] = []
  const wasPassedOn = ({ type }: Event) => type === 'agent_profile.assigned' && events.some((other) => other.type === 'member.removed')
  const deny = (is: boolean, rule: string) => is && wrong.push(`${rule}, and there was ${event.type}`)
  deny(!caller || (caller.suspended_at ?? caller.deleted_at) !== null, 'A2: the caller is nobody or was stopped')
  deny(event.on_behalf_of !== (caller?.accountable_id ?? null), `A1: it is said to be on behalf of ${event.on_behalf_of}`)
  deny(ADMINISTERING.test(event.type) && !by.administers && !wasPassedOn(event), 'P2: the caller may not administer')
  switch (event.type) {
    case 'group.transferred': {
      const { from, to } = event.data
      deny(!by.person || !(caller?.instance_owner || group?.owner_id === by.actor_id), 'O1: the caller may not give the group away')
      deny(from !== group?.owner_id || !isPersonIn(before, group_id, to), 'O1: it is given by another, or to nobody in it')
      deny(roleIn(after, group_id, from) !== 'admin', 'O1: the former owner did not stay as an admin')
      break
    }
    case 'member.role_changed':
      deny(!isAdmin || group?.owner_id === event.data.principal_id || event.data.role === 'owner', 'O1: the role may not change so')
      deny(!isPersonIn(before, group_id, event.data.principal_id), 'O1: it is no person of the group')
      break
    case 'member.removed': {
      const id = event.data.principal_id
      const passed = [...before.principals.values()].filter((agent) => agent.group_id === group_id && agent.accountable_id === id)
      deny(group?.owner_id === id, 'O1: it is the owner')
      deny(!isAdmin && id !== by.actor_id, 'R1: the caller is neither an admin nor the one who leaves')
      deny(
        passed.some((agent) => agent.deleted_at === null && answersFor(after, agent.principal_id) !== group?.owner_id),
        'R1: an agent did not pass to the owner',
      )
      break
    }
    case 'member.added':
      deny(!isWelcome(before, after, events, event, isAdmin), 'O2: nobody may have let them in')
      break
    case 'invitation.created':
      deny(!isAdmin || event.data.role === 'owner', 'O2: the caller may not invite so')
      break
    case 'invitation.revoked':
    case 'invitation.accepted': {
      const invitation = before.invitations.get(event.data.invitation_id)
      const isOpen = invitation && !invitation.accepted_at && !invitation.revoked_at && invitation.expires_at > now
      deny(!isOpen || invitation.group_id !== group_id, 'O2: it had ended')
      deny(event.type === 'invitation.revoked' ? !isAdmin : !by.person, 'O2: the caller may not')
      break
    }
    case 'agent_profile.created':
      deny(!isAdmin || !by.person, 'A1: the caller is no admin')
      break
    case 'agent_profile.assigned':
      deny(!isAdmin && !isLeaving(answersFor(before, event.data.principal_id) ?? ''), 'A1: only an admin names another')
      break
    case 'agent_profile.updated':
    case 'agent_profile.suspended':
    case 'agent_profile.resumed':
      deny(!by.person || !(isAdmin || answersFor(before, event.data.principal_id) === by.actor_id), 'A2: the caller does not answer for it')
      break
    case 'agent_profile.deleted':
      deny(!by.person || !isAdmin, 'A2: the caller is no admin')
      break
  }
  return wrong
}

/** The person who answers for an agent. */
const answersFor = ({ principals }: Copy, id: string): string | null => principals.get(id)?.accountable_id ?? null

type Added = Extract<Event, { type: 'member.added' }>

/** Whoever makes a group, is made as an agent, or accepts an invitation to that role; without one, an admin lets in (as Cairn's own commands do). */
const isWelcome = (before: Copy, after: Copy, events: readonly Event[], { group_id, actor_id, data }: Added, isAdmin: boolean): boolean => {
  const { principal_id, role } = data
  if (!before.groups.has(group_id ?? '')) return principal_id === actor_id && role === 'owner'
  const accepted = events.flatMap((event) => (event.type === 'invitation.accepted' ? [event.data.invitation_id] : []))
  const invitation = after.invitations.get(accepted[0] ?? '')
  if (!invitation) return isAdmin && role !== 'owner'
  return (
    invitation.accepted_by === principal_id && principal_id === actor_id && invitation.role === role && invitation.group_id === group_id
  )
}

/** What never changes again, which is a deletion, an end of a key and an end of an invitation; and that only the invitations of admins are open. */
const lasting = ({ before, after, now }: Step): string[] => [
  ...[...before.principals.values()]
    .filter((was) => was.deleted_at !== null && JSON.stringify(after.principals.get(was.principal_id)) !== JSON.stringify(was))
    .map(({ principal_id }) => `A2: ${principal_id} was deleted and changed`),
  ...[...before.keys.values()]
    .filter(({ key_id, revoked_at }) => revoked_at !== null && after.keys.get(key_id)?.revoked_at !== revoked_at)
    .map(({ key_id }) => `R1: ${key_id} had ended and works again`),
  ...[...before.invitations.values()]
    .filter((was) => (was.accepted_at ?? was.revoked_at) !== null && after.invitations.get(was.invitation_id) !== was)
    .map(({ invitation_id }) => `O2: ${invitation_id} had ended and changed`),
  ...[...after.invitations.values()]
    .filter(({ accepted_at, revoked_at, expires_at }) => !accepted_at && !revoked_at && expires_at > now)
    .filter(({ group_id, created_by }) => !['owner', 'admin'].includes(roleIn(after, group_id, created_by) ?? ''))
    .map(({ invitation_id }) => `O2: ${invitation_id} is open, and whoever made it is no admin`),
]
