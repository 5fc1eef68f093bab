import { expect, test } from 'vitest'
import { relinkedWords } from './withdrawal-words'

test('[N2] a withdrawal says how many wait for others now, and how many of them one may not see', () => {
  expect(relinkedWords(0, 0)).toBe('')
  expect(relinkedWords(1, 0)).toBe(' One checkpoint waits for what it waited for.')
  expect(relinkedWords(0, 1)).toBe(' One checkpoint that you may not see waits for what it waited for.')
  expect(relinkedWords(3, 0)).toBe(' 3 checkpoints wait for what it waited for.')
  expect(relinkedWords(2, 1)).toBe(' 3 checkpoints, one of which you may not see, wait for what it waited for.')
  expect(relinkedWords(2, 2)).toBe(' 4 checkpoints, 2 of which you may not see, wait for what it waited for.')
  expect(relinkedWords(0, 2)).toBe(' 2 checkpoints, 2 of which you may not see, wait for what it waited for.')
})
