/** The value at or below which this share of the values lies. NaN for an empty list. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export type Compared = { figure: number; limit: number; ratio: number }

/**
 * Measures a figure and its limit in turn, so that both meet the same conditions, and returns the medians. Each ratio is of two
 * neighbouring measurements, because a busy moment slows both.
 */
export const compare = async (rounds: number, figure: () => Promise<number>, limit: () => Promise<number>): Promise<Compared> => {
  const pairs: [number, number][] = []
  for (let round = 0; round < rounds; round++) pairs.push([await figure(), await limit()])
  return {
    figure: median(pairs.map(([measured]) => measured)),
    limit: median(pairs.map(([, most]) => most)),
    ratio: median(pairs.map(([measured, most]) => measured / most)),
  }
}
