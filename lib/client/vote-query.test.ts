import { describe, expect, it } from 'vitest'
import { untilDeadline } from './vote-query'

const NOW = Date.parse('2026-03-01T12:00:00.000Z')

describe('when a vote is asked for again', () => {
  it('is shortly after its deadline, and never for one without', () => {
    expect(untilDeadline({ deadline: '2026-03-01T12:00:05.000Z', voting_open: true }, NOW)).toBe(6_000)
    expect(untilDeadline({ deadline: null, voting_open: true }, NOW)).toBe(false)
  })

  it('is soon again while the server still holds it open after its deadline by the clock of the browser', () => {
    expect(untilDeadline({ deadline: '2026-03-01T11:00:00.000Z', voting_open: true }, NOW)).toBe(1_000)
  })

  it('is never once voting has closed', () => {
    expect(untilDeadline({ deadline: '2026-03-01T12:00:05.000Z', voting_open: false }, NOW)).toBe(false)
  })

  it('is no later than a timer can be set, which would otherwise end at once', () => {
    expect(untilDeadline({ deadline: '2027-03-01T12:00:00.000Z', voting_open: true }, NOW)).toBe(2_147_483_647)
  })
})
