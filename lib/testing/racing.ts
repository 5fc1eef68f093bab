import { expect } from 'vitest'
import type { Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import type { Data, TestInstance } from './instance'
import { eventsAfter, positionOf } from './watch'

export type Call = { operation: Operation; input: object; actor: Actor }

/** Two calls that race, and which events of the log are about them. */
export type Couple = { calls: readonly [Call, Call]; isAbout: (event: Data) => boolean }

/** What comes of one of the two orders: both answers, and the events in the order of the log. */
export type Outcome = { answers: readonly [string, string]; events: readonly string[] }

export type Orders = readonly [first: Outcome, second: Outcome]

const attempt = (instance: Instance, { operation, input, actor }: Call): Promise<string> =>
  execute(instance, operation, { input, actor }).then(
    ({ changed }) => (changed ? 'done' : 'unchanged'),
    (error: unknown) => {
      if (error instanceof DomainError) return error.code
      throw error
    },
  )

/** Lets couples of calls race over two processes, and expects each of the two orders, and nothing else, to occur. */
export const expectTwoOrders = async (
  test: TestInstance,
  other: Instance,
  { couples: count, rounds }: { couples: number; rounds: number },
  orders: Orders,
  make: () => Promise<Couple>,
): Promise<ReadonlyMap<string, number>> => {
  const expected = orders.map((order) => JSON.stringify(order))
  const counts = new Map(expected.map((order) => [order, 0]))
  for (let round = 0; round < rounds; round++) {
    const couples = await Promise.all(Array.from({ length: count }, make))
    const { seq } = await positionOf(test)
    const answers = couples.map((): [string, string] => ['', ''])
    const starts = couples.flatMap(({ calls }, at) =>
      ([0, 1] as const).map((side) => async () => {
        const instance = Math.random() < 0.5 ? test.instance : other
        const answer = answers[at]
        if (answer) answer[side] = await attempt(instance, calls[side])
      }),
    )
    // Within a process, those who come first are decided first.
    const shuffled = starts.map((start) => ({ start, at: Math.random() })).sort((a, b) => a.at - b.at)
    await Promise.all(shuffled.map(({ start }) => start()))
    const log = await eventsAfter(test, seq)
    for (const [at, { isAbout }] of couples.entries()) {
      const outcome = JSON.stringify({ answers: answers[at], events: log.filter(isAbout).map(({ type }) => type) })
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
  }
  expect([...counts.keys()]).toEqual(expected)
  // Both orders must have occurred, or the test shows nothing.
  for (const times of counts.values()) expect(times).toBeGreaterThan(0)
  return counts
}
