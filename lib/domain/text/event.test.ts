import { expect, it } from 'vitest'
import type { LoggedEvent } from '../schemas/event'
import { eventLine } from './event'

const event = (type: string, data: LoggedEvent['data']): LoggedEvent => ({
  seq: 7,
  type,
  at: '2026-01-01T00:00:00.000Z',
  actor_id: 'usr_a',
  actor_name: 'Maria',
  actor_type: 'user',
  on_behalf_of: null,
  session_id: null,
  via: 'web',
  group_id: null,
  project_id: null,
  milestone_id: 'ms_a',
  checkpoint_id: 'cp_a',
  data,
})

it('[G1] tells how many may vote in a round, and not everybody in it', () => {
  const electorate = Array.from({ length: 300 }, (_, at) => `usr_${at}`)
  const line = eventLine(event('proposal.round_started', { proposal_id: 'prop_a', round: 2, electorate, threshold_type: 'two_thirds' }))
  expect(line).toContain('proposal_id prop_a round 2 electorate 300 threshold_type two_thirds')
  expect(line).not.toContain('usr_12')
})

it('[G1] tells whether a vote has met its threshold, also if it has not', () => {
  const told = (threshold_met: boolean) => eventLine(event('proposal.finalized', { proposal_id: 'prop_a', threshold_met }))
  expect([told(true), told(false)].map((line) => line.slice(line.indexOf('prop_a')))).toEqual([
    'prop_a threshold_met',
    'prop_a threshold not met',
  ])
})
