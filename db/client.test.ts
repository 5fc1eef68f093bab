import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { isConnectionLoss, refusalOf } from './client'

const refused = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', syscall: 'connect' })
const ofPostgres = (code: string) => Object.assign(new pg.DatabaseError('refused', 1, 'error'), { code })

describe('a lost connection', () => {
  it('is told from a statement that was refused and from a bug of ours', () => {
    expect(isConnectionLoss(refused('127.0.0.1'))).toBe(true)
    expect(isConnectionLoss(new Error('Connection terminated unexpectedly'))).toBe(true)
    expect(isConnectionLoss(ofPostgres('57P01'))).toBe(true)
    expect(isConnectionLoss(ofPostgres('23505'))).toBe(false)
    expect(isConnectionLoss(new TypeError('a bug'))).toBe(false)
  })

  it('is known behind a wrapper, and where a host has several addresses', () => {
    expect(isConnectionLoss(new Error('Failed query', { cause: refused('::1') }))).toBe(true)
    expect(isConnectionLoss(new AggregateError([refused('::1'), refused('127.0.0.1')]))).toBe(true)
    expect(isConnectionLoss(new AggregateError([]))).toBe(false)
  })

  it('is not what a full pool is, also behind a wrapper', () => {
    const full = new Error('timeout exceeded when trying to connect')
    for (const error of [full, new Error('Failed query', { cause: full })]) {
      expect(isConnectionLoss(error)).toBe(false)
      expect(refusalOf(error)?.code).toBe('busy')
    }
  })
})
