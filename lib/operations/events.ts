import * as z from 'zod'
import { listEvents as selectEvents } from '@/db/queries/events'
import { DomainError } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { getCheckpointById, getGroup, getMilestone, getProject } from '@/lib/domain/resolve'
import { LoggedEvent } from '@/lib/domain/schemas/event'
import { IdReference } from '@/lib/domain/schemas/text'
import { viewEvent } from '@/lib/domain/views/event'
import { defineQuery } from './define'
import { limit } from './fields'

/** Nobody was ever given a number beyond the log, so this reader's number is from a log that a backup has replaced. */
export const logReplaced = (after: number, seq: number) =>
  new DomainError(
    'log_replaced',
    `The log ends at ${seq}, before ${after}: it is another log than the one you have read, such as one from a backup. Read it again from 0.`,
    { seq },
  )

export const listEvents = defineQuery({
  name: 'list_events',
  routes: ['GET /events'],
  permission: 'milestones:read',
  summary: 'List the events that you may read, in order or newest first',
  input: z
    .strictObject({
      after: z.int().min(0, 'is less than 0').default(0).describe('only events with a greater seq, oldest first'),
      before: z
        .int()
        .min(1, 'is less than 1')
        .optional()
        .describe('only events with a smaller seq, newest first; a number past the end of the log begins with the newest event'),
      group_id: IdReference.optional(),
      project_id: IdReference.optional(),
      milestone_id: IdReference.optional(),
      checkpoint_id: IdReference.optional().describe('cp_ id; the events of a deleted checkpoint are among those of its milestone'),
      limit: limit(100, 1_000),
    })
    .refine(({ after, before }) => before === undefined || after === 0, {
      path: ['before'],
      message: 'cannot be given together with after: one reads newest first, the other oldest first',
    }),
  output: z.object({
    events: z.array(LoggedEvent),
    next_after: z.int().describe('the `after` of the next call: no event that you may read is missing up to it'),
    next_before: z
      .int()
      .nullable()
      .optional()
      .describe('only in an answer to `before`: the `before` of the next call, or null if nothing earlier is left'),
  }),
  errors: ['log_replaced'],
  find: (world, { group_id, project_id, milestone_id, checkpoint_id }, context) => {
    if (project_id !== undefined) getProject(world, context, project_id)
    if (milestone_id !== undefined) getMilestone(world, context, milestone_id)
    if (checkpoint_id !== undefined) getCheckpointById(world, context, checkpoint_id)
    return { scope: NOWHERE, group_id: group_id === undefined ? undefined : getGroup(world, context, group_id).group_id }
  },
  read: async ({ seq, select }, filter, { caller }, { group_id }) => {
    const { after, before, limit } = filter
    if (after > seq) throw logReplaced(after, seq)
    const list = async (limit: number) =>
      (await select(selectEvents, caller, { ...filter, group_id, limit })).map(({ event, actor_name }) => viewEvent(event, actor_name))
    if (before === undefined) {
      const events = await list(limit)
      const last = events.length === limit ? events.at(-1)?.seq : undefined
      return { events, next_after: last ?? seq }
    }
    const found = await list(limit + 1)
    const events = found.slice(0, limit)
    const last = found.length > limit ? events.at(-1)?.seq : undefined
    return { events, next_after: Math.min(before - 1, seq), next_before: last ?? null }
  },
})
