import type { ProblemCode } from './errors'
import { EXAMPLE } from './example'
import { LIMITS } from './limits'
import type { Proposal } from './schemas/proposal'

/** What a code means, and what its receiver does about it. The example is an answer as Cairn gives it. */
export type Problem = { cause: string; remedy: string; example: { message: string; details: Record<string, unknown> } }

const { checkpoint_id, other_checkpoint_id, milestone_id, other_milestone_id, project_id } = EXAMPLE

const face = (ref: number | string, id: string, title: string, state: string) => ({
  ref,
  checkpoint_id: id,
  title,
  milestone_title: EXAMPLE.milestone,
  group_slug: EXAMPLE.group_slug,
  state,
  held_by_name: null,
  last_failure: null,
  private: false,
})

const brief = (order: number, id: string, title: string) => ({ order, checkpoint_id: id, title })

const voter = { voter_id: EXAMPLE.user_id, voter_type: 'user' } as const

/** The vote on a gate before anybody has voted. */
const GATE: Proposal = {
  proposal_id: EXAMPLE.proposal_id,
  group_id: EXAMPLE.group_id,
  title: EXAMPLE.checkpoint,
  description: `Complete checkpoint 3 of ${EXAMPLE.milestone}`,
  proposer_id: EXAMPLE.user_id,
  voting_type: 'yes_no',
  threshold_type: 'majority',
  options: [],
  status: 'open',
  created_at: EXAMPLE.at,
  deadline: null,
  finalized_at: null,
  result: null,
  threshold_met: null,
  votes: [],
  vote_count: 0,
  tally: { yes: 0, no: 0 },
  linked_milestone_id: milestone_id,
  linked_checkpoint_order: 3,
  linked_checkpoint_id: checkpoint_id,
  round: 1,
  round_started_at: EXAMPLE.at,
  round_reason: '',
  electorate: 1,
  sealed_by: null,
  sealed_by_name: null,
  proposer_name: EXAMPLE.person,
  group_slug: EXAMPLE.group_slug,
  voting_open: true,
  decided: null,
  votes_needed: 1,
  runoff: [],
  earlier_votes: [],
  not_voted: [{ ...voter, name: EXAMPLE.person }],
  your_vote: null,
  you_may_vote: true,
  unblocks: 1,
  url: `https://cairn.example.com/proposals/${EXAMPLE.proposal_id}`,
}

const APPROVED: Proposal = {
  ...GATE,
  status: 'finalized',
  finalized_at: EXAMPLE.later,
  result: 'yes',
  threshold_met: true,
  votes: [
    {
      ...voter,
      vote: 'yes',
      comment: '',
      voted_at: EXAMPLE.later,
      voter_name: EXAMPLE.person,
      voter_for_name: null,
      round: 1,
      counts: true,
    },
  ],
  vote_count: 1,
  tally: { yes: 1, no: 0 },
  sealed_by: EXAMPLE.user_id,
  sealed_by_name: EXAMPLE.person,
  voting_open: false,
  not_voted: [],
  your_vote: 'yes',
  you_may_vote: false,
}

