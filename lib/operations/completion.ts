import * as z from 'zod'
import { complete } from '@/lib/domain/completion'
import { DomainError } from '@/lib/domain/errors'
import type { EventDraft } from '@/lib/domain/events'
import { EXAMPLE } from '@/lib/domain/example'
import { assertProjectActive } from '@/lib/domain/milestone'
import { reopen } from '@/lib/domain/reopening'
import { Reason, Remark } from '@/lib/domain/schemas/text'
import { isCompleted } from '@/lib/domain/state'
import { completedText, reopenedText } from '@/lib/domain/text/milestone'
import { findCheckpoint } from './checkpoints'
import { decided, defineMutation, idIn } from './define'
import { differing } from './differing'
import { CheckpointAddress, ClaimId, ExpectedVersion, gitLinks, MilestoneReference } from './fields'
import { answered, milestoneAnswer } from './milestones'

export const completeCheckpoint = defineMutation({
  name: 'complete_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/complete'],
  permission: 'milestones:complete',
  summary: 'Complete a checkpoint; refused while a dependency is pending. Completing the last pending checkpoint closes the milestone',
  command: 'complete',
  atWork: true,
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    ...gitLinks,
    note: Remark.optional(),
    claim_id: ClaimId,
    expected_version: ExpectedVersion,
    hil_expiry_seconds: z
      .int()
      .optional()
      .meta({ deprecated: true })
      .describe('accepted but ignored, as people cannot confirm completions yet'),
  }),
  example: { claim_id: EXAMPLE.claim_id, git_pr_url: EXAMPLE.git_pr_url, git_commit_url: EXAMPLE.git_commit_url },
  ...milestoneAnswer,
  errors: ['blocked', 'claimed', 'claim_lost', 'consensus_required'],
  find: findCheckpoint,
  decide: (world, input, context, { scope, milestone, checkpoint }) => {
    // C2: completing it again changes nothing, not even its links or note.
    if (isCompleted(checkpoint)) return decided([])
    const { git_branch_url, git_pr_url, git_commit_url, note } = input
    const links = differing(checkpoint, { git_branch_url, git_pr_url, git_commit_url, note })
    const linked: EventDraft[] = Object.keys(links).length > 0 ? [{ ...scope, type: 'checkpoint.linked', data: links }] : []
    return decided([...linked, ...complete(world, context, milestone, checkpoint, input.claim_id)])
  },
  text: (world, ids, context) => completedText(world, answered(world, ids), idIn(ids, 'checkpoint_id'), context),
})

export const reopenCheckpoint = defineMutation({
  name: 'reopen_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/reopen'],
  permission: 'milestones:complete',
  summary: 'Reopen a completed checkpoint, with a reason. With cascade, also reopen all completed checkpoints that depend on it',
  atWork: true,
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    reason: Reason,
    cascade: z.boolean().default(false),
    expected_version: ExpectedVersion,
  }),
  ...milestoneAnswer,
  errors: ['dependents_completed', 'not_completed', 'project_not_active'],
  find: findCheckpoint,
  decide: (world, { reason, cascade }, context, { milestone, checkpoint }) => {
    assertProjectActive(world, milestone.project_id)
    if (!isCompleted(checkpoint)) {
      throw new DomainError('not_completed', `Checkpoint ${checkpoint.order} is pending, so there is nothing to reopen.`, {
        checkpoint_id: checkpoint.checkpoint_id,
      })
    }
    return decided(reopen(world, context, checkpoint, reason, cascade))
  },
  text: (world, ids, context, { cascade }) => reopenedText(milestoneAnswer.text(world, ids, context), cascade),
})
