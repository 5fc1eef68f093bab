import * as z from 'zod'
import { CHECKPOINT_STATES } from '../state'

export const CheckpointState = z.enum(CHECKPOINT_STATES)

/** A reference to a checkpoint: its number in the same milestone, `ms_x:3` in another, or its id `cp_…` if the reader may not see it. */
export const CheckpointRef = z.union([z.int(), z.string()])

export const Blocker = z
  .object({
    ref: CheckpointRef,
    checkpoint_id: z.string(),
    title: z.string(),
    milestone_title: z.string(),
    group_slug: z.string(),
    state: CheckpointState,
    held_by_name: z.string().nullable(),
    last_failure: z.string().nullable().describe('why its last attempt failed'),
    private: z.boolean().describe('true if you may see only its checkpoint_id and state'),
  })
  .meta({ id: 'Blocker' })

export const Claim = z
  .object({
    claim_id: z.string().nullable().describe('shown only to its holder'),
    held_by: z.string(),
    held_by_name: z.string(),
    held_by_you: z.boolean(),
    held_for_name: z.string().nullable().describe('name of the person who answers for the agent profile that holds it'),
    attempt: z.int().describe('1 for the first attempt at the checkpoint'),
    claimed_at: z.string(),
    expires_at: z.string(),
  })
  .meta({ id: 'Claim' })

export const LastFailure = z
  .object({ reason: z.string(), at: z.string(), by: z.string(), by_name: z.string(), attempt: z.int() })
  .meta({ id: 'LastFailure' })

export const Checkpoint = z
  .object({
    order: z.int(),
    title: z.string(),
    description: z.string(),
    status: z.enum(['pending', 'completed']),
    completed_by: z.string().nullable(),
    completed_at: z.string().nullable(),
    requires_proposal_id: z.string().nullable(),
    proposal_status: z.enum(['open', 'approved', 'rejected']).nullable(),
    depends_on: z.array(CheckpointRef),
    git_branch_url: z.string().nullable(),
    git_pr_url: z.string().nullable(),
    git_commit_url: z.string().nullable(),
    checkpoint_id: z.string(),
    state: CheckpointState,
    requires_consensus: z.boolean(),
    note: z.string(),
    blocked_by: z.array(Blocker).describe('the unmet direct dependencies'),
    claim: Claim.nullable(),
    attempts: z.int().describe('the number of attempts so far'),
    last_failure: LastFailure.nullable(),
    needs_attention: z.boolean().describe('true if it has failed so often that a person must give it back before it can be claimed'),
    completed_by_name: z.string().nullable(),
    completed_session: z.string().nullable(),
    completed_for_name: z.string().nullable().describe('name of the person who answered for the agent profile that completed it'),
  })
  .meta({ id: 'Checkpoint' })

export type CheckpointRef = z.infer<typeof CheckpointRef>
export type Blocker = z.infer<typeof Blocker>
export type LastFailure = z.infer<typeof LastFailure>
export type Claim = z.infer<typeof Claim>
export type Checkpoint = z.infer<typeof Checkpoint>
