import type { EventType } from '@/lib/domain/events'

// Every type of event has its words here: one that has none does not compile.

/** What someone did to several things, as the end of a sentence that begins with their name. # stands for their number. */
const DEEDS: { [T in EventType]: string } = {
  'person.registered': 'registered # people',
  'person.updated': 'edited # people',
  'agent_profile.created': 'created # agents',
  'agent_profile.updated': 'edited # agents',
  'agent_profile.assigned': 'made someone accountable for # agents',
  'agent_profile.suspended': 'suspended # agents',
  'agent_profile.resumed': 'resumed # agents',
  'agent_profile.deleted': 'deleted # agents',
  'key.created': 'created # keys',
  'key.revoked': 'revoked # keys',
  'group.created': 'created # groups',
  'group.updated': 'edited groups # times',
  'group.transferred': 'gave groups to other owners # times',
  'member.added': 'added # members',
  'member.role_changed': 'changed the roles of # members',
  'member.removed': 'removed # members',
  'invitation.created': 'invited # people',
  'invitation.accepted': 'accepted # invitations',
  'invitation.revoked': 'revoked # invitations',
  'project.created': 'created # projects',
  'project.updated': 'edited projects # times',
  'project.completed': 'completed # projects',
  'project.archived': 'archived # projects',
  'project.reopened': 'reopened # projects',
  'milestone.created': 'created # milestones',
  'milestone.updated': 'edited milestones # times',
  'milestone.closed': 'closed # milestones',
  'milestone.reopened': 'reopened # milestones',
  'milestone.deleted': 'deleted # milestones',
  'checkpoint.added': 'added # checkpoints',
  'checkpoint.updated': 'edited checkpoints # times',
  'checkpoint.linked': 'linked work # times',
  'checkpoint.dependency_added': 'added # dependencies',
  'checkpoint.dependency_removed': 'removed # dependencies',
  'checkpoint.completed': 'completed # checkpoints',
  'checkpoint.reopened': 'reopened # checkpoints',
  'checkpoint.failed': 'reported # failures',
  'checkpoint.retried': 'gave # checkpoints back',
  'checkpoint.relinked': 'changed what # checkpoints wait for',
  'checkpoint.withdrawn': 'withdrew # checkpoints',
  'checkpoint.deleted': 'deleted # checkpoints',
  'claim.taken': 'claimed # checkpoints',
  'claim.renewed': 'extended claims # times',
  'claim.released': 'released # claims',
  'claim.expired': 'found that # claims had expired',
  'proposal.opened': 'opened # votes',
  'proposal.round_started': 'began # new rounds of votes',
  'checkpoint.gated': 'asked for votes on # checkpoints',
  'checkpoint.gate_lifted': 'lifted # gates',
  'proposal.created': 'asked for # votes',
  'proposal.voter_added': 'made someone a voter # times',
  'proposal.finalized': 'finalized # votes',
  'ballot.cast': 'voted # times',
}

export const EVENT_TYPES: readonly string[] = Object.keys(DEEDS)

/** What someone did so many times. */
export const deedsOf = (type: string, count: number): string =>
  isKnown(type) ? DEEDS[type].replace('#', String(count)) : `did ${count} things that this version of Cairn does not know`

const isKnown = (type: string): type is EventType => Object.hasOwn(DEEDS, type)
