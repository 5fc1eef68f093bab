import type { EventFilter } from '@/db/queries/event-filter'
import { findBatch, listEvents } from '@/db/queries/events'
import type { Reading } from '@/db/read'
import type { Context } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { type FaceChanged, viewFaceChanges } from '@/lib/domain/face-change'
import { hasPlace, type LogPlace } from '@/lib/domain/log-place'
import { type ShownEvent, viewEvent } from '@/lib/domain/views/event'

/** The events that the caller may be told, as the caller sees them, each with the name of its batch. */
export const showEvents = async (
  reading: Reading,
  context: Context,
  filter: EventFilter,
): Promise<{ event: ShownEvent | FaceChanged; batch: string }[]> => {
  const found = await reading.select(listEvents, context.caller, filter, reading.seq)
  const hidden = found.flatMap((logged) => (logged.hidden ? [logged.event] : []))
  const changed = hidden.length > 0 ? await reading.world((world) => viewFaceChanges(world, hidden, context.now)) : []
  const faces = new Map(changed.map((face) => [face.seq, face]))
  return found.map(({ event, names, batch, hidden }) => {
    if (!hidden) return { event: viewEvent(event, names), batch }
    const face = faces.get(event.seq)
    if (!face) throw new Error(`event ${event.seq} changed no face, although something depends on its checkpoint`)
    return { event: face, batch }
  })
}

/** The place in this log that a client names, with the whole name of its batch. @throws log_replaced if this log does not have it */
export const placeIn = async ({ seq, select }: Reading, place: LogPlace): Promise<{ seq: number; batch: string }> => {
  const batch = place.seq > 0 && place.seq <= seq ? ((await select(findBatch, place.seq)) ?? '') : ''
  if (hasPlace(place, seq, batch)) return { seq: place.seq, batch }
  throw logReplaced(place.seq, seq)
}

/** The refusal of a place that this log, which ends at `end`, does not have: nobody was ever given a number beyond its log. */
export const logReplaced = (seq: number, end: number): DomainError => {
  const what = seq > end ? `ends at ${end}, before ${seq}` : `has another event under the number ${seq}`
  return new DomainError(
    'log_replaced',
    `The log ${what}: it is another log than the one you have read, such as one from a backup. Read it again from 0.`,
    { seq: end },
  )
}
