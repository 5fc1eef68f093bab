// Ballots are counted here a second time, from the words of the rule and without the code that counts them.

/** Whether votes of so many meet a threshold, as fractions without a quotient. */
export const suffices = (threshold: string, votes: number, of: number): boolean => {
  const [v, n] = [BigInt(votes), BigInt(of)]
  if (n === 0n) return false
  if (threshold === 'two_thirds') return v + v + v >= n + n
  return threshold === 'unanimous' ? v === n : v > n - v
}

/** A threshold over the ballots; a quorum is as many ballots as half of those who may vote, and a majority of the ballots. */
export const passes = (threshold: string, votes: number, ballots: number, eligible: number): boolean =>
  threshold === 'quorum' ? ballots >= eligible - ballots && suffices('majority', votes, ballots) : suffices(threshold, votes, ballots)

export const times = (votes: readonly string[], choice: string) => votes.filter((vote) => vote === choice).length

/** The only one with the most votes. */
export const aloneInFront = (votes: readonly string[], choices: readonly string[]): string | null =>
  choices.find((one) => times(votes, one) > 0 && choices.every((other) => other === one || times(votes, other) < times(votes, one))) ?? null

type Elected = { winner: string | null; votes: number; rounds: Record<string, number>[]; left: string[] }

/** Instant runoff: the ballots are sheets from which the option that leaves is crossed out. */
export const elect = (options: readonly string[], ballots: readonly string[]): Elected => {
  let sheets = ballots.map((ballot) => ballot.split(',').map((option) => option.trim()))
  const rounds: Record<string, number>[] = []
  const left: string[] = []
  const standing = [...options]
  while (sheets.length > 0 && standing.length > 1) {
    const tops = sheets.map(([top = '']) => top)
    rounds.push(Object.fromEntries(standing.map((option) => [option, times(tops, option)])))
    const winner = standing.find((option) => times(tops, option) > sheets.length - times(tops, option))
    if (winner) return { winner, votes: times(tops, winner), rounds, left }
    const weaker = (a: string, b: string): boolean => {
      const round = [...rounds].reverse().find((tally) => tally[a] !== tally[b])
      return round ? (round[a] ?? 0) < (round[b] ?? 0) : options.indexOf(a) > options.indexOf(b)
    }
    const last = standing.find((one) => standing.every((other) => other === one || weaker(one, other))) ?? ''
    left.push(last)
    standing.splice(standing.indexOf(last), 1)
    sheets = sheets.map((sheet) => sheet.filter((option) => option !== last))
  }
  const [winner] = standing
  if (sheets.length === 0 || !winner) return { winner: null, votes: 0, rounds, left }
  return { winner, votes: rounds.at(-1)?.[winner] ?? 0, rounds, left }
}
