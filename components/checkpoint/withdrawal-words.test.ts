import { expect, test } from 'vitest'
import type { PlanNode, Relinked } from '@/lib/client/plan'
import { alike, relinkedWords } from './withdrawal-words'

test('[N2] a withdrawal says how many wait for others now, and how many of them one may not see', () => {
  expect(relinkedWords(0, 0)).toBe('')
  expect(relinkedWords(1, 0)).toBe(' One checkpoint waits for what it waited for.')
  expect(relinkedWords(0, 1)).toBe(' One checkpoint that you may not see waits for what it waited for.')
  expect(relinkedWords(3, 0)).toBe(' 3 checkpoints wait for what it waited for.')
  expect(relinkedWords(2, 1)).toBe(' 3 checkpoints, one of which you may not see, wait for what it waited for.')
  expect(relinkedWords(2, 2)).toBe(' 4 checkpoints, 2 of which you may not see, wait for what it waited for.')
  expect(relinkedWords(0, 2)).toBe(' 2 checkpoints, 2 of which you may not see, wait for what it waited for.')
})

test('[N2] those that a withdrawal changes in the same way are told in one sentence, and no others', () => {
  const node = (id: string) => ({ id, checkpoint: { requires_consensus: id.startsWith('vote') } }) as PlanNode
  const base = [node('base')]
  const of = (id: string, instead: PlanNode[], becomesFree = false): Relinked => ({ dependent: node(id), instead, becomesFree })
  const all = [of('a', base), of('b', []), of('c', base), of('d', base, true), of('vote', base), of('e', [])]
  expect(alike(all).map(({ dependents, votes }) => [dependents.map(({ id }) => id).join(), votes])).toEqual([
    ['a,c', false],
    ['b,e', false],
    ['d', false],
    ['vote', true],
  ])
  expect(alike([])).toEqual([])
})
