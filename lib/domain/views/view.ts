import type { Caller } from '../access'

/** For whom, when, and under which public address an entity is shown. */
export type View = { caller: Caller; now: string; origin: string }
