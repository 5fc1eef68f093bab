import * as z from 'zod'
import type { EventDraft } from '@/lib/domain/events'
import { EXAMPLE } from '@/lib/domain/example'
import { fail, retry } from '@/lib/domain/failure'
import { Reason } from '@/lib/domain/schemas/text'
import { findCheckpoint } from './checkpoints'
import { decided, defineMutation } from './define'
import { differing } from './differing'
import { CheckpointAddress, ClaimId, ExpectedVersion, gitLinks, MilestoneReference } from './fields'
import { milestoneAnswer } from './milestones'

export const failCheckpoint = defineMutation({
  name: 'fail_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/fail'],
  permission: 'milestones:complete',
  summary:
    'Report that an attempt at a checkpoint failed, with a reason. It ends your claim, and all that waits for the checkpoint goes on waiting',
  command: 'fail',
  atWork: true,
  repeats: true,
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    reason: Reason,
    claim_id: ClaimId,
    ...gitLinks,
    expected_version: ExpectedVersion,
  }),
  example: { claim_id: EXAMPLE.claim_id },
  ...milestoneAnswer,
  errors: ['checkpoint_completed', 'blocked', 'claimed', 'claim_lost'],
  find: findCheckpoint,
  decide: (world, { reason, claim_id, git_branch_url, git_pr_url, git_commit_url }, context, { scope, milestone, checkpoint }) => {
    const failed = fail(world, context, milestone, checkpoint, reason, claim_id)
    const links = differing(checkpoint, { git_branch_url, git_pr_url, git_commit_url })
    const linked: EventDraft[] = Object.keys(links).length > 0 ? [{ ...scope, type: 'checkpoint.linked', data: links }] : []
    return decided([...linked, ...failed])
  },
})

export const retryCheckpoint = defineMutation({
  name: 'retry_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/retry'],
  permission: 'milestones:complete',
  summary: 'Give a failed checkpoint back, so that it can be claimed again however often it failed. Only a person may do this',
  input: z.strictObject({ milestone_id: MilestoneReference, order: CheckpointAddress, expected_version: ExpectedVersion }),
  ...milestoneAnswer,
  errors: ['not_failed'],
  find: findCheckpoint,
  needs: () => ['person'],
  decide: (world, _input, context, { milestone, checkpoint }) => decided(retry(world, context, milestone, checkpoint)),
})