/** Every code, explained once for the documentation. A new code does not compile until it is explained. */
export const PROBLEMS: { [C in ProblemCode]: Problem } = {
  malformed: {
    cause: 'The request cannot be read: its body is not valid JSON, or its path has a broken percent-encoding.',
    remedy: 'Repair the request. Nothing was changed.',
    example: { message: 'The body is not valid JSON in UTF-8.', details: {} },
  },
  unauthenticated: {
    cause: 'The request has no key and no session, or the key is incomplete, unknown, revoked or expired.',
    remedy: 'Send `Authorization: Bearer sk_live_…` with the whole key. If the key has ended, ask whoever made it for a new one.',
    example: {
      message: 'This request has neither a key nor a valid session. Send a key (Authorization: Bearer sk_live_…), or sign in.',
      details: {},
    },
  },
  forbidden: {
    cause:
      'You may see the thing, but not do this: `details.missing` names the permission, the role, the membership or the scope of a key that you lack.',
    remedy: 'Ask an admin of the group, or work with what you may do: `get_my_permissions` lists it.',
    example: {
      message: `You are not a member of the group ${EXAMPLE.group_slug}; ask one of its admins to add you.`,
      details: { missing: 'membership', group: EXAMPLE.group_slug },
    },
  },
  not_found: {
    cause: 'There is no such thing, or you may not read it. The two are answered alike, so that nobody learns what is private.',
    remedy:
      'Check the id or slug against a list. A key of group scope finds nothing outside its group, and a key of one milestone nothing outside that.',
    example: { message: 'There is no such milestone, or you may not read it.', details: { kind: 'milestone' } },
  },
  method_not_allowed: {
    cause: 'The path exists, but not with this method.',
    remedy: 'Use one of the methods in `details.allowed`.',
    example: { message: 'This address accepts GET and POST only.', details: { allowed: ['GET', 'POST'] } },
  },
  blocked: {
    cause: 'The checkpoint depends on checkpoints that are pending, which may be in milestones of other teams.',
    remedy:
      'Complete first what `details.blockers` names, if it is yours. Otherwise `wait_for` the checkpoint to be ready, and meanwhile take other work with `claim_next`. `why_blocked` shows the root causes and who holds them.',
    example: {
      message: 'Checkpoint 3 depends on checkpoint 2 which is pending',
      details: { checkpoint_id, blockers: [face(2, other_checkpoint_id, EXAMPLE.other_checkpoint, 'ready')] },
    },
  },
  claimed: {
    cause: 'Somebody else holds the checkpoint, or it is you and you did not show the `claim_id`.',
    remedy: 'If the claim is yours, send its `claim_id`. Otherwise take another checkpoint with `claim_next`, or wait for this one.',
    example: {
      message: `Checkpoint 3 is claimed by ${EXAMPLE.agent} until ${EXAMPLE.later}. If it is yours, send its claim_id. Otherwise wait for it with wait_for, or claim another with claim_next.`,
      details: {
        checkpoint_id,
        claim: {
          claim_id: null,
          held_by: EXAMPLE.agent_profile_id,
          held_by_name: EXAMPLE.agent,
          held_for_name: EXAMPLE.person,
          held_by_you: false,
          attempt: 1,
          claimed_at: EXAMPLE.at,
          expires_at: EXAMPLE.later,
        },
      },
    },
  },
  claim_lost: {
    cause: 'The `claim_id` that you sent is not that of the live claim: your claim expired, was released, or ended with its checkpoint.',
    remedy: 'Read the milestone again before you go on: another agent may have worked on it. If it is free, claim it anew.',
    example: {
      message: `Checkpoint 3 is not held by the claim ${EXAMPLE.claim_id}: it has expired or ended. Read its milestone again before you continue.`,
      details: { checkpoint_id, claim_id: EXAMPLE.claim_id },
    },
  },
  needs_attention: {
    cause: 'The checkpoint has failed as often in a row as its group allows.',
    remedy:
      'Tell a person, who looks at `details.last_failure` and gives the checkpoint back. Meanwhile take another one with `claim_next`.',
    example: {
      message:
        'Checkpoint 3 has failed so often in a row that a person must give it back with retry_checkpoint before it can be claimed. Claim another one with claim_next.',
      details: {
        checkpoint_id,
        last_failure: {
          reason: 'The staging database refuses connections',
          at: EXAMPLE.at,
          by: EXAMPLE.agent_profile_id,
          attempt: 3,
          by_name: EXAMPLE.agent,
        },
      },
    },
  },
  consensus_required: {
    cause: 'The checkpoint has a gate, and the vote of the group on it has not passed.',
    remedy: 'Wait until the proposal in `details.proposal` has passed, and take other work meanwhile.',
    example: {
      message: `Checkpoint 3 needs a vote of the group, and its proposal ${EXAMPLE.proposal_id} has not passed. Vote on it, or wait until it has passed.`,
      details: {
        checkpoint_id,
        milestone_id,
        proposal: GATE,
      },
    },
  },
  checkpoint_completed: {
    cause: 'The checkpoint is completed, or one of the milestone is, and completed work does not change or vanish.',
    remedy: 'Change only its git links and note. Plan what is left to do as a new checkpoint.',
    example: {
      message:
        'Checkpoint 3 is completed: its title, description, dependencies and gate cannot be changed. Its git links and note can still be changed.',
      details: { checkpoint_id },
    },
  },
  not_completed: {
    cause: 'The checkpoint is pending, so there is no completion to take back.',
    remedy: 'Nothing is left to do: the checkpoint is open.',
    example: { message: 'Checkpoint 3 is pending, so there is nothing to reopen.', details: { checkpoint_id } },
  },
  not_failed: {
    cause: 'The last attempt at the checkpoint has not failed, so there is nothing to give back.',
    remedy: 'Read the milestone: the checkpoint may be ready, claimed, blocked or completed.',
    example: { message: 'The last attempt at checkpoint 3 has not failed, so there is nothing to give back.', details: { checkpoint_id } },
  },
  has_dependents: {
    cause: 'Other checkpoints depend on it, and would be let through if it were gone.',
    remedy: 'Leave it in the plan. `details.dependents` names what waits for it, and `private_count` how many more you may not see.',
    example: {
      message: 'Checkpoint 2 cannot be deleted: other checkpoints depend on it (3).',
      details: {
        checkpoint_id: other_checkpoint_id,
        dependents: [face(3, checkpoint_id, EXAMPLE.checkpoint, 'blocked')],
        private_count: 0,
      },
    },
  },
  dependents_completed: {
    cause: 'Completed work depends on the checkpoint, and would then stand on something unfinished.',
    remedy: 'Look at `details.dependents` and decide with the people who own that work.',
    example: {
      message: 'Checkpoint 2 cannot be reopened alone: completed work depends on it (3).',
      details: {
        checkpoint_id: other_checkpoint_id,
        dependents: [face(3, checkpoint_id, EXAMPLE.checkpoint, 'completed')],
        private_count: 0,
      },
    },
  },
  cycle: {
    cause: 'The dependency would close a loop, in which each waits for the next and nothing can ever start.',
    remedy: 'Leave the dependency out, or split the checkpoint so that the order is clear. `details.checkpoints` shows the loop.',
    example: {
      message: `This would close a loop, in which each waits for the next: 3 "${EXAMPLE.checkpoint}" → ${other_milestone_id}:1 "API deployed" → 3 "${EXAMPLE.checkpoint}". Leave the dependency out, or ask a person to change the plan.`,
      details: {
        path: [3, `${other_milestone_id}:1`, 3],
        checkpoints: [
          face(3, checkpoint_id, EXAMPLE.checkpoint, 'ready'),
          face(`${other_milestone_id}:1`, other_checkpoint_id, 'API deployed', 'blocked'),
        ],
      },
    },
  },
  version_mismatch: {
    cause: 'The milestone has changed since the version that you sent as `expected_version`.',
    remedy: 'Read the milestone again, see whether your change still makes sense, and send it with the new version.',
    example: {
      message:
        'The milestone is at version 52, not 40: it has changed. Read it again, or address checkpoints by id without expected_version.',
      details: {
        version: 52,
        checkpoints: [brief(1, other_checkpoint_id, EXAMPLE.other_checkpoint), brief(2, checkpoint_id, EXAMPLE.checkpoint)],
      },
    },
  },
  slug_taken: {
    cause: 'Another group, or another project of the group, has this slug.',
    remedy: 'Give another slug, or none: Cairn then makes one that is free.',
    example: {
      message: 'The slug general is not available. Give another one, or none: Cairn then makes one that is free.',
      details: { slug: 'general' },
    },
  },
  project_not_active: {
    cause: 'The project is completed or archived, and takes no new work.',
    remedy: 'Work in an active project, or ask for this one to be reopened.',
    example: {
      message: 'The project "API v2" is archived. Work in an active project, or ask for this one to be reopened.',
      details: { project_id, status: 'archived' },
    },
  },
  project_active: {
    cause: 'The project is active already.',
    remedy: 'Nothing is left to do.',
    example: { message: 'The project "API v2" is already active.', details: { project_id } },
  },
  default_project: {
    cause: 'This is the project that takes the milestones of a group for which none is named, so it stays.',
    remedy: 'Leave it. Create projects of your own beside it.',
    example: { message: 'The default project of a group cannot be archived.', details: { project_id } },
  },
  milestone_closed: {
    cause: 'The milestone is closed: all its checkpoints are completed.',
    remedy: 'Plan new work as a new milestone, or add a checkpoint, which makes the milestone active again.',
    example: { message: 'The milestone is closed: its title and description cannot be changed.', details: { milestone_id } },
  },
  milestone_active: {
    cause: 'The milestone is active already.',
    remedy: 'Nothing is left to do.',
    example: { message: 'The milestone is already active.', details: { milestone_id } },
  },
  incomplete: {
    cause: 'The milestone has pending checkpoints, or none at all. A milestone closes by itself with its last one.',
    remedy: 'Complete what `details.pending` names.',
    example: {
      message: 'The milestone has pending checkpoints (2). Complete them first.',
      details: { pending: [brief(1, other_checkpoint_id, EXAMPLE.other_checkpoint), brief(2, checkpoint_id, EXAMPLE.checkpoint)] },
    },
  },
  proposal_finalized: {
    cause: 'The vote is over.',
    remedy: 'Read the proposal for its result.',
    example: {
      message: `The proposal ${EXAMPLE.proposal_id} is finalized, so no more ballots count.`,
      details: { proposal: APPROVED },
    },
  },
  undecided: {
    cause: 'Further ballots can still change the outcome of the vote on a gate.',
    remedy: 'Wait for more ballots, or until its deadline.',
    example: {
      message: `The vote ${EXAMPLE.proposal_id} is not decided yet: further ballots can still change its outcome. Wait for them.`,
      details: { proposal: GATE },
    },
  },
  not_rejected: {
    cause: 'A new round of a vote follows only a rejection.',
    remedy: 'Read the proposal: it is open, has passed, or gates nothing.',
    example: {
      message: `No new round of the proposal ${EXAMPLE.proposal_id} can begin: its present round is open. A new round follows a rejection, and begins by itself with each change of content.`,
      details: { proposal_id: EXAMPLE.proposal_id },
    },
  },
  already_voted: {
    cause: 'You have voted in this round.',
    remedy: 'Wait for the result.',
    example: {
      message: `You have already voted in round 1 of ${EXAMPLE.proposal_id}, and a ballot stands.`,
      details: { proposal_id: EXAMPLE.proposal_id, vote: 'yes', voted_at: EXAMPLE.later },
    },
  },
  already_member: {
    cause: 'You have accepted an invitation to a group of which you are a member.',
    remedy: 'Nothing is left to do.',
    example: {
      message: 'You are already a member of the group.',
      details: { principal_id: EXAMPLE.user_id },
    },
  },
  email_taken: {
    cause: 'Another person of this instance signs in with this e-mail address. Only the pages for signing up and of your account say so.',
    remedy: 'Use another address, or ask the person who has this one.',
    example: {
      message: 'This e-mail address is that of another person here. Use another one.',
      details: { email: 'maria@example.com' },
    },
  },
  group_owner: {
    cause:
      'The person is the owner of the group, who cannot leave it, be removed from it or have another role: a group has exactly one owner.',
    remedy: 'Give the group to another member first.',
    example: {
      message: `The owner of the group ${EXAMPLE.group_slug} cannot leave it, because a group has exactly one owner. Its ownership can be given to another member.`,
      details: { principal_id: EXAMPLE.user_id },
    },
  },
  log_replaced: {
    cause: 'You named a place in the log that this log does not have: the instance was restored from a backup.',
    remedy: 'Forget what you know, and read the events again from 0. `details.seq` says where the log ends now.',
    example: {
      message:
        'The log ends at 1200, before 1234: it is another log than the one you have read, such as one from a backup. Read it again from 0.',
      details: { seq: 1200 },
    },
  },
  too_large: {
    cause: `The body is larger than ${LIMITS.body_bytes.toLocaleString('en')} bytes.`,
    remedy: 'Send less at once: create the milestone with some of its checkpoints, and add the others.',
    example: {
      message: `The body is larger than ${LIMITS.body_bytes.toLocaleString('en')} bytes. Send a smaller one.`,
      details: { limit_bytes: LIMITS.body_bytes },
    },
  },
  unsupported_media_type: {
    cause: 'The body was sent as something else than JSON.',
    remedy: 'Send `Content-Type: application/json`.',
    example: { message: 'Send the body as Content-Type: application/json.', details: {} },
  },
  invalid: {
    cause: 'A field is missing, unknown, of the wrong type or out of bounds.',
    remedy: 'Correct each of `details.fields`, which has the path and what is wrong. Nothing was changed.',
    example: { message: 'name is missing.', details: { fields: [{ path: 'name', message: 'is missing' }] } },
  },
  invalid_dependency: {
    cause: 'A dependency names no checkpoint that you may read, a later one of the same milestone, or the checkpoint itself.',
    remedy:
      'Depend on lower numbers of the same milestone, on `"ms_x:3"` in another one, or on a `cp_` id. `details.reason` says what is wrong.',
    example: {
      message:
        'Checkpoint 1 cannot depend on 2: inside a milestone, a checkpoint can depend only on lower numbers than its own, which is 1.',
      details: {
        order: 1,
        depends_on: 2,
        reason: 'inside a milestone, a checkpoint can depend only on lower numbers than its own, which is 1.',
      },
    },
  },
  invalid_url: {
    cause: 'A git address is no http(s) address, or has credentials or characters that would be read as another address.',
    remedy: 'Send the whole address as a browser shows it, beginning with https://.',
    example: {
      message: 'git_pr_url does not begin with http:// or https://.',
      details: { fields: [{ path: 'git_pr_url', message: 'does not begin with http:// or https://' }] },
    },
  },
  idempotency_mismatch: {
    cause: 'The idempotency key was used for a different call within the last 7 days.',
    remedy: 'Use a new key for each new call, and the same key only to repeat exactly the same call.',
    example: { message: 'This idempotency key was already used for a different call. Use a new key for this one.', details: {} },
  },
  rate_limited: {
    cause: `The key makes calls faster than it may (50 a second, after 200 at once, unless whoever runs Cairn set other numbers), many wrong keys came from its address, or the key has too many calls open at once: ${LIMITS.waits_per_key.toLocaleString('en')} waits, or as many streams.`,
    remedy:
      'Call again after the time in the header `Retry-After`. Wait with `wait_for` or follow the stream instead of asking again and again, and end waits and streams that you do not need.',
    example: {
      message: `This key has ${LIMITS.waits_per_key.toLocaleString('en')} waits already, the most that it may have. Let one of them end first, or wait for a change of a milestone instead of each of its checkpoints.`,
      details: { limit: LIMITS.waits_per_key, retry_after_seconds: 5 },
    },
  },
  internal: {
    cause: 'Something went wrong in Cairn. Whoever runs it finds the cause in its output, under the `request_id` of the answer.',
    remedy: 'Read before you repeat a change: it may have been made. With an idempotency key, repeating is always safe.',
    example: { message: 'Something went wrong in Cairn. Before you repeat a change, check whether it was made.', details: {} },
  },
  busy: {
    cause: 'More calls wait than Cairn can answer in time. Nothing was changed.',
    remedy: 'Send the same call again after the time in the header `Retry-After`.',
    example: { message: 'Too many changes are waiting. Try again in a second.', details: { retry_after_seconds: 1 } },
  },
  unavailable: {
    cause: 'The database cannot be reached or takes no changes, or Cairn starts again.',
    remedy:
      'Send the same call again after the time in the header `Retry-After`. A change whose fate is unknown is repeated safely under its idempotency key.',
    example: { message: 'Cairn stops or starts again. Send the same call again.', details: { retry_after_seconds: 1 } },
  },
}
