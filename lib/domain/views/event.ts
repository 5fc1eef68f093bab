import type { Event, EventData, EventType } from '../events'

const GATES = {
  gate_threshold: true,
  gate_deadline_hours: true,
  gate_voters: true,
  no_self_approval: true,
  gate_auto_finalize: true,
} as const

const ROUND = { electorate: true, threshold_type: true, deadline: true, voters: true, no_self_approval: true, auto_finalize: true } as const

/**
 * Whether a reader sees a field of an event, by type. A new type, or a new field of a type, does not compile until it is decided here.
 * A key's hash is hidden, and so are the other milestones whose version an event moves, because the reader may not be allowed to know them.
 */
const SHOWN = {
  'person.registered': { principal_id: true, name: true, email: true, instance_owner: true },
  'person.updated': { principal_id: true, name: true, email: true },
  'agent_profile.created': { principal_id: true, name: true, description: true },
  'agent_profile.updated': { principal_id: true, name: true, description: true },
  'agent_profile.assigned': { principal_id: true, accountable_id: true },
  'agent_profile.suspended': { principal_id: true },
  'agent_profile.resumed': { principal_id: true },
  'agent_profile.deleted': { principal_id: true },
  'key.created': {
    key_id: true,
    principal_id: true,
    group_id: true,
    milestone_id: true,
    name: true,
    hash: false,
    hint: true,
    permissions: true,
    expires_at: true,
  },
  'key.revoked': { key_id: true, principal_id: true },
  'group.created': { name: true, slug: true, description: true, visibility: true, max_failures: true, ...GATES },
  'group.updated': { name: true, slug: true, description: true, visibility: true, max_failures: true, ...GATES },
  'group.transferred': { from: true, to: true },
  'member.added': { principal_id: true, role: true },
  'member.role_changed': { principal_id: true, role: true },
  'member.removed': { principal_id: true },
  'invitation.created': { invitation_id: true, role: true, hash: false, expires_at: true },
  'invitation.accepted': { invitation_id: true },
  'invitation.revoked': { invitation_id: true },
  'project.created': { title: true, description: true, slug: true, color: true, is_default: true },
  'project.updated': { title: true, description: true, slug: true, color: true },
  'project.completed': {},
  'project.archived': {},
  'project.reopened': {},
  'milestone.created': { title: true, description: true },
  'milestone.updated': { title: true, description: true, project_id: true },
  'milestone.closed': {},
  'milestone.reopened': { cause: true },
  'milestone.deleted': {},
  'checkpoint.added': {
    order: true,
    title: true,
    description: true,
    requires_consensus: true,
    proposal_id: true,
    depends_on: true,
    git_branch_url: true,
    git_pr_url: true,
    git_commit_url: true,
    renumbers: false,
  },
  'checkpoint.updated': { title: true, description: true },
  'checkpoint.linked': { git_branch_url: true, git_pr_url: true, git_commit_url: true, note: true },
  'checkpoint.dependency_added': { depends_on: true },
  'checkpoint.dependency_removed': { depends_on: true, target_was_pending: true },
  'checkpoint.completed': {},
  'checkpoint.reopened': { reason: true, cause: true },
  'checkpoint.failed': { reason: true, attempt: true },
  'checkpoint.retried': {},
  'checkpoint.relinked': { withdrawn: true, depends_on: true },
  'checkpoint.withdrawn': { order: true, reason: true, renumbers: false },
  'checkpoint.deleted': { order: true, renumbers: false },
  // Whoever presents the id of a claim counts as its holder (L1).
  'claim.taken': { claim_id: false, attempt: true, expires_at: true },
  'claim.renewed': { claim_id: false, expires_at: true },
  'claim.released': { claim_id: false, held_by: true, attempt: true },
  'claim.expired': { claim_id: false, held_by: true, attempt: true, expired_at: true },
  'checkpoint.gated': { proposal_id: true },
  'checkpoint.gate_lifted': { proposal_id: true, reason: true },
  'proposal.created': {
    proposal_id: true,
    title: true,
    description: true,
    voting_type: true,
    threshold_type: true,
    options: true,
    deadline: true,
  },
  'proposal.opened': { proposal_id: true, ...ROUND },
  'proposal.round_started': { proposal_id: true, round: true, reason: true, ...ROUND },
  'proposal.voter_added': { proposal_id: true, voter_id: true },
  'proposal.finalized': {
    proposal_id: true,
    round: true,
    result: true,
    threshold_met: true,
    tally: true,
    runoff: true,
    eligible: true,
    uncounted: false,
    by: true,
  },
  'ballot.cast': { proposal_id: true, round: true, vote: true, comment: true },
} as const satisfies { [T in EventType]: { [F in keyof EventData[T]]-?: boolean } }

export const EVENT_TYPES: readonly string[] = Object.keys(SHOWN)

type Shown = typeof SHOWN
type ShownField<T extends EventType> = { [F in keyof Shown[T]]: Shown[T][F] extends true ? F : never }[keyof Shown[T]]
type ShownData<T extends EventType> = Pick<EventData[T], ShownField<T> & keyof EventData[T]>

/** The names of the actor of an event, and of the person who answered for it, if it is an agent profile. */
export type Names = { actor_name: string; on_behalf_of: string | null }

type Frame = Pick<
  Event,
  'seq' | 'at' | 'actor_id' | 'actor_type' | 'session_id' | 'via' | 'group_id' | 'project_id' | 'milestone_id' | 'checkpoint_id'
> &
  Names

/** An event as a reader sees it. */
export type ShownEvent = { [T in EventType]: Frame & { type: T; data: ShownData<T> } }[EventType]

export const viewEvent = (event: Event, { actor_name, on_behalf_of }: Names): ShownEvent => {
  const { seq, at, actor_id, actor_type, session_id, via, group_id, project_id, milestone_id, checkpoint_id } = event
  const frame = {
    seq,
    at,
    actor_id,
    actor_name,
    actor_type,
    on_behalf_of,
    session_id,
    via,
    group_id,
    project_id,
    milestone_id,
    checkpoint_id,
  }
  return withShownData(frame, event)
}

/** The cast holds because exactly the fields that are true in SHOWN are kept. */
const withShownData = (frame: Frame, { type, data }: Event): ShownEvent => {
  // The log of a newer build may have a type that this one does not know: nothing of its data is shown.
  const isShown = new Map(Object.hasOwn(SHOWN, type) ? Object.entries<boolean>(SHOWN[type]) : [])
  const fields = Object.entries(data).filter(([field]) => isShown.get(field))
  return { ...frame, type, data: Object.fromEntries(fields) } as ShownEvent
}
