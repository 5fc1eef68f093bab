import { describe, expect, it } from 'vitest'
import { layout, type Structure } from './layout'
import { type Step, walk } from './walk'

const edge = (text: string) => ({ from: text.split('>')[0] ?? '', to: text.split('>')[1] ?? '' })

// a > b, a > c, and in the second lane x > y, where y waits for b too.
const plan: Structure = {
  lanes: [
    { id: 'one', cards: ['a', 'b', 'c'], folded: false },
    { id: 'two', cards: ['x', 'y'], folded: false },
  ],
  guests: [],
  edges: ['a>b', 'a>c', 'x>y', 'b>y'].map(edge),
}
const drawn = layout(plan)

describe('an arrow key', () => {
  it.each<[string, Step, string | null]>([
    ['a', 'right', 'b'],
    ['c', 'left', 'a'],
    ['b', 'right', 'y'],
    ['y', 'left', 'x'],
    ['b', 'down', 'c'],
    ['c', 'down', 'y'],
    ['x', 'up', 'a'],
    ['a', 'up', null],
    ['x', 'left', null],
    ['y', 'first', 'x'],
    ['a', 'last', 'c'],
    ['b', 'lane-down', 'head:two'],
    ['y', 'lane-up', 'head:two'],
    ['head:two', 'lane-up', 'head:one'],
    ['head:two', 'up', 'head:one'],
    ['head:one', 'down', 'a'],
  ])('leads from %s %s to %s', (from, step, to) => {
    expect(walk(drawn, from, step)).toBe(to)
  })
})
