import { EXAMPLE } from '@/lib/domain/example'
import { isRecord, type Json } from './leniency'

/** Values by the name of their field. `place.field` goes before `field`; the place is the tag of a call, or the name of the object that has the field. */
const VALUES: Record<string, unknown> = {
  group_id: EXAMPLE.group_id,
  project_id: EXAMPLE.project_id,
  milestone_id: EXAMPLE.milestone_id,
  checkpoint_id: EXAMPLE.checkpoint_id,
  proposal_id: EXAMPLE.proposal_id,
  claim_id: EXAMPLE.claim_id,
  key_id: EXAMPLE.key_id,
  invitation_id: EXAMPLE.invitation_id,
  agent_profile_id: EXAMPLE.agent_profile_id,
  accountable_id: EXAMPLE.user_id,
  user_id: EXAMPLE.user_id,
  owner_id: EXAMPLE.user_id,
  created_by: EXAMPLE.user_id,
  actor_id: EXAMPLE.agent_profile_id,
  held_by: EXAMPLE.agent_profile_id,
  by: EXAMPLE.agent_profile_id,
  by_name: EXAMPLE.agent,
  held_by_name: EXAMPLE.agent,
  held_for_name: EXAMPLE.person,
  created_by_name: EXAMPLE.person,
  accountable_name: EXAMPLE.person,
  actor_name: EXAMPLE.agent,
  actor_type: 'agent_profile',
  on_behalf_of: EXAMPLE.person,
  session_id: null,
  via: 'mcp',
  order: 3,
  ref: 3,
  title: EXAMPLE.milestone,
  milestone_title: EXAMPLE.milestone,
  description: '',
  note: '',
  reason: 'The staging database refuses connections',
  until: 'ready',
  name: EXAMPLE.agent,
  group_slug: EXAMPLE.group_slug,
  slug: EXAMPLE.group_slug,
  color: '#0564DD',
  attempt: 1,
  attempts: 1,
  version: 52,
  seq: 1234,
  total_checkpoints: 4,
  completed_checkpoints: 1,
  progress: '1/4',
  member_count: 3,
  milestone_count: 1,
  max_failures: 3,
  completions_14d: [0, 0, 1, 0, 2, 0, 0, 1, 3, 0, 0, 1, 0, 2],
  created_at: EXAMPLE.at,
  updated_at: EXAMPLE.at,
  joined_at: EXAMPLE.at,
  claimed_at: EXAMPLE.at,
  at: EXAMPLE.at,
  expires_at: EXAMPLE.later,
  claim_expires_at: EXAMPLE.later,
  token: EXAMPLE.invitation_token,
  link: `https://cairn.example.com/join/${EXAMPLE.invitation_token}`,
  hint: 'a1b2',
  secret: 'sk_live_…',
  owner_name: EXAMPLE.person,
  revoked_at: null,
  permissions: { 'milestones:read': true, 'milestones:complete': true, 'milestones:relax': false },
  last_used_at: EXAMPLE.later,
  last_used_via: 'mcp',
  last_client: 'claude-code 2.1.0',
  last_call: 'list_milestones',
  'Key.expires_at': null,
  'groups.name': 'Backend team',
  'Group.name': 'Backend team',
  'Member.name': EXAMPLE.person,
  'Membership.name': EXAMPLE.person,
  'Person.name': EXAMPLE.person,
  'Membership.role': 'admin',
  'UsedAgentProfile.description': 'Builds and tests the API',
  'AgentProfile.description': 'Builds and tests the API',
  'projects.title': 'API v2',
  'Project.title': 'API v2',
  'Project.slug': 'api-v2',
  'Project.url': `/p/${EXAMPLE.project_id}`,
  url: `/m/${EXAMPLE.milestone_id}`,
  'checkpoints.title': EXAMPLE.checkpoint,
  'Checkpoint.title': EXAMPLE.checkpoint,
  'Checkpoint.depends_on': [2],
  'Checkpoint.status': 'pending',
  'Checkpoint.state': 'claimed',
  'Checkpoint.blocked_by': [],
  'Checkpoint.proposal_status': null,
  'Checkpoint.last_failure': null,
  'Blocker.title': EXAMPLE.checkpoint,
  'ReadyCheckpoint.title': EXAMPLE.checkpoint,
  'MilestoneInBrief.state': 'completed',
  proposer_id: EXAMPLE.user_id,
  proposer_name: EXAMPLE.person,
  voter_id: EXAMPLE.agent_profile_id,
  voter_name: EXAMPLE.agent,
  voter_type: 'agent_profile',
  voter_for_name: EXAMPLE.person,
  vote: 'yes',
  comment: 'The tests of the last release are green',
  voted_at: EXAMPLE.later,
  round: 1,
  round_started_at: EXAMPLE.at,
  round_reason: '',
  linked_milestone_id: EXAMPLE.milestone_id,
  linked_checkpoint_order: 3,
  linked_checkpoint_id: EXAMPLE.checkpoint_id,
  electorate: 3,
  votes_needed: 2,
  vote_count: 1,
  tally: { yes: 1, no: 0 },
  options: [],
  deadline: null,
  deadline_hours: 48,
  finalized_at: null,
  result: null,
  threshold_met: null,
  sealed_by: null,
  sealed_by_name: null,
  decided: null,
  runoff: [],
  earlier_votes: [],
  your_vote: null,
  voting_open: true,
  you_may_vote: true,
  unblocks: 1,
  total_eligible_voters: null,
  'Vote.counts': true,
  'proposals.title': 'Which database do we use?',
  'proposals.reason': 'The objection is met: the migration can be undone',
  'Proposal.title': EXAMPLE.checkpoint,
  'Proposal.description': `Complete checkpoint 3 of ${EXAMPLE.milestone}`,
  'Proposal.url': `/proposals/${EXAMPLE.proposal_id}`,
  'ProposalSummary.title': EXAMPLE.checkpoint,
  'ProposalSummary.description': `Complete checkpoint 3 of ${EXAMPLE.milestone}`,
  'ProposalSummary.url': `/proposals/${EXAMPLE.proposal_id}`,
  'Event.type': 'checkpoint.completed',
  'Event.data': { order: 3 },
}

