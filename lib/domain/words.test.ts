import { expect, it } from 'vitest'
import { enumerated, firstOf } from './words'

it('enumerates words as a sentence does', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((words) => enumerated(words))).toEqual(['', 'a', 'a and b', 'a, b and c'])
})

it('names the first words and counts the others', () => {
  expect(firstOf(['a', 'b', 'c'], 3)).toBe('a, b and c')
  expect(firstOf(['a', 'b', 'c', 'd', 'e'], 3)).toBe('a, b, c and 2 more')
})
