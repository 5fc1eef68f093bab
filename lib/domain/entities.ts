import type { Runoff, Tally } from './counting'
import type { Via } from './events'
import type { PermissionName } from './permission'
import type { Role, Visibility } from './schemas/group'
import type { MilestoneStatus } from './schemas/milestone'
import type { ProjectStatus } from './schemas/project'
import type { GateThreshold, GateVoters, ProposalStatus, ThresholdType, VotingType } from './schemas/proposal'

// A world holds these entities. They are never changed in place: evolve replaces them. Times are ISO 8601 UTC with milliseconds.

export const PRINCIPAL_KINDS = ['user', 'agent_profile'] as const
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]

export type Principal = {
  principal_id: string
  kind: PrincipalKind
  name: string
  email: string
  /** The group of an agent profile; null for people. */
  group_id: string | null
  /** True for the person who set the instance up, who may read the whole log. */
  instance_owner: boolean
  /** What an agent profile is for; empty for people. */
  description: string
  /** The person who answers for an agent profile (A1); null for people. */
  accountable_id: string | null
  /** Since when an agent profile may do nothing, until it is resumed (A2). */
  suspended_at: string | null
  /** When an agent profile was deleted. It stays on record, because the history names it. */
  deleted_at: string | null
  created_at: string
}

export type Key = {
  key_id: string
  principal_id: string
  /** Null for a key of user scope, which is valid in all groups of its person. */
  group_id: string | null
  /** The only milestone in which the key works (K2), which is in its group; null for a key that works in all. It may have been deleted. */
  milestone_id: string | null
  name: string
  /** SHA-256 of the secret, in hex. The secret itself is shown once and never stored. */
  hash: string
  /** The last four characters of the secret, by which a person tells keys apart. */
  hint: string
  permissions: Partial<Record<PermissionName, boolean>>
  created_by: string
  /** The key by whose call it was made, with which it ends (K1); null for one that was made in a browser or by Cairn's own commands. */
  made_with: string | null
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

export type Group = {
  group_id: string
  name: string
  slug: string
  description: string
  visibility: Visibility
  owner_id: string
  /** How many failed attempts in a row make a checkpoint need the attention of a person (N1). */
  max_failures: number
  created_at: string
  updated_at: string
} & GateSettings

/** How the gates of a group are voted on (G1). A round of a gate copies them when it begins. */
export type GateSettings = {
  gate_threshold: GateThreshold
  /** After how many hours the voting of a round closes; null: never. */
  gate_deadline_hours: number | null
  gate_voters: GateVoters
  /** Whether those are left out who gated the checkpoint or completed or failed it last, and their agents. */
  no_self_approval: boolean
  /** Whether a gate is finalized by the ballot that decides it. */
  gate_auto_finalize: boolean
}

/** The offer to become a member of a group, to whoever has the link. It is kept on record when it has been accepted or revoked. */
export type Invitation = {
  invitation_id: string
  group_id: string
  role: Role
  /** SHA-256 of the token in the link, in hex. The token itself is shown once and never stored. */
  hash: string
  created_by: string
  created_at: string
  expires_at: string
  accepted_by: string | null
  accepted_at: string | null
  revoked_at: string | null
}

export type Member = { group_id: string; principal_id: string; role: Role; joined_at: string }

export type Project = {
  project_id: string
  group_id: string
  title: string
  description: string
  slug: string
  color: string
  status: ProjectStatus
  is_default: boolean
  /** The number of milestones in the project, which evolve keeps up to date. */
  milestone_count: number
  created_by: string
  created_at: string
  updated_at: string
  completed_at: string | null
  completed_by: string | null
  archived_at: string | null
  archived_by: string | null
  reopened_at: string | null
  reopened_by: string | null
}

export type Milestone = {
  milestone_id: string
  group_id: string
  project_id: string
  title: string
  description: string
  status: MilestoneStatus
  created_by: string
  created_at: string
  updated_at: string
  closed_at: string | null
  version: number
}

export type GitLinks = { git_branch_url: string | null; git_pr_url: string | null; git_commit_url: string | null }

/** How an attempt at a checkpoint failed. `by` is the principal who reported the failure or whose lease expired. */
export type Failure = { reason: string; at: string; by: string; attempt: number }

export type Checkpoint = GitLinks & {
  checkpoint_id: string
  milestone_id: string
  order: number
  title: string
  description: string
  requires_consensus: boolean
  proposal_id: string | null
  /** Ids of checkpoints in this milestone or in others (D4). */
  depends_on: readonly string[]
  note: string
  created_by: string
  completed_at: string | null
  completed_by: string | null
  completed_seq: number | null
  completed_session: string | null
  /** The person who answered for the agent profile that completed it, when it did. */
  completed_for: string | null
  /** The fields of the claim are null together, but for the session and the person behind an agent. `claimOf` in attempt.ts reads them. */
  claim_id: string | null
  claimed_by: string | null
  claim_session: string | null
  /** The person who answered for the agent profile that claimed it, when it did; null for a claim of a person. */
  claimed_for: string | null
  claim_via: Via | null
  claimed_at: string | null
  claim_expires_at: string | null
  /** The number of attempts so far. A claim is an attempt, and so is a failure that is reported for what nobody claimed. */
  attempts: number
  /** The number of failed attempts in a row (N1). */
  failures: number
  last_failure: Failure | null
  /** Who last completed it or failed at it, also if it was reopened since (G1). */
  last_done_by: string | null
}

/** A question on which a group votes. One that gates a checkpoint (G1) comes and goes with the gate; one that gates nothing stays. */
export type Proposal = {
  proposal_id: string
  group_id: string
  /** The checkpoint that it gates, or null. */
  checkpoint_id: string | null
  /** Empty for a gate, whose checkpoint has the texts. */
  title: string
  description: string
  proposer_id: string
  voting_type: VotingType
  threshold_type: ThresholdType
  options: readonly string[]
  deadline: string | null
  status: ProposalStatus
  /** Counts from 1. The ballots of earlier rounds stay readable, but they do not count. */
  round: number
  /** Null for a gate from before there were electorates, whose next round has yet to begin. */
  round_started_at: string | null
  round_reason: string
  /** The ids of those whose ballots count for a gate; empty for a proposal that gates nothing, on which all members vote. */
  electorate: readonly string[]
  /** The settings that a gate's round was begun with. */
  voters: GateVoters
  no_self_approval: boolean
  auto_finalize: boolean
  /** The outcome, from the moment that it is sealed. `eligible` is how many might have voted. */
  threshold_met: boolean | null
  result: string | null
  tally: Tally | null
  runoff: readonly Runoff[]
  eligible: number | null
  /** The voters whose ballots of the sealed round did not count, because they had left or were suspended. */
  uncounted: readonly string[]
  sealed_by: string | null
  created_at: string
  finalized_at: string | null
}

/** What one principal has voted in one round of a proposal. */
export type Ballot = {
  proposal_id: string
  round: number
  voter_id: string
  vote: string
  comment: string
  voted_at: string
  /** The person who answered for the agent profile that voted, when it did; null for people. */
  voted_for: string | null
}

export type Entities = {
  principal: Principal
  key: Key
  invitation: Invitation
  group: Group
  member: Member
  project: Project
  milestone: Milestone
  checkpoint: Checkpoint
  proposal: Proposal
  ballot: Ballot
}
export type Kind = keyof Entities
