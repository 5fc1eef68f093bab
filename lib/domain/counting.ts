import type { ThresholdType, VotingType } from './schemas/proposal'

// How ballots are counted. Everything here is whole numbers, so that two thirds are exactly two thirds.

/** What is voted on. */
export type Question = { voting_type: VotingType; threshold_type: ThresholdType; options: readonly string[] }

/** How many ballots each choice has, in the order of the choices. */
export type Tally = Readonly<Record<string, number>>

/** One round of a ranked count: the ballots of each option that is still in it, and the option that has the fewest and leaves, or null in the last one. */
export type Runoff = { tally: Tally; eliminated: string | null }

export type Count = {
  tally: Tally
  /** The rounds of a ranked count; empty for the other types. */
  runoff: readonly Runoff[]
  /** The choice that leads, or null without ballots and if none leads alone. */
  result: string | null
  /** The ballots of the choice that is judged by the threshold: `yes`, or the one that leads. */
  leading: number
  ballots: number
}

const YES_NO = ['yes', 'no'] as const

export const choicesOf = ({ voting_type, options }: Pick<Question, 'voting_type' | 'options'>): readonly string[] =>
  voting_type === 'yes_no' ? YES_NO : options

/** The options that a ranked ballot names, in its order. */
export const rankingOf = (vote: string): string[] => vote.split(',').map((option) => option.trim())

/** Counts ballots, each of which is valid for the question. */
export const count = (question: Question, ballots: readonly string[]): Count => {
  if (question.voting_type === 'ranked') return countRanked(question.options, ballots.map(rankingOf))
  const choices = choicesOf(question)
  const tally = talliedBy(choices, ballots)
  const most = Math.max(0, ...Object.values(tally))
  const leaders = choices.filter((choice) => tally[choice] === most)
  const [leader] = leaders
  const result = most > 0 && leaders.length === 1 && leader !== undefined ? leader : null
  const leading = question.voting_type === 'yes_no' ? (tally.yes ?? 0) : most
  return { tally, runoff: [], result, leading, ballots: ballots.length }
}

const talliedBy = (choices: readonly string[], firsts: readonly (string | undefined)[]): Record<string, number> => {
  const tally = Object.fromEntries(choices.map((choice) => [choice, 0]))
  for (const first of firsts) if (first !== undefined && Object.hasOwn(tally, first)) tally[first] = (tally[first] ?? 0) + 1
  return tally
}

/**
 * Instant-runoff voting: as long as no option has more than half of the ballots, the one with the fewest leaves, and each of its ballots counts for the next
 * option on it. If several have the fewest, the one leaves that had fewer in the round before, then in the one before that, and so on; if they had the same in
 * all rounds, the one that comes later in the order of the options.
 */
const countRanked = (options: readonly string[], rankings: readonly string[][]): Count => {
  const runoff: Runoff[] = []
  let left = options
  for (;;) {
    const tally = talliedBy(
      left,
      rankings.map((ranking) => ranking.find((option) => left.includes(option))),
    )
    const winner = rankings.length === 0 ? undefined : winnerOf(left, tally, rankings.length)
    if (winner !== undefined || rankings.length === 0) {
      // Alone, an option has all ballots: how many preferred it is what it had against the last that left.
      const contested = (left.length === 1 && runoff.at(-1)?.tally) || tally
      runoff.push({ tally, eliminated: null })
      const first = runoff[0]?.tally ?? tally
      const leading = winner === undefined ? 0 : (contested[winner] ?? 0)
      return { tally: first, runoff, result: winner ?? null, leading, ballots: rankings.length }
    }
    const eliminated = weakest(left, [...runoff.map((round) => round.tally), tally])
    runoff.push({ tally, eliminated })
    left = left.filter((option) => option !== eliminated)
  }
}

/** The option that has more than half of the ballots, or that is the only one left. */
const winnerOf = (left: readonly string[], tally: Tally, ballots: number): string | undefined =>
  left.length === 1 ? left[0] : left.find((option) => (tally[option] ?? 0) * 2 > ballots)

const weakest = (left: readonly string[], tallies: readonly Tally[]): string => {
  let candidates = left
  for (const tally of [...tallies].reverse()) {
    const fewest = Math.min(...candidates.map((option) => tally[option] ?? 0))
    candidates = candidates.filter((option) => tally[option] === fewest)
  }
  const last = candidates.at(-1)
  if (last === undefined) throw new Error('a ranked count needs an option')
  return last
}

/** Whether so many ballots of so many meet a threshold. None of nobody never does (G1). */
export const meets = (threshold: Exclude<ThresholdType, 'quorum'>, votes: number, of: number): boolean => {
  if (of <= 0) return false
  if (threshold === 'majority') return votes * 2 > of
  return threshold === 'two_thirds' ? votes * 3 >= of * 2 : votes === of
}

/**
 * Whether a count over the ballots meets the threshold of a proposal that gates nothing. A quorum is half of those who may vote, and a majority of the ballots.
 * @param eligible how many may vote, on which only a quorum depends
 */
export const isMet = ({ threshold_type }: Question, { leading, ballots }: Count, eligible: number): boolean => {
  if (threshold_type !== 'quorum') return meets(threshold_type, leading, ballots)
  return ballots * 2 >= eligible && meets('majority', leading, ballots)
}

/** How many votes a threshold needs of so many. */
export const neededOf = (threshold: Exclude<ThresholdType, 'quorum'>, of: number): number => {
  if (threshold === 'majority') return Math.floor(of / 2) + 1
  return threshold === 'two_thirds' ? Math.ceil((of * 2) / 3) : of
}
