import { listActors } from '@/db/queries/actors'
import { ActivityPage } from '@/lib/domain/schemas/activity'
import { viewEventNames } from '@/lib/domain/views/activity'
import { defineQuery } from './define'
import { findPastPlaces, listEvents, readEvents } from './events'

/** The most people and agents that a reader can choose from. */
const MOST_ACTORS = 500

/** It has no route: it is what a person reads of the log. */
export const readActivity = defineQuery({
  name: 'read_activity',
  routes: [],
  permission: listEvents.permission,
  summary: 'Read events with the names of what they are about, and of those whose events can be asked for',
  input: listEvents.input,
  output: ActivityPage,
  errors: listEvents.errors,
  find: findPastPlaces,
  read: async (reading, input, context, { place }) => {
    const { events, next_before = null } = await readEvents(reading, input, context, place)
    const names = await reading.world((world) => viewEventNames(world, events, context))
    return { events, next_before, names, actors: await reading.select(listActors, context.caller, MOST_ACTORS) }
  },
  text: ({ events }) => `${events.length} events`,
})
