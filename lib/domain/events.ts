import type { Runoff, Tally } from './counting'
import type {
  Checkpoint,
  Failure,
  GateSettings,
  GitLinks,
  Group,
  Invitation,
  Key,
  Milestone,
  Principal,
  PrincipalKind,
  Project,
  Proposal,
} from './entities'
import type { Role } from './schemas/group'

/** The interface through which a change came. */
export const VIAS = ['rest', 'mcp', 'web', 'cli'] as const
export type Via = (typeof VIAS)[number]

/**
 * The payload of each type of event: the facts that a replay needs and that are not already in the event's scope (its ids), time or actor.
 * `renumbers` names the other milestones that refer to a checkpoint whose number this event changes, because their version moves too.
 */
export type EventData = {
  'person.registered': Pick<Principal, 'principal_id' | 'name' | 'email' | 'instance_owner'>
  'person.updated': Pick<Principal, 'principal_id'> & Partial<Pick<Principal, 'name' | 'email'>>
  'agent_profile.created': Pick<Principal, 'principal_id' | 'name'> & Partial<Pick<Principal, 'description'>>
  'agent_profile.updated': Pick<Principal, 'principal_id'> & Partial<Pick<Principal, 'name' | 'description'>>
  /** Another person answers for the agent profile from now on (A1). */
  'agent_profile.assigned': { principal_id: string; accountable_id: string }
  'agent_profile.suspended': Pick<Principal, 'principal_id'>
  'agent_profile.resumed': Pick<Principal, 'principal_id'>
  'agent_profile.deleted': Pick<Principal, 'principal_id'>
  'key.created': Omit<Key, 'milestone_id' | 'created_at' | 'created_by' | 'made_with' | 'revoked_at'> & Partial<Pick<Key, 'milestone_id'>>
  'key.revoked': Pick<Key, 'key_id' | 'principal_id'>
  'group.created': Pick<Group, 'name' | 'slug' | 'description' | 'visibility'> & Partial<Pick<Group, 'max_failures'> & GateSettings>
  'group.updated': Partial<Pick<Group, 'name' | 'slug' | 'description' | 'visibility' | 'max_failures'> & GateSettings>
  'group.transferred': { from: string; to: string }
  'member.added': { principal_id: string; role: Role }
  'member.role_changed': { principal_id: string; role: Role }
  'member.removed': { principal_id: string }
  'invitation.created': Pick<Invitation, 'invitation_id' | 'role' | 'hash' | 'expires_at'>
  'invitation.accepted': Pick<Invitation, 'invitation_id'>
  'invitation.revoked': Pick<Invitation, 'invitation_id'>
  'project.created': Pick<Project, 'title' | 'description' | 'slug' | 'color' | 'is_default'>
  'project.updated': Partial<Pick<Project, 'title' | 'description' | 'slug' | 'color'>>
  'project.completed': Record<never, never>
  'project.archived': Record<never, never>
  'project.reopened': Record<never, never>
  'milestone.created': Pick<Milestone, 'title' | 'description'>
  'milestone.updated': Partial<Pick<Milestone, 'title' | 'description' | 'project_id'>>
  'milestone.closed': Record<never, never>
  'milestone.reopened': { cause: string | null }
  'milestone.deleted': Record<never, never>
  'checkpoint.added': GitLinks &
    Pick<Checkpoint, 'order' | 'title' | 'description' | 'requires_consensus' | 'proposal_id' | 'depends_on'> & { renumbers: string[] }
  'checkpoint.updated': Partial<Pick<Checkpoint, 'title' | 'description'>>
  'checkpoint.linked': Partial<GitLinks & Pick<Checkpoint, 'note'>>
  'checkpoint.dependency_added': { depends_on: string }
  'checkpoint.dependency_removed': { depends_on: string; target_was_pending: boolean }
  'checkpoint.completed': Record<never, never>
  'checkpoint.reopened': { reason: string; cause: string | null }
  'checkpoint.failed': Pick<Failure, 'reason' | 'attempt'>
  'checkpoint.retried': Record<never, never>
  /** A checkpoint that waited for a withdrawn one waits for these instead, which it did not wait for before (N2). */
  'checkpoint.relinked': { withdrawn: string; depends_on: string[] }
  'checkpoint.withdrawn': { order: number; reason: string; renumbers: string[] }
  'checkpoint.deleted': { order: number; renumbers: string[] }
  'claim.taken': { claim_id: string; attempt: number; expires_at: string }
  'claim.renewed': { claim_id: string; expires_at: string }
  'claim.released': { claim_id: string; held_by: string; attempt: number }
  'claim.expired': { claim_id: string; held_by: string; attempt: number; expired_at: string }
  'checkpoint.gated': { proposal_id: string }
  'checkpoint.gate_lifted': { proposal_id: string; reason: string }
  'proposal.created': Pick<Proposal, 'proposal_id' | 'title' | 'description' | 'voting_type' | 'threshold_type' | 'options' | 'deadline'>
  /** The gate of a checkpoint, whose first round begins. Events from before there were electorates have none. */
  'proposal.opened': { proposal_id: string } & Partial<RoundFacts>
  'proposal.round_started': { proposal_id: string; round: number; reason?: string } & Partial<RoundFacts>
  /** Who may vote in the present round of a gate from now on, besides those who could when it began (G1). */
  'proposal.voter_added': { proposal_id: string; voter_id: string }
  'proposal.finalized': {
    proposal_id: string
    round: number
    result: string | null
    threshold_met: boolean
    tally: Tally
    runoff: readonly Runoff[]
    eligible: number
    uncounted: readonly string[]
    /** By whose doing: somebody's call, the ballot that decided it, or nobody's, because its deadline passed. */
    by: 'call' | 'ballot' | 'deadline'
  }
  'ballot.cast': { proposal_id: string; round: number; vote: string; comment: string }
}

/** What a round of a gate begins with. */
export type RoundFacts = Pick<Proposal, 'electorate' | 'threshold_type' | 'deadline' | 'voters' | 'no_self_approval' | 'auto_finalize'>

export type EventType = keyof EventData

/** The ids of what an event is about. An id is always given together with the ids of what contains it, such as a milestone's with its project's. */
export type Scope = { group_id: string | null; project_id: string | null; milestone_id: string | null; checkpoint_id: string | null }

/** An event that a decision made, before it has its place in the log. */
export type EventDraft = { [T in EventType]: Scope & { type: T; data: EventData[T] } }[EventType]

export type Authorship = {
  actor_id: string
  actor_type: PrincipalKind
  /** The person who answers for an actor that is an agent profile (A1). Null for people, and in events from before that was known. */
  on_behalf_of: string | null
  key_id: string | null
  session_id: string | null
  via: Via
}

export type Event = EventDraft & Authorship & { seq: number; at: string }

export const NOWHERE: Scope = { group_id: null, project_id: null, milestone_id: null, checkpoint_id: null }
