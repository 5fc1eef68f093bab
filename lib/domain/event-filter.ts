import type { Event, Via } from './events'
import { FACE_CHANGED } from './face-change'
import { EVENT_TYPES } from './views/event'

/** What events are to be like, wherever they happened. */
export type EventTraits = { types?: readonly string[] | undefined; actor_id?: string | undefined; via?: Via | undefined }

/** Every type of event that a reader may be told. */
const TOLD_TYPES: readonly string[] = [...EVENT_TYPES, FACE_CHANGED]

/** The types that a text names, such as `checkpoint.completed, claim.*`, or null if a part of it names none. */
export const findTypes = (text: string): string[] | null => {
  const named = text.split(',').map((part) => typesOf(part.trim()))
  return named.every(({ length }) => length > 0) ? [...new Set(named.flat())] : null
}

const typesOf = (name: string): string[] => {
  const noun = /^(\w+)\.\*$/.exec(name)?.[1]
  return TOLD_TYPES.filter((type) => (noun === undefined ? type === name : type.startsWith(`${noun}.`)))
}

export const hasTraits = ({ types, actor_id, via }: EventTraits, event: Event): boolean =>
  (types === undefined || types.includes(event.type)) &&
  (actor_id === undefined || actor_id === event.actor_id) &&
  (via === undefined || via === event.via)

/** E4: whether changed faces are asked for. They do not say who changed them and by which way, so they are left out where that is asked. */
export const wantsFaces = ({ types, actor_id, via }: EventTraits): boolean =>
  actor_id === undefined && via === undefined && (types === undefined || types.includes(FACE_CHANGED))
