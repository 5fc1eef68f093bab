/** The first half of the key of every session-level advisory lock of Cairn, by which they differ from those of other programs: "cair" in ASCII. */
export const LOCK_FAMILY = 0x63_61_69_72

/** The second half. `present` is held shared by every process that uses the built-in server, and `app` by its one app. */
export const LOCKS = { present: 1, app: 2, migration: 3, first_start: 4 } as const