/** A value that the schema of a field accepts. */
export const sampleOf = (schema: unknown, name: string, place: string, named: Json = {}): unknown => {
  const known = [`${place}.${name}`, name].find((key) => Object.hasOwn(VALUES, key))
  if (known !== undefined) return VALUES[known]
  const json = isRecord(schema) ? schema : {}
  if (typeof json.$ref === 'string') return sampleObject(json.$ref.split('/').at(-1) ?? '', named)
  if ('const' in json) return json.const
  if ('default' in json) return json.default
  if (Array.isArray(json.enum)) return json.enum[0]
  if (Array.isArray(json.anyOf)) return sampleOf(json.anyOf[0], name, place, named)
  const [type] = [json.type].flat()
  if (type === 'array') return [sampleOf(json.items, name, place, named)]
  if (type === 'object') return sampleFields(json, name, named)
  if (type === 'integer') return typeof json.minimum === 'number' && json.minimum > 0 ? json.minimum : 1
  if (type === 'boolean') return false
  return [json.type].flat().includes('null') ? null : 'text'
}

/** An object of a name of the description. `named` has the schemas of all of them. */
export const sampleObject = (name: string, named: Json): Json => {
  const schema = named[name]
  return isRecord(schema) ? sampleFields(schema, name, named) : {}
}

const sampleFields = (schema: Json, place: string, named: Json): Json =>
  Object.fromEntries(
    Object.entries(isRecord(schema.properties) ? schema.properties : {}).map(([name, field]) => [
      name,
      sampleOf(field, name, place, named),
    ]),
  )
