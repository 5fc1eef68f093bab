import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aloneInFront, elect, passes, suffices, times } from '@/lib/testing/recount'
import { count, isMet, meets, neededOf, type Question } from './counting'
import { GateThreshold, ThresholdType } from './schemas/proposal'

const RUNS = { numRuns: 2_000 }

const threshold = fc.constantFrom(...ThresholdType.options)
const options = fc.constantFrom<string[][]>(['A', 'B'], ['A', 'B', 'C'], ['New York', '2', '1', 'toString'], ['E', 'D', 'C', 'B', 'A'])
const eligible = fc.nat({ max: 40 })

const yesNo = fc.array(fc.constantFrom('yes', 'no'), { maxLength: 30 })
const single = options.chain((from) => fc.tuple(fc.constant(from), fc.array(fc.constantFrom(...from), { maxLength: 30 })))
const ranked = options.chain((from) => {
  const sheet = fc.shuffledSubarray(from, { minLength: from.length }).map((order) => order.join(', '))
  return fc.tuple(fc.constant(from), fc.array(sheet, { maxLength: 12 }))
})

const asked = (
  voting_type: Question['voting_type'],
  from: readonly string[] = [],
  threshold_type: Question['threshold_type'] = 'majority',
) => ({
  voting_type,
  threshold_type,
  options: from,
})

describe('counting', () => {
  it('[G1] of yes and no gives the tally, the one that leads alone, and whether enough said yes', () => {
    fc.assert(
      fc.property(threshold, yesNo, eligible, (threshold_type, votes, may) => {
        const question = asked('yes_no', [], threshold_type)
        const counted = count(question, votes)
        expect(counted).toMatchObject({
          tally: { yes: times(votes, 'yes'), no: times(votes, 'no') },
          result: aloneInFront(votes, ['yes', 'no']),
          ballots: votes.length,
        })
        expect(isMet(question, counted, may)).toBe(passes(threshold_type, times(votes, 'yes'), votes.length, may))
      }),
      RUNS,
    )
  })

  it('of one of several options gives the one that leads alone, and whether it has enough of the ballots', () => {
    fc.assert(
      fc.property(threshold, single, eligible, (threshold_type, [from, votes], may) => {
        const question = asked('single', from, threshold_type)
        const counted = count(question, votes)
        expect(counted.result).toBe(aloneInFront(votes, from))
        expect(Object.entries(counted.tally).sort()).toEqual(from.map((option) => [option, times(votes, option)]).sort())
        const most = Math.max(...from.map((option) => times(votes, option)))
        expect(isMet(question, counted, may)).toBe(passes(threshold_type, most, votes.length, may))
      }),
      RUNS,
    )
  })

  it('of rankings gives what crossing out on the ballots gives, in each round', () => {
    const reached = new Set<string>()
    fc.assert(
      fc.property(threshold, ranked, eligible, (threshold_type, [from, votes], may) => {
        const question = asked('ranked', from, threshold_type)
        const counted = count(question, votes)
        const { winner, votes: preferring, rounds, left } = elect(from, votes)
        expect(counted.result).toBe(winner)
        expect(counted.runoff.flatMap(({ eliminated }) => eliminated ?? [])).toEqual(left)
        for (const [at, round] of rounds.entries()) expect(counted.runoff[at]?.tally).toEqual(round)
        if (rounds[0]) expect(counted.tally).toEqual(rounds[0])
        expect(isMet(question, counted, may)).toBe(passes(threshold_type, preferring, votes.length, may))
        reached.add(left.length === 0 ? 'at once' : left.length === from.length - 1 ? 'to the last' : 'by a majority')
        if (winner && preferring * 2 === votes.length) reached.add('by the order of the options')
      }),
      RUNS,
    )
    expect([...reached].sort()).toEqual(['at once', 'by a majority', 'by the order of the options', 'to the last'])
  })

  it.each(['yes_no', 'single', 'ranked'] as const)('without ballots gives no result, and meets no threshold: %s', (voting_type) => {
    for (const threshold_type of ThresholdType.options) {
      const question = asked(voting_type, voting_type === 'yes_no' ? [] : ['A', 'B'], threshold_type)
      const counted = count(question, [])
      expect(counted).toMatchObject({ result: null, leading: 0, ballots: 0 })
      expect(isMet(question, counted, 0)).toBe(false)
    }
  })

  it('gives no result to two that lead together', () => {
    expect(count(asked('yes_no'), ['yes', 'no']).result).toBeNull()
    expect(count(asked('single', ['A', 'B', 'C']), ['A', 'B', 'B', 'A', 'C']).result).toBeNull()
  })
})

