import * as z from 'zod'
import { LoggedEvent } from './event'

/** What events name by their ids, as far as it is still there and the reader may read it. */
export const EventNames = z.object({
  groups: z.record(z.string(), z.object({ slug: z.string(), name: z.string() })),
  projects: z.record(z.string(), z.string()),
  milestones: z.record(z.string(), z.string()),
  checkpoints: z.record(z.string(), z.object({ milestone_id: z.string(), order: z.int(), title: z.string() })),
  /** Those that gate nothing; one that gates a checkpoint is told by that. */
  proposals: z.record(z.string(), z.string()),
  principals: z.record(z.string(), z.string()),
})

export const ActivityPage = z.object({
  events: z.array(LoggedEvent),
  /** The `before` of the next page; null on the last one. */
  next_before: z.int().nullable(),
  names: EventNames,
  actors: z.array(z.object({ principal_id: z.string(), name: z.string(), accountable_name: z.string().nullable() })),
})

export type EventNames = z.infer<typeof EventNames>
export type ActivityPage = z.infer<typeof ActivityPage>
