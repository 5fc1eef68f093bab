import { describe, expect, it } from 'vitest'
import { FAULTS, faultOfState } from './sql-state'

const EXPECTED: Record<string, string[]> = {
  lost: ['08000', '08001', '08003', '08004', '08006', '08P01', '25P03', '25P04', '40003', '57P01', '57P02', '57P03', '57P04', '57P05'],
  contended: ['40000', '40001', '40P01', '55P03'],
  slow: ['57014'],
  server: ['25006', '28000', '28P01', '3D000', '53000', '53100', '53200', '53300', '53400', '58000', '58030', '58P01'],
}
const BUGS = ['22001', '22012', '23503', '23505', '25001', '25P02', '3F000', '40002', '42501', '42601', '42P01', '54001', '55000', '57000']
const others = [...BUGS, 'P0001', 'XX000', 'XX001']

describe('what a SQLSTATE means', () => {
  it.each(Object.entries(EXPECTED))('%s', (meaning, states) => {
    for (const state of states) expect(faultOfState(state)?.meaning, state).toBe(meaning)
  })

  it.each(others)('%s is a refused statement, which no repetition mends', (state) => {
    expect(faultOfState(state)).toBeNull()
  })

  it('[H3] every row of the table is met by one of these states', () => {
    const met = new Set(Object.values(EXPECTED).flatMap((states) => states.map(faultOfState)))
    for (const [start, fault] of Object.entries(FAULTS)) expect(met.has(fault), start).toBe(true)
  })

  it('a full disk and a read-only server do not stop reads; a server that nobody can enter does', () => {
    expect(['53100', '25006', '28000', '53300', '57P01'].map((state) => faultOfState(state)?.reads)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
  })
})
