/**
 * What parts of a world take in memory, in bytes, as V8 on a 64-bit machine lays them out. A Map or Set doubles its table when it is full, so an
 * entry is counted with the average room around it. Compared with a measured heap, the sum is between 0.8 and 1.3 times as much.
 */
export const MAP_ENTRY = 44
export const SET_ENTRY = 30
export const SMALL_SET = 190

/** What an entity takes beside its fields. It is the mean of one that was loaded and one that an event made, which V8 gives more room. */
const ENTITY = 150
const OBJECT = 24
const FIELD = 8
const ARRAY = 32
const STRING = 20

/** Whether V8 needs two bytes for each character of a text. */
const isWide = (text: string): boolean => /[\u0100-\uffff]/.test(text)

/** The memory that a value takes beside the reference to it. Texts are counted as if no other entity shared them, as it is after loading. */
const weightOf = (value: unknown): number => {
  if (typeof value === 'string') return STRING + value.length * (isWide(value) ? 2 : 1)
  if (typeof value !== 'object' || value === null) return 0
  let weight = Array.isArray(value) ? ARRAY : OBJECT
  for (const part of Object.values(value)) weight += FIELD + weightOf(part)
  return weight
}

/** The memory that an entity takes, with its entry in a Map. */
export const weightOfEntity = (entity: object): number => MAP_ENTRY + ENTITY + weightOf(entity)

/** The memory that an id takes in the set of units that are complete, or of entities that were deleted. */
export const weightOfKnown = (id: string): number => SET_ENTRY + weightOf(id)
