export type Expiry = { label: string; value: string }

const DAY = 86_400_000
const DAYS = [90, 30, 365]

/** For how long a key may work: to the end of a day by UTC, so that a form that comes back later the same day still offers the same. */
export const expiriesFrom = (now: number): readonly Expiry[] => [
  ...DAYS.map((days) => {
    const day = new Date(now + days * DAY).toISOString().slice(0, 10)
    return { label: `${days} days, until ${day}`, value: `${day}T23:59:59.000Z` }
  }),
  { label: 'No end', value: '' },
]