describe('a threshold', () => {
  it('[G1] of two thirds is exact for every number up to 3,000', () => {
    for (let of = 0; of <= 3_000; of++) {
      const edge = Math.floor((of * 2) / 3)
      for (let votes = Math.max(0, edge - 2); votes <= Math.min(of, edge + 2); votes++)
        if (meets('two_thirds', votes, of) !== suffices('two_thirds', votes, of)) expect.unreachable(`${votes} of ${of}`)
    }
    expect([meets('two_thirds', 2, 3), meets('two_thirds', 1_999, 3_000), meets('two_thirds', 2_000, 3_000)]).toEqual([true, false, true])
  })

  it.each(GateThreshold.options)(
    '[G1] of %s is met from exactly as many votes as it is said to need, and by no vote of nobody',
    (threshold) => {
      expect(meets(threshold, 0, 0)).toBe(false)
      for (let of = 1; of <= 120; of++) {
        const enough = Array.from({ length: of + 1 }, (_, votes) => votes).filter((votes) => meets(threshold, votes, of))
        expect(enough).toEqual(Array.from({ length: of + 1 }, (_, votes) => votes).filter((votes) => suffices(threshold, votes, of)))
        expect(enough[0]).toBe(neededOf(threshold, of))
      }
    },
  )

  it('of a quorum is half of those who may vote, and more than half of the ballots', () => {
    const question = asked('yes_no', [], 'quorum')
    const isPassed = (yes: number, no: number, of: number) =>
      isMet(question, count(question, [...Array<string>(yes).fill('yes'), ...Array<string>(no).fill('no')]), of)
    expect([isPassed(2, 1, 6), isPassed(2, 1, 7), isPassed(2, 2, 4), isPassed(0, 0, 0), isPassed(1, 0, 1)]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ])
  })
})

describe('an instant runoff', () => {
  const run = (options: readonly string[], ...ballots: string[]) => count(asked('ranked', options), ballots)

  it('ends in the first round if one option is first on more than half of the ballots', () => {
    expect(run(['A', 'B', 'C'], 'B,A,C', 'B,C,A', 'A,B,C')).toMatchObject({
      result: 'B',
      leading: 2,
      runoff: [{ tally: { A: 1, B: 2, C: 0 }, eliminated: null }],
    })
  })

  it('passes over whom most would prefer to each other one, if few put them first', () => {
    // Seven of eleven prefer B to A, and seven prefer B to C, yet B leaves first.
    const sheets = { 'A,B,C': 4, 'C,B,A': 4, 'B,A,C': 2, 'B,C,A': 1 }
    const { result, runoff } = run(['A', 'B', 'C'], ...Object.entries(sheets).flatMap(([sheet, times]) => Array<string>(times).fill(sheet)))
    expect(runoff).toEqual([
      { tally: { A: 4, B: 3, C: 4 }, eliminated: 'B' },
      { tally: { A: 6, C: 5 }, eliminated: null },
    ])
    expect(result).toBe('A')
  })

  it('takes away, of those that are equal, the one that was weaker in the round before', () => {
    // D leaves first, and its ballot makes C equal to B.
    const ballots = ['A,B,C,D', 'A,B,C,D', 'A,B,C,D', 'B,A,C,D', 'B,A,C,D', 'C,A,B,D', 'D,C,A,B']
    expect(run(['A', 'C', 'B', 'D'], ...ballots).runoff.map(({ eliminated }) => eliminated)).toEqual(['D', 'C', null])
  })

  it('takes away, of those that were equal in all rounds, the one that comes later in the order of the options', () => {
    expect(run(['A', 'B', 'C'], 'A,B,C', 'B,A,C', 'C,A,B').runoff.map(({ eliminated }) => eliminated)).toEqual(['C', null])
    expect(run(['C', 'B', 'A'], 'A,B,C', 'B,A,C', 'C,A,B').runoff.map(({ eliminated }) => eliminated)).toEqual(['A', null])
  })

  it('has a winner by the order of the options, whom no more than half preferred, so no threshold is met', () => {
    const counted = run(['A', 'B'], 'A,B', 'B,A')
    expect(counted).toMatchObject({ result: 'A', leading: 1, ballots: 2 })
    for (const threshold_type of ThresholdType.options) expect(isMet(asked('ranked', ['A', 'B'], threshold_type), counted, 2)).toBe(false)
  })
})
