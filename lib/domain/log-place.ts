/** A place in the log as a client names it. `batch` is the beginning of the name of the event's batch, or null if the client gives only the number. */
export type LogPlace = { seq: number; batch: string | null }

/** So many characters are 40 random bits, which are enough to notice that another log has an event under the same number. */
const BATCH_CHARACTERS = 8

const SHAPE = /^(0|[1-9][0-9]{0,15})(?:\.([a-z2-7]{8}))?$/

/** A place as a client would name it. `batch` is the whole name of the batch that wrote the event, which is empty before the first event. */
export const placeAt = ({ seq, batch }: { seq: number; batch: string }): LogPlace => ({
  seq,
  batch: batch.slice(0, BATCH_CHARACTERS) || null,
})

/** Names a place in the log, such as `1234.k3m9q2xa`. */
export const nameOfPlace = (at: { seq: number; batch: string }): string => {
  const { seq, batch } = placeAt(at)
  return batch === null ? String(seq) : `${seq}.${batch}`
}

/** Reads `1234` or `1234.k3m9q2xa`. Returns null for any other text. */
export const findPlace = (text: string): LogPlace | null => {
  const [, number, batch = null] = SHAPE.exec(text) ?? []
  return number !== undefined && Number.isSafeInteger(Number(number)) ? { seq: Number(number), batch } : null
}

/** What is wrong with a text that is no place in a log. */
export const PLACE_PROBLEM = 'is neither the number of an event nor its id in a stream, such as 1234.k3m9q2xa'

/** Whether the log has this place, where it ends at `end`. `batch` is the whole name of the batch that wrote the place's event in this log. */
export const hasPlace = (place: LogPlace, end: number, batch: string): boolean =>
  place.seq <= end && (place.batch === null || place.batch === placeAt({ seq: place.seq, batch }).batch)
