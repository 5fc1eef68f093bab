import { describe, expect, it } from 'vitest'
import type { DomainError } from '@/lib/domain/errors'
import { claimCheckpoint } from './claims'
import type { AnyOperation } from './define'
import { listEvents } from './events'
import { parseInput } from './input'
import { waitFor } from './waiting'

const messageOf = ({ input }: AnyOperation, given: object): string => {
  try {
    parseInput(input, given)
  } catch (error) {
    return (error as DomainError).message
  }
  return ''
}

describe('an input that is refused says in words', () => {
  const claim = (ttl_seconds: unknown) => messageOf(claimCheckpoint, { milestone_id: 'ms_x', order: 1, ttl_seconds })
  const wait = (given: object) => messageOf(waitFor, { milestone_id: 'ms_x', ...given })

  it('that a number is not whole', () => {
    expect(claim(30.5)).toBe('ttl_seconds is not a whole number.')
  })

  it('which bound it exceeds, also one that is beyond all whole numbers', () => {
    expect(claim(31_536_000)).toBe('ttl_seconds exceeds 86,400.')
    expect(claim(1e300)).toBe('ttl_seconds exceeds 86,400.')
    expect(claim(-1e300)).toBe('ttl_seconds is less than 30.')
    expect(wait({ until: 'change', since_seq: 2 ** 60 })).toBe('since_seq exceeds 9,007,199,254,740,991.')
    expect(messageOf(listEvents, { after: 2 ** 60 })).toBe(
      'after is neither the number of an event nor its id in a stream, such as 1234.k3m9q2xa.',
    )
  })

  it('that a choice is missing, and which there are', () => {
    expect(wait({})).toBe('until is missing: it is one of ready, completed, closed, change.')
    expect(wait({ until: 'soon' })).toBe('until is not one of ready, completed, closed, change.')
  })
})
