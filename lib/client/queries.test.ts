import { expect, test } from 'vitest'
import type { Graph } from './graph'
import { untilExpiry } from './queries'

const now = Date.parse('2026-03-01T12:00:00.000Z')

/** Only the ends of claims are read, in seconds from now. */
const graphWith = (...ends: (number | null)[]) => {
  const checkpoints = ends.map((end) => ({ claim: end === null ? null : { expires_at: new Date(now + end * 1_000).toISOString() } }))
  return { milestones: [{ checkpoints: [] }, { checkpoints }] } as unknown as Graph
}

test('[L1] a graph is asked for again just after its first claim expires', () => {
  expect(untilExpiry(graphWith(), now)).toBe(false)
  expect(untilExpiry(graphWith(null, null), now)).toBe(false)
  expect(untilExpiry(graphWith(900, null, 30), now)).toBe(31_000)
  // Whoever draws the page again just then does not make it forget.
  expect(untilExpiry(graphWith(900, -0.5), now)).toBe(500)
})

test('[L1] a claim that the server shows although it has expired by the clock of the browser is asked for again, now and then', () => {
  expect(untilExpiry(graphWith(-1), now)).toBe(30_000)
  expect(untilExpiry(graphWith(-3_600, 10), now)).toBe(11_000)
})
