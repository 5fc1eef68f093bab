import { isRecord, type Json } from './leniency'

/**
 * What a field means where its schema does not say it. They stand here and not in the schemas, because tools over MCP are made from the same schemas,
 * and an agent pays for each word. `Noun.field` and `place.field` go before `field`.
 */
const WORDS: Record<string, string> = {
  // What callers send.
  'body.title': 'one line that shows something',
  'body.description': 'free text of several lines; empty by default',
  'body.name': 'one line that shows something',
  'body.slug': 'its name in addresses: lower-case letters and digits, joined by hyphens',
  'body.visibility': 'workspace: everybody with access to this instance may read it; private: only its members know that it exists',
  'body.color': 'the colour of its mark, as in #64748B',
  'body.checkpoints': 'its checkpoints in order; without any, it stays active until some are added and completed',
  'body.requires_consensus': 'if true, it can be completed only after the vote of the group has passed',
  'body.note': 'what the next reader should know; free text of several lines',
  'body.reason': 'why; free text that shows something, which is kept and shown',
  'body.cascade': 'also reopen all completed checkpoints that depend on it, directly or through others',
  'body.role': 'admin or member',
  'checkpoints.title': 'one line that shows something',
  'checkpoints.description': 'free text of several lines',
  'query.status': 'only those with this status',
  'query.group_id': 'only what happened in this group; its id or slug',
  'query.project_id': 'only what happened in this project',
  'query.milestone_id': 'only what happened in this milestone',
  'query.via': 'only what came by this way',
  'query.reason': 'why; kept and shown',

  // The envelope.
  success: 'whether the call was done',
  data: 'what was asked for',
  changed: 'false if everything was as wanted already, so that there is no event',
  replayed: 'present if this answers a repeated call by its idempotency key',
  error: 'the code of the refusal',
  request_id: 'names this answer in the output of the server',

  // Ids and references.
  group_id: 'id of the group, a UUID',
  project_id: 'id of the project',
  milestone_id: 'id of the milestone',
  checkpoint_id: 'id of the checkpoint, which stays the same when its number changes',
  proposal_id: 'id of the proposal',
  user_id: 'id of the person or agent profile',
  'Membership.user_id': 'id of the person',
  'Person.user_id': 'your id',
  'body.email': 'an e-mail address, which nobody else here has',
  'Person.email': 'the e-mail address',
  agent_profile_id: 'id of the agent profile',
  invitation_id: 'id of the invitation',
  owner_id: 'id of its owner',
  requires_proposal_id: 'id of the proposal that must pass before it can be completed; null without a gate',
  ref: 'how to refer to it: a number in the same milestone, "ms_x:3" in another, or its id if you may not see it',
  order: 'its number in the milestone',
  slug: 'its name in addresses',
  group_slug: 'slug of the group',
  url: 'its page in a browser',

  // Texts that people and agents wrote: data, never instructions.
  title: 'one line',
  name: 'one line',
  description: 'free text of several lines',
  note: 'what whoever worked on it left for the next reader',
  milestone_title: 'title of its milestone',
  group_name: 'name of the group',
  reason: 'why; null if there is nothing to say',
  'LastFailure.reason': 'what whoever worked on it reported, or that the claim expired',
  sentence: 'the same in words',

  // States and counts.
  status: 'status',
  'Checkpoint.status': 'pending or completed',
  'Milestone.status': 'closed once all its checkpoints are completed',
  'MilestoneSummary.status': 'closed once all its checkpoints are completed',
  'Project.status': 'only an active project takes new work',
  'AgentProfile.status': 'active, suspended or deleted',
  'UsedAgentProfile.status': 'active or suspended',
  'AgentProfile.description': 'what it is for',
  'UsedAgentProfile.description': 'what it is for',
  state: 'derived: completed, blocked, awaiting_consensus, claimed, failed or ready, whichever holds first',
  proposal_status: 'how its vote stands; null without a gate',
  requires_consensus: 'whether it has a gate',
  depends_on: 'the checkpoints that it waits for, as references',
  claim: 'who holds it; null if nobody does',
  last_failure: 'why its last attempt failed; null if it did not',
  attempts: 'the number of attempts so far',
  attempt: 'which attempt this is; 1 for the first',
  visibility: 'workspace or private',
  color: 'the colour of its mark',
  is_default: 'whether it takes the milestones for which no project is named',
  badge_public: 'whether its badge can be read without signing in',
  member_count: 'the number of its people and agents',
  milestone_count: 'the number of its milestones',
  total_checkpoints: 'the number of its checkpoints',
  completed_checkpoints: 'how many of them are completed',
  root_cause_count: 'how many root causes there are',
  total: 'how many there are',
  version: 'changes whenever its plan does; send it as expected_version',
  deleted: 'it is gone',
  timed_out: 'true if the time was over before it came true',
  role: 'owner, admin or member',
  'Invitation.role': 'what whoever accepts it becomes: admin or member',
  'NewInvitation.role': 'what whoever accepts it becomes: admin or member',
  member_type: 'user for a person, agent_profile for an agent',

  // Votes.
  proposals: 'the proposals',
  'body.vote': 'yes or no; an option; or all options in your order, joined by commas',
  'body.comment': 'why; free text of several lines, which is kept and shown',
  'Proposal.title': 'what is asked, in one line; of a gate: the title of its checkpoint',
  'ProposalSummary.title': 'what is asked, in one line; of a gate: the title of its checkpoint',
  'Proposal.status': 'open or finalized; a gate whose deadline has passed undecided is finalized',
  'ProposalSummary.status': 'open or finalized; a gate whose deadline has passed undecided is finalized',
  voting_type: 'yes_no, single (one of the options) or ranked (all options in order, counted by instant runoff)',
  threshold_type: 'what it takes to pass: of the electorate for a gate, of the ballots for any other',
  options: 'what is voted on; empty for yes_no',
  finalized_at: 'when it was finalized, or its deadline passed; null as long as it is open',
  tally: 'how many ballots each choice has; of a ranked vote: as first choice',
  'runoff.tally': 'how many ballots each option has that is still in it',
  linked_checkpoint_order: 'number of the checkpoint that it gates; null if it gates none',
  linked_checkpoint_id: 'id of the checkpoint that it gates; null if it gates none',
  round_started_at: 'when the present round began',
  sealed_by_name: 'name of who finalized it',
  proposer_name: 'name of the proposer',
  you_may_vote: 'whether a ballot of yours would be accepted now',
  voter_id: 'id of the person or agent profile',
  voter_name: 'name of the voter',
  voter_type: 'user for a person, agent_profile for an agent',
  vote: 'yes, no or an option; of a ranked vote: the options in their order, joined by commas',
  comment: 'what the voter said with it; empty if nothing',
  voted_at: 'when it was cast',
  'Vote.round': 'the round for which it was cast',

  // Who and when. Times are ISO 8601 in UTC.
  created_at: 'when it was created',
  created_by: 'id of who created it',
  updated_at: 'when it last changed',
  completed_at: 'when it was completed; null if it is not',
  completed_by: 'id of who completed it; null if it is not',
  completed_by_name: 'name of who completed it',
  accepted_at: 'when it was accepted; null if it was not',
  suspended_at: 'when it was suspended; null if it is not',
  accountable_name: 'name of the person who answers for it',
  created_by_name: 'name of who created it',
  completed_session: 'the session in which it was completed',
  archived_at: 'when it was archived; null if it is not',
  archived_by: 'id of who archived it',
  reopened_at: 'when it was last reopened; null if never',
  reopened_by: 'id of who last reopened it',
  closed_at: 'when it closed; null if it is active',
  joined_at: 'when they joined',
  claimed_at: 'when the claim was made',
  expires_at: 'when it ends',
  'Invitation.expires_at': 'when its link ends',
  'NewInvitation.expires_at': 'when its link ends',
  'Claim.expires_at': 'when the claim ends, unless it is renewed',
  claim_expires_at: 'when the claim on it ends; null if nobody holds it',
  held_by: 'id of the holder',
  held_by_name: 'name of the holder; null if nobody holds it',
  held_by_you: 'whether you hold it',
  at: 'when it happened',
  by: 'id of who did it',
  by_name: 'name of who did it',

  // Git.
  git_branch_url: 'address of the branch',
  git_pr_url: 'address of the pull request',
  git_commit_url: 'address of the commit',

  // Lists and what is inside.
  groups: 'the groups',
  projects: 'the projects',
  milestones: 'the milestones',
  checkpoints: 'the checkpoints, by their numbers',
  'answer.checkpoints': 'the checkpoints',
  members: 'its people and agents',
  invitations: 'the invitations',
  agents: 'the agent profiles',
  events: 'the events',
  next_cursor: 'the cursor of the next page; null on the last one',
  group: 'the group',
  project: 'the project',
  checkpoint: 'the checkpoint',
  neighbours: 'checkpoints of other milestones that wait for these, or for which these wait',
  edges: 'every dependency that touches them',
  from: 'id of the checkpoint that is waited for',
  to: 'id of the checkpoint that waits',
  may: 'what you may do here',
  write: 'whether you may plan',
  complete: 'whether you may claim and complete',
  relax: 'whether you may loosen the plan',
  counts: 'the number of its checkpoints in each state',
  completed: 'completed',
  ready: 'ready',
  claimed: 'claimed',
  failed: 'failed',
  awaiting_consensus: 'waiting for a vote',
  blocked: 'blocked',
  active_milestones: 'the number of its active milestones',
  last_activity: 'what happened last; null if nothing has',

  // Events.
  seq: 'its number in the log',
  type: 'what happened, such as checkpoint.completed',
  actor_id: 'id of who did it',
  actor_name: 'name of who did it',
  actor_type: 'user for a person, agent_profile for an agent',
  session_id: 'the session in which it was done',
  via: 'by which way the call came',
  'Event.data': 'the facts of the event, which depend on its type',
  'Event.group_id': 'id of the group that it is about; null if it is about none',
  'Event.project_id': 'id of the project that it is about; null if it is about none',
  'Event.milestone_id': 'id of the milestone that it is about; null if it is about none',
  'Event.checkpoint_id': 'id of the checkpoint that it is about; null if it is about none',

  // Keys and permissions.
  keys: 'the keys',
  key_id: 'id of the key',
  hint: 'the last characters of its secret',
  revoked: 'it works no more',
  revoked_at: 'when it was revoked; null if it was not',
  owner_name: 'name of its owner',
  last_used_at: 'when it was last used; null if never',
  last_used_via: 'by which way it was last used',
  permissions: 'each permission, and whether it is granted',
  permissions_info: 'each permission, with what it allows',
  granted: 'whether you have it',
  scope_type: 'user: all groups of the person; group: one group',
  scope_id: 'id of that person or group',
  owner_type: 'user for a person, agent_profile for an agent',
}

/** The same schema, in which every field says what it means. `place` is where it stands: the name of an object, `body`, `query` or `answer`. */
export const withWords = (schema: Json, place: string): Json => {
  const inner = Object.entries(schema).map(([key, value]) => [
    key,
    key === 'properties' ? wordedFields(value, place) : worded(value, place),
  ])
  return Object.fromEntries(inner)
}

const worded = (value: unknown, place: string): unknown => {
  if (Array.isArray(value)) return value.map((entry) => worded(entry, place))
  return isRecord(value) ? withWords(value, place) : value
}

const wordedFields = (fields: unknown, place: string): Json =>
  Object.fromEntries(
    Object.entries(isRecord(fields) ? fields : {}).map(([name, schema]) => [
      name,
      wordedField(isRecord(schema) ? schema : {}, name, place),
    ]),
  )

/** A field, with what it means. A description that it has stays. */
export const wordedField = (schema: Json, name: string, place: string): Json => {
  const inner = withWords(schema, name)
  const description = schema.description ?? WORDS[`${place}.${name}`] ?? WORDS[name]
  return description === undefined ? inner : { ...inner, description }
}
