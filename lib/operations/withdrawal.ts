import * as z from 'zod'
import { splitFaces } from '@/lib/domain/face'
import { Withdrawal } from '@/lib/domain/schemas/milestone'
import { Reason } from '@/lib/domain/schemas/text'
import { withdraw } from '@/lib/domain/withdrawal'
import { findCheckpoint } from './checkpoints'
import { decided, defineMutation } from './define'
import { CheckpointAddress, ExpectedVersion, MilestoneReference } from './fields'
import { answerMilestone, milestoneAnswer } from './milestones'

export const withdrawCheckpoint = defineMutation({
  name: 'withdraw_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/withdraw'],
  permission: 'milestones:write',
  summary:
    'Withdraw a pending checkpoint that nobody will do, with a reason. What waits for it then waits for what it waited for, and it is deleted',
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    reason: Reason,
    expected_version: ExpectedVersion,
  }),
  ...milestoneAnswer,
  output: Withdrawal,
  errors: ['checkpoint_completed', 'invalid_dependency'],
  find: findCheckpoint,
  needs: () => ['milestones:relax'],
  decide: (world, { reason }, context, { milestone, checkpoint }) => {
    const { events, relinked } = withdraw(world, context, milestone, checkpoint, reason)
    return decided(events, { relinked })
  },
  answer: (world, ids, context) => {
    const milestone = answerMilestone(world, ids, context)
    const relinked = world.findAll('checkpoint', ids.relinked ?? []).flatMap((dependent) => dependent ?? [])
    const { seen, private_count } = splitFaces(world, context, milestone.milestone_id, relinked)
    return { ...milestone, relinked: seen, private_count }
  },
})
