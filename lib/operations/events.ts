import * as z from 'zod'
import type { EventPlace } from '@/db/queries/event-filter'
import { findFirstSince } from '@/db/queries/events'
import type { Reading } from '@/db/read'
import type { Context } from '@/lib/domain/context'
import { notFound } from '@/lib/domain/errors'
import { findTypes } from '@/lib/domain/event-filter'
import { NOWHERE, VIAS } from '@/lib/domain/events'
import { EXAMPLE } from '@/lib/domain/example'
import type { LogPlace } from '@/lib/domain/log-place'
import { findMilestone, getCheckpointById, getGroup, getMilestone, getProject, scopeOfMilestone } from '@/lib/domain/resolve'
import { LoggedEvent } from '@/lib/domain/schemas/event'
import { IdReference } from '@/lib/domain/schemas/text'
import { eventLine, eventsText, type Names } from '@/lib/domain/text/event'
import type { World } from '@/lib/domain/world'
import { defineQuery, defineStream } from './define'
import { inMilestone, limit, Moment, Place } from './fields'
import { placeIn, showEvents } from './log'

const filters = {
  group_id: IdReference.optional(),
  project_id: IdReference.optional(),
  milestone_id: IdReference.optional(),
  checkpoint_id: IdReference.optional().describe('cp_ id; the events of a deleted checkpoint are among those of its milestone'),
  type: z
    .string()
    .max(1_000, 'is longer than 1,000 characters')
    .refine(
      (text) => findTypes(text) !== null,
      'names what is no type of event; types are such as checkpoint.completed or, for all of a noun, claim.*',
    )
    .optional()
    .describe('types such as checkpoint.completed or claim.*, separated by commas'),
  actor_id: IdReference.optional().describe('id of who did it'),
  via: z.enum(VIAS).optional(),
}

type Given = z.output<z.ZodObject<typeof filters>>

/** What a filter names, with the group's id in place of its slug. @throws not_found */
const findPlaces = (world: World, given: Given, context: Context) => {
  const milestone = given.milestone_id === undefined ? null : getMilestone(world, context, given.milestone_id)
  return { scope: milestone ? scopeOfMilestone(milestone) : NOWHERE, place: placeOf(world, given, context) }
}

/** @throws not_found */
const placeOf = (world: World, given: Given, context: Context): EventPlace => {
  const { group_id, project_id, milestone_id, checkpoint_id, type, actor_id, via } = given
  if (project_id !== undefined) getProject(world, context, project_id)
  if (checkpoint_id !== undefined) getCheckpointById(world, context, checkpoint_id)
  const group = group_id === undefined ? undefined : getGroup(world, context, group_id).group_id
  const types = (type !== undefined && findTypes(type)) || undefined
  return { group_id: group, project_id, milestone_id, checkpoint_id, types, actor_id, via }
}

/** Like `findPlaces`, but for the past, in which a milestone has its events also after it was deleted. `gone` is one that is not there for the caller. */
export const findPastPlaces = (world: World, given: Given, context: Context) => {
  const { milestone_id } = given
  const isGone = milestone_id !== undefined && !context.caller.key?.milestone_id && !findMilestone(world, context, milestone_id)
  const found = isGone ? { scope: NOWHERE, place: placeOf(world, given, context) } : findPlaces(world, given, context)
  return { ...found, gone: isGone ? milestone_id : null }
}

/** The checkpoints that these events are about. Whoever may read an event of a milestone may read its checkpoints. */
const namesIn = (world: World, events: readonly LoggedEvent[]): Names => {
  const ids = new Set(events.flatMap(({ milestone_id, checkpoint_id }) => (milestone_id && checkpoint_id) ?? []))
  const found = world.findAll('checkpoint', [...ids]).flatMap((checkpoint) => checkpoint ?? [])
  return new Map(found.map(({ checkpoint_id, milestone_id, order, title }) => [checkpoint_id, { milestone_id, order, title }]))
}

type Asked = Given & { after: LogPlace; before?: number | undefined; since?: string | undefined; until?: string | undefined; limit: number }

/** A page of the events of a place, and where the next one begins. */
export const readEvents = async (reading: Reading, asked: Asked, context: Context, place: EventPlace) => {
  const { after: given, before, since, until, limit } = asked
  const { seq } = reading
  const from = (await placeIn(reading, given)).seq
  const firstSince = (time: string) => reading.select(findFirstSince, time, seq)
  const after = since === undefined ? from : Math.max(from, (await firstSince(since)) - 1)
  const below = until === undefined ? undefined : await firstSince(until)
  const list = async (limit: number) =>
    (await showEvents(reading, context, { ...place, after, before, below, limit })).map(({ event }) => event)
  if (before === undefined) {
    const events = await list(limit)
    const last = events.length === limit ? events.at(-1)?.seq : undefined
    return { events, next_after: last ?? seq }
  }
  const found = await list(limit + 1)
  const events = found.slice(0, limit)
  const last = found.length > limit ? events.at(-1)?.seq : undefined
  return { events, next_after: Math.min(before - 1, seq), next_before: last ?? null }
}

/** The most events of one page. */
const MOST = 1_000

export const listEvents = defineQuery({
  name: 'list_events',
  routes: ['GET /events'],
  permission: 'milestones:read',
  summary: 'List the events that you may read, in order or newest first',
  command: 'events',
  input: z
    .strictObject({
      after: Place.prefault(0).describe(
        'only events with a greater seq, oldest first; a number, or an id of the stream such as 1234.k3m9q2xa',
      ),
      before: z
        .int()
        .min(1, 'is less than 1')
        .optional()
        .describe('only events with a smaller seq, newest first; a number past the end begins with the newest event'),
      ...filters,
      since: Moment.describe('only events from this time or day on, such as 2026-11-01'),
      until: Moment.describe('only events before this time'),
      limit: limit(100, MOST),
    })
    .refine(({ after, before }) => before === undefined || after.seq === 0, {
      path: ['before'],
      message: 'cannot be given together with after: one reads newest first, the other oldest first',
    }),
  example: { milestone_id: EXAMPLE.milestone_id, after: 1_200 },
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
  within: inMilestone,
  find: findPastPlaces,
  read: async (reading, input, context, { place, gone }) => {
    if (gone !== null && (await showEvents(reading, context, { milestone_id: gone, after: 0, limit: 1 })).length === 0)
      throw notFound('milestone')
    return readEvents(reading, input, context, place)
  },
  export: {
    name: 'events',
    columns: Object.keys(LoggedEvent.shape),
    pages: { limit: MOST },
    page: ({ events, next_after, next_before }, end) => ({
      rows: events.filter(({ seq }) => seq <= end),
      next: next_before === undefined ? next_after < end && { after: next_after } : next_before !== null && { before: next_before },
    }),
  },
  text: (data, say, input, { world }) => world((known) => eventsText(data, say, input, namesIn(known, data.events))),
})

export const streamEvents = defineStream({
  name: 'stream',
  routes: ['GET /events/stream'],
  permission: 'milestones:read',
  summary: 'Follow the events that you may read, each as soon as it has happened',
  input: z.strictObject({
    after: Place.optional().describe(
      'only events with a greater seq: a number, or an id of the stream such as 1234.k3m9q2xa; default: from now on',
    ),
    ...filters,
  }),
  example: { milestone_id: EXAMPLE.milestone_id },
  output: LoggedEvent,
  errors: ['log_replaced'],
  within: inMilestone,
  find: findPlaces,
  after: ({ after }) => after ?? null,
  text: (event) => eventLine(event),
})
