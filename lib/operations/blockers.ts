import * as z from 'zod'
import { selectPendingEdges } from '@/db/queries/blockers'
import { findRootCauses } from '@/lib/domain/root-causes'
import { Blockers } from '@/lib/domain/schemas/ready'
import { isCompleted } from '@/lib/domain/state'
import { blockersText } from '@/lib/domain/text/blockers'
import { viewBlockers } from '@/lib/domain/views/blockers'
import { findCheckpoint } from './checkpoints'
import { defineQuery } from './define'
import { CheckpointAddress, MilestoneReference } from './fields'

export const whyBlocked = defineQuery({
  name: 'why_blocked',
  routes: ['GET /milestones/:milestone_id/checkpoints/:order/blockers'],
  permission: 'milestones:read',
  summary:
    'Say why a checkpoint is blocked: what it waits for directly, and the root causes, which wait for no other checkpoint, each with its holder and the shortest way to it',
  command: 'why',
  atWork: true,
  input: z.strictObject({ milestone_id: MilestoneReference, order: CheckpointAddress }),
  output: Blockers,
  errors: [],
  find: findCheckpoint,
  read: async ({ select, world }, _input, context, { checkpoint }) => {
    const { checkpoint_id } = checkpoint
    const edges = isCompleted(checkpoint) ? new Map<string, string[]>() : await select(selectPendingEdges, checkpoint_id)
    const causes = findRootCauses(checkpoint_id, edges)
    return world((known) => viewBlockers(known, context, checkpoint, causes))
  },
  text: blockersText,
})
