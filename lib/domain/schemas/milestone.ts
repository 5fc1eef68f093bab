import * as z from 'zod'
import { Blocker, Checkpoint } from './checkpoint'

export const MilestoneStatus = z.enum(['active', 'closed'])

/** A milestone in a list, without its checkpoints. */
export const MilestoneSummary = z
  .object({
    milestone_id: z.string(),
    group_id: z.string(),
    project_id: z.string(),
    title: z.string(),
    description: z.string(),
    status: MilestoneStatus,
    created_by: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    closed_at: z.string().nullable(),
    total_checkpoints: z.int(),
    completed_checkpoints: z.int(),
    progress: z.string().describe('completed/total, such as 2/4'),
    group_slug: z.string(),
    version: z
      .int()
      .describe('seq of the last change of its texts, its project, its structure, or the number of a checkpoint it depends on'),
    url: z.string(),
  })
  .meta({ id: 'MilestoneSummary' })

export const Milestone = MilestoneSummary.extend({ checkpoints: z.array(Checkpoint) }).meta({ id: 'Milestone' })

/** A milestone from which a checkpoint was withdrawn. */
export const Withdrawal = Milestone.extend({
  relinked: z.array(Blocker).describe('the checkpoints that waited for it, and now wait for what it waited for'),
  private_count: z.int().describe('the number of others that waited for it, which you may not see'),
}).meta({ id: 'Withdrawal' })

/** What a change came to, without what it left as it was. */
export const MilestoneInBrief = MilestoneSummary.pick({ milestone_id: true, version: true, status: true, progress: true })
  .extend({
    checkpoint: Checkpoint.pick({ checkpoint_id: true, order: true, status: true, state: true })
      .nullable()
      .describe('the one that the call was about or made; null if there is none, or if it is gone'),
  })
  .meta({ id: 'MilestoneInBrief' })

export type MilestoneStatus = z.infer<typeof MilestoneStatus>
export type MilestoneSummary = z.infer<typeof MilestoneSummary>
export type Milestone = z.infer<typeof Milestone>
export type MilestoneInBrief = z.infer<typeof MilestoneInBrief>
