export type Expiry = { label: string; value: string }

const MINUTE = 60_000
const DAY = 86_400_000
const DAYS = [90, 30, 365]

/** For one job: to a full minute. */
export const shortExpiriesFrom = (now: number): readonly Expiry[] =>
  [
    { label: 'In 30 minutes', minutes: 30 },
    { label: 'In 8 hours', minutes: 8 * 60 },
  ].map(({ label, minutes }) => ({ label, value: new Date((Math.ceil(now / MINUTE) + minutes) * MINUTE).toISOString() }))

/** For how long a key may work: to the end of a day by UTC, so that a form that comes back later the same day still offers the same. */
export const expiriesFrom = (now: number): readonly Expiry[] => [
  ...DAYS.map((days) => {
    const value = `${new Date(now + days * DAY).toISOString().slice(0, 10)}T23:59:59.000Z`
    return { label: `In ${days} days, on ${dayOf(value)}`, value }
  }),
  { label: 'Never', value: '' },
]

const DAY_IN_WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** The day of a moment, by UTC. */
export const dayOf = (at: string): string => DAY_IN_WORDS.format(new Date(at))
