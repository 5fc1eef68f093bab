import type { EventType } from './events'

/** E4: whether after an event of a type some may read what they could not read before, or the other way round. */
const CHANGES_ACCESS: { [T in EventType]: boolean } = {
  'person.registered': true,
  'person.updated': false,
  'agent_profile.created': true,
  'agent_profile.updated': false,
  'agent_profile.assigned': false,
  'agent_profile.suspended': true,
  'agent_profile.resumed': true,
  'agent_profile.deleted': true,
  'key.created': true,
  'key.revoked': true,
  'group.created': true,
  'group.updated': true,
  'group.transferred': true,
  'member.added': true,
  'member.role_changed': true,
  'member.removed': true,
  'invitation.created': false,
  'invitation.accepted': false,
  'invitation.revoked': false,
  'project.created': false,
  'project.updated': false,
  'project.completed': false,
  'project.archived': false,
  'project.reopened': false,
  'milestone.created': false,
  'milestone.updated': false,
  'milestone.closed': false,
  'milestone.reopened': false,
  // A key of that milestone ends with it (K2).
  'milestone.deleted': true,
  'checkpoint.added': false,
  'checkpoint.updated': false,
  'checkpoint.linked': false,
  'checkpoint.dependency_added': false,
  'checkpoint.dependency_removed': false,
  'checkpoint.completed': false,
  'checkpoint.reopened': false,
  'checkpoint.failed': false,
  'checkpoint.retried': false,
  'checkpoint.relinked': false,
  'checkpoint.withdrawn': false,
  'checkpoint.deleted': false,
  'claim.taken': false,
  'claim.renewed': false,
  'claim.released': false,
  'claim.expired': false,
  'proposal.opened': false,
  'proposal.round_started': false,
}

const staying = new Set(Object.entries(CHANGES_ACCESS).flatMap(([type, does]) => (does ? [] : [type])))

/** A type that only a newer build knows may change who may read what. */
export const changesAccess = ({ type }: { type: string }): boolean => !staying.has(type)
