import * as z from 'zod'
import { listEvents as selectEvents } from '@/db/queries/events'
import { DomainError } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { getGroup, getMilestone, getProject } from '@/lib/domain/resolve'
import { LoggedEvent } from '@/lib/domain/schemas/event'
import { IdReference } from '@/lib/domain/schemas/text'
import { viewEvent } from '@/lib/domain/views/event'
import { defineQuery } from './define'
import { limit } from './fields'

/** Nobody was ever given a number beyond the log, so this reader's number is from a log that a backup has replaced. */
const logReplaced = (after: number, seq: number) =>
  new DomainError(
    'log_replaced',
    `The log ends at ${seq}, before ${after}: it is another log than the one you have read, such as one from a backup. Read it again from 0.`,
    { seq },
  )

export const listEvents = defineQuery({
  name: 'list_events',
  routes: ['GET /events'],
  permission: 'milestones:read',
  summary: 'List the events that you may read, in order',
  input: z.strictObject({
    after: z.int().min(0, 'is less than 0').default(0).describe('only events with a greater seq'),
    group_id: IdReference.optional(),
    project_id: IdReference.optional(),
    milestone_id: IdReference.optional(),
    limit: limit(100, 1_000),
  }),
  output: z.object({
    events: z.array(LoggedEvent),
    next_after: z.int().describe('the `after` of the next call: no event that you may read is missing up to it'),
  }),
  errors: ['log_replaced'],
  find: (world, { group_id, project_id, milestone_id }, context) => {
    if (project_id !== undefined) getProject(world, context, project_id)
    if (milestone_id !== undefined) getMilestone(world, context, milestone_id)
    return { scope: NOWHERE, group_id: group_id === undefined ? undefined : getGroup(world, context, group_id).group_id }
  },
  read: async ({ seq, select }, filter, { caller }, { group_id }) => {
    if (filter.after > seq) throw logReplaced(filter.after, seq)
    const rows = await select(selectEvents, caller, { ...filter, group_id })
    const last = rows.length === filter.limit ? rows.at(-1)?.event.seq : undefined
    return { events: rows.map(({ event, actor_name }) => viewEvent(event, actor_name)), next_after: last ?? seq }
  },
})
