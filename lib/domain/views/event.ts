/** The facts of an event without what serves only replaying: a key's hash, and the ids of milestones that the reader may not know. */
export const publicData = ({ hash: _hash, renumbers: _renumbers, ...data }: Record<string, unknown>): Record<string, unknown> => data
