import { expect, test } from 'vitest'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { daysOf, deedsIn, groupEvents, milestoneOf } from './event-groups'
import { EVENT_TYPES } from './many-words'

const event = (seq: number, more: Partial<LoggedEvent> = {}): LoggedEvent => ({
  seq,
  type: 'checkpoint.completed',
  at: '2026-11-01T09:30:15.000Z',
  actor_id: 'ap_1',
  actor_name: 'atlas',
  actor_type: 'agent_profile',
  on_behalf_of: 'Maria',
  session_id: 's1',
  via: 'mcp',
  group_id: 'g',
  project_id: 'proj_1',
  milestone_id: 'ms_1',
  checkpoint_id: 'cp_1',
  data: {},
  ...more,
})
const numbers = (events: LoggedEvent[]) => groupEvents(events).map((group) => group.events.map(({ seq }) => seq))

test('events are together that one actor did in one session and minute, without others between', () => {
  const other = { actor_id: 'usr_1' }
  expect(numbers([event(5), event(4), event(3, other), event(2), event(1)])).toEqual([[5, 4], [3], [2, 1]])
  expect(numbers([event(2), event(1, { session_id: 's2' })])).toEqual([[2], [1]])
  expect(numbers([event(2), event(1, { at: '2026-11-01T09:29:59.999Z' })])).toEqual([[2], [1]])
  expect(daysOf(groupEvents([event(2), event(1, { at: '2026-10-31T09:30:15.000Z' })])).map(({ day }) => day)).toEqual([
    '2026-11-01',
    '2026-10-31',
  ])
})

test('a group is told by what was done how often, in the order in which it was done', () => {
  const closed = { type: 'milestone.closed', checkpoint_id: null }
  expect(deedsIn([event(4, closed), event(3), event(2), event(1)])).toBe('completed 3 checkpoints and closed a milestone')
  const types = ['claim.taken', 'checkpoint.failed', 'checkpoint.retried', 'checkpoint.linked', 'milestone.closed']
  expect(deedsIn(types.map((type, at) => event(at, { type })).toReversed())).toBe(
    'claimed a checkpoint, reported a failure, gave a checkpoint back and more',
  )
  expect(deedsIn([event(2, { type: 'future.deed' }), event(1, { type: 'future.deed' })])).toBe(
    'did 2 things that this version of Cairn does not know',
  )
  for (const type of EVENT_TYPES) expect(deedsIn([event(2, { type }), event(1, { type })]), type).toMatch(/\b2\b/)
})

test('a group is in a milestone if all of it is', () => {
  expect(milestoneOf([event(2), event(1)])).toBe('ms_1')
  expect(milestoneOf([event(2), event(1, { milestone_id: null })])).toBe(null)
})
