import * as z from 'zod'
import { listEvents as selectEvents } from '@/db/queries'
import { getGroup, getMilestone, getProject } from '@/lib/domain/resolve'
import { LoggedEvent } from '@/lib/domain/schemas/event'
import { IdReference } from '@/lib/domain/schemas/text'
import { publicData } from '@/lib/domain/views/event'
import { limit } from './fields'
import { defineQuery } from './operation'

export const listEvents = defineQuery({
  name: 'list_events',
  routes: ['GET /events'],
  permission: 'milestones:read',
  summary: 'What happened, in order, as far as the caller may read it',
  input: z.strictObject({
    after: z.int().min(0, 'is less than 0').default(0).describe('only events with a greater seq'),
    group_id: IdReference.optional(),
    project_id: IdReference.optional(),
    milestone_id: IdReference.optional(),
    limit: limit(100, 1_000),
  }),
  output: z.object({
    events: z.array(LoggedEvent),
    next_after: z.int().describe('nothing that the caller may read is missing up to here'),
  }),
  errors: [],
  read: async (reading, { group_id: reference, ...filter }) => {
    const { caller } = reading.view
    const group_id = await reading.world((world) => {
      if (filter.project_id !== undefined) getProject(world, caller, filter.project_id)
      if (filter.milestone_id !== undefined) getMilestone(world, caller, filter.milestone_id)
      return reference === undefined ? undefined : getGroup(world, caller, reference).group_id
    })
    const rows = await selectEvents(reading, caller, { ...filter, group_id })
    const last = rows.length === filter.limit ? rows.at(-1)?.seq : undefined
    return { events: rows.map((row) => ({ ...row, data: publicData(row.data) })), next_after: last ?? reading.seq }
  },
})
