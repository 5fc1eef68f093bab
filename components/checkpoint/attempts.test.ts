import { expect, test } from 'vitest'
import type { Checkpoint } from '@/lib/client/graph'
import { EXPIRED_REASON } from '@/lib/domain/attempt'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { attemptsOf } from './attempts'

type Told = { type: string; by?: string; person?: string | null; at?: string; data?: LoggedEvent['data'] }

/** Events from the oldest to the latest, turned as the server lists them. */
const logOf = (...told: Told[]): LoggedEvent[] =>
  told
    .map(({ type, by = 'Atlas', person = null, at = '', data = {} }, seq) => ({
      seq,
      type,
      at,
      actor_id: `id of ${by}`,
      actor_name: by,
      actor_type: 'agent_profile' as const,
      on_behalf_of: person,
      session_id: null,
      via: 'rest' as const,
      group_id: null,
      project_id: null,
      milestone_id: null,
      checkpoint_id: null,
      data,
    }))
    .reverse()

const FREE: Pick<Checkpoint, 'claim' | 'last_failure'> = { claim: null, last_failure: null }

const claimed = (by: string): Pick<Checkpoint, 'claim' | 'last_failure'> => ({
  ...FREE,
  claim: {
    claim_id: null,
    held_by: `id of ${by}`,
    held_by_name: by,
    held_by_you: false,
    held_for_name: null,
    attempt: 1,
    claimed_at: '',
    expires_at: '',
  },
})

const say = (events: LoggedEvent[], checkpoint = FREE) =>
  attemptsOf(events, checkpoint).map((attempt) =>
    [attempt.number, attempt.by.actor_name, attempt.end, ...(attempt.end === 'failed' ? [attempt.reason] : [])].join(' '),
  )

test('[N1] attempts are told with who made them and how they ended, the latest first', () => {
  const events = logOf(
    { type: 'checkpoint.added', by: 'Mara' },
    { type: 'claim.taken', data: { attempt: 1 } },
    { type: 'claim.renewed' },
    { type: 'checkpoint.failed', data: { attempt: 1, reason: 'The tests are red' } },
    { type: 'claim.taken', by: 'Nova', data: { attempt: 2 } },
    { type: 'claim.released', by: 'Mara', data: { attempt: 2, held_by: 'id of Nova' } },
    { type: 'checkpoint.failed', by: 'Mara', data: { attempt: 3, reason: 'No time' } },
    { type: 'checkpoint.retried', by: 'Mara' },
    { type: 'claim.taken', data: { attempt: 4 } },
    { type: 'checkpoint.completed' },
  )
  expect(say(events)).toEqual(['4 Atlas completed', '3 Mara failed No time', '2 Nova released', '1 Atlas failed The tests are red'])
})

test('[L1] an expiry is an attempt of the holder that ended when the claim did, not of whoever came upon it', () => {
  const events = logOf(
    { type: 'claim.taken', data: { attempt: 1 } },
    { type: 'claim.expired', by: 'Mara', at: 'noticed', data: { attempt: 1, held_by: 'id of Atlas', expired_at: 'ended' } },
    { type: 'claim.taken', by: 'Mara', data: { attempt: 2 } },
  )
  expect(say(events, claimed('Mara'))).toEqual(['2 Mara running', '1 Atlas expired'])
  expect(attemptsOf(events, FREE)[1]?.at).toBe('ended')
})

test('[L1] an expiry that no change has met yet is told all the same', () => {
  const events = logOf({ type: 'claim.taken', data: { attempt: 1 } })
  expect(say(events, claimed('Atlas'))).toEqual(['1 Atlas running'])
  const last_failure = { reason: EXPIRED_REASON, at: 'ended', by: 'id of Atlas', by_name: 'Atlas', attempt: 1 }
  expect(say(events, { claim: null, last_failure })).toEqual(['1 Atlas expired'])
})

test('attempts whose beginning has not been read are told by what is known of them', () => {
  const events = logOf(
    { type: 'claim.expired', by: 'Mara', data: { attempt: 7, held_by: 'id of Atlas', expired_at: 'ended' } },
    { type: 'checkpoint.completed', by: 'Mara' },
  )
  expect(say(events)).toEqual(['7  expired'])
})

test('[A1] an attempt of an agent is told with the person for whom it was made, whoever ended it', () => {
  const events = logOf(
    { type: 'claim.taken', person: 'Maria', data: { attempt: 1 } },
    { type: 'claim.released', by: 'Sam', data: { attempt: 1, held_by: 'id of Atlas' } },
    { type: 'checkpoint.failed', person: 'Nia', data: { attempt: 2, reason: 'No time' } },
  )
  expect(attemptsOf(events, FREE).map(({ by }) => [by.actor_name, by.on_behalf_of])).toEqual([
    ['Atlas', 'Nia'],
    ['Atlas', 'Maria'],
  ])
})
