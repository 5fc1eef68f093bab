import * as z from 'zod'
import type { Context } from '@/lib/domain/context'
import { splitDependents } from '@/lib/domain/face'
import type { Ids } from '@/lib/domain/kinds'
import { Withdrawal } from '@/lib/domain/schemas/milestone'
import { Reason } from '@/lib/domain/schemas/text'
import { removedText, withdrawalText } from '@/lib/domain/text/milestone'
import { withdraw } from '@/lib/domain/withdrawal'
import type { World } from '@/lib/domain/world'
import { findCheckpoint } from './checkpoints'
import { decided, defineMutation, idIn } from './define'
import { CheckpointAddress, ExpectedVersion, MilestoneReference } from './fields'
import { answerMilestone, milestoneAnswer } from './milestones'

/** The checkpoints that waited for the withdrawn one. */
const relinkedBy = (world: World, ids: Ids, context: Context) => {
  const relinked = world.findAll('checkpoint', ids.relinked ?? []).flatMap((dependent) => dependent ?? [])
  return splitDependents(world, context, idIn(ids, 'milestone_id'), relinked)
}

export const withdrawCheckpoint = defineMutation({
  name: 'withdraw_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/withdraw'],
  permission: 'milestones:write',
  summary:
    'Withdraw a pending checkpoint that nobody will do, with a reason. What waits for it then waits for what it waited for, and it is deleted',
  removes: true,
  repeats: true,
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
    const { seen, private_count } = relinkedBy(world, ids, context)
    return { ...milestone, relinked: seen, private_count }
  },
  text: (world, ids, context, { order }) => {
    const { seen, private_count } = relinkedBy(world, ids, context)
    const change = removedText(world, idIn(ids, 'milestone_id'), milestoneAnswer.text(world, ids, context), order)
    return withdrawalText(change, seen, private_count)
  },
})
