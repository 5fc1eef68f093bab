/** A moment in full, such as "2026-11-01 09:30:00 UTC". */
export const absolute = (at: string) => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`
