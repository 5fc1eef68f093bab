import { describe, expect, it } from 'vitest'
import type { Refusal } from '@/lib/domain/answer'
import { PROBLEM_CODES, type ProblemCode } from '@/lib/domain/errors'
import { isSameForm, isSettled, outcomeOf, sentenceOf, UNREACHED } from './trouble'

const refusal = (error: ProblemCode): Refusal => ({ success: false, error, message: `About ${error}.`, details: {}, request_id: 'r' })
const formOf = (fields: Record<string, string>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}

describe('what became of an action', () => {
  it('is known if it is done, or was refused for what it says', () => {
    const unsettled = PROBLEM_CODES.filter((code) => !isSettled(outcomeOf(refusal(code))))
    expect(unsettled).toEqual(['unauthenticated', 'rate_limited', 'internal', 'busy', 'unavailable'])
    expect(isSettled(null)).toBe(true)
    expect(isSettled(outcomeOf({ success: true, data: 1, seq: 1, changed: true }))).toBe(true)
    expect(isSettled(UNREACHED)).toBe(false)
  })

  it('is told without the words that agents get about keys', () => {
    const told = (['unauthenticated', 'idempotency_mismatch', 'blocked'] as const).map((code) => {
      const outcome = outcomeOf(refusal(code))
      return 'trouble' in outcome && sentenceOf(outcome.trouble)
    })
    expect(told).toEqual([
      'You are signed out, so this was not saved.',
      'What you sent first was saved after all. What you have changed since then was not.',
      'About blocked.',
    ])
  })
})

describe('two forms', () => {
  const shown = { title: 'One', position: '2', $key: 'a', '$was.title': 'Zero', $ACTION_ID_x: '' }

  it('say the same if a person sees no difference', () => {
    expect(isSameForm(formOf(shown), formOf({ ...shown, $key: 'b', '$was.title': 'One' }))).toBe(true)
  })

  it.each([{ title: 'Two' }, { position: '3' }, { cascade: 'true' }])('differ in %o', (changed) => {
    expect(isSameForm(formOf(shown), formOf({ ...shown, ...changed }))).toBe(false)
  })
})
