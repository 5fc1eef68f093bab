import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'
import type { CheckpointState } from '../state'
import { Group } from './group'
import { Project } from './project'

/** The number of a project's checkpoints in each state. */
const StateCounts = z.object({
  completed: z.int(),
  ready: z.int(),
  claimed: z.int(),
  failed: z.int(),
  awaiting_consensus: z.int(),
  blocked: z.int(),
} satisfies { [S in CheckpointState]: z.ZodInt })

export const LastActivity = z.object({
  at: z.string(),
  actor_name: z.string(),
  actor_type: z.enum(PRINCIPAL_KINDS),
  on_behalf_of: z.string().nullable().describe('name of the person for whom an agent profile did it; null if a person did'),
  type: z.string().describe('the event type, such as checkpoint.completed'),
})

export const ProjectOverview = z
  .object({
    project: Project,
    group_slug: z.string(),
    group_name: z.string(),
    active_milestones: z.int(),
    counts: StateCounts,
    last_activity: LastActivity.nullable(),
    completions_14d: z.array(z.int()).length(14).describe('completions per day (UTC), oldest first, today last'),
  })
  .meta({ id: 'ProjectOverview' })

export const Overview = z.object({ projects: z.array(ProjectOverview), groups: z.array(Group) }).meta({ id: 'Overview' })

export type LastActivity = z.infer<typeof LastActivity>
export type ProjectOverview = z.infer<typeof ProjectOverview>
export type Overview = z.infer<typeof Overview>
