import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Graph } from '@/lib/domain/schemas/graph'
import type { CheckpointState } from '@/lib/domain/state'
import {
  blockersOf,
  completedDependentsOf,
  isUnmet,
  nearFirst,
  numberOf,
  type Plan,
  type PlanNode,
  readPlan,
  relinkedWithout,
  rootCausesOf,
} from './plan'

type Sketch = Record<string, { state: CheckpointState; on?: string[] }>

/** A plan of one milestone from titles in order; a title that begins with "out" lies in a milestone that is not drawn. */
function planOf(sketch: Sketch): Plan {
  const titles = Object.keys(sketch)
  const drawn = titles.filter((title) => !title.startsWith('out'))
  const graph = {
    milestones: [
      {
        milestone_id: 'ms_here',
        title: 'Here',
        group_slug: 'team',
        checkpoints: drawn.map((title, index) => ({ checkpoint_id: title, title, order: index + 1, state: sketch[title]?.state })),
      },
    ],
    neighbours: titles
      .filter((title) => title.startsWith('out'))
      .map((title) => ({
        checkpoint_id: title,
        ref: 'ms_there:3',
        milestone_id: 'ms_there',
        order: 3,
        title,
        milestone_title: 'There',
        group_slug: 'others',
        state: sketch[title]?.state,
        private: false,
      })),
    edges: titles.flatMap((to) => (sketch[to]?.on ?? []).map((from) => ({ from, to }))),
  }
  return readPlan(asGraph(graph))
}

/** The functions under test read nothing else of a graph than what the sketch fills in. */
const asGraph = (value: unknown) => value as Graph

const nodeOf = (plan: Plan, id: string): PlanNode => {
  const node = plan.nodes.get(id)
  if (!node) throw new Error(`${id} is not in the plan`)
  return node
}
const titles = (nodes: PlanNode[]) => nodes.map(({ title }) => title)

describe('a plan as the screens read it', () => {
  const diamond = planOf({
    design: { state: 'completed' },
    backend: { state: 'claimed', on: ['design'] },
    frontend: { state: 'ready', on: ['design'] },
    tests: { state: 'blocked', on: ['backend', 'frontend'] },
    deploy: { state: 'blocked', on: ['tests', 'out-staging'] },
    'out-staging': { state: 'blocked' },
  })

  test('root causes are the unmet checkpoints upstream that wait for nothing but work', () => {
    expect(titles(rootCausesOf(diamond, nodeOf(diamond, 'deploy')))).toEqual(['backend', 'frontend', 'out-staging'])
  })

  test('a root cause that two ways lead to is named once', () => {
    const plan = planOf({
      root: { state: 'ready' },
      left: { state: 'blocked', on: ['root'] },
      right: { state: 'blocked', on: ['root'] },
      end: { state: 'blocked', on: ['left', 'right'] },
    })
    expect(titles(rootCausesOf(plan, nodeOf(plan, 'end')))).toEqual(['root'])
  })

  test('what a checkpoint waits for is in the order of numbers, and what lies in other milestones comes last', () => {
    const plan = planOf({
      first: { state: 'ready' },
      second: { state: 'ready' },
      'out-first': { state: 'ready' },
      last: { state: 'blocked', on: ['out-first', 'second', 'first'] },
    })
    expect(nodeOf(plan, 'last').waits_for).toEqual(['first', 'second', 'out-first'])
    // Seen from the other milestone, its own checkpoint comes first.
    const seen = [...plan.nodes.values()].sort(nearFirst('ms_there'))
    expect(titles(seen)).toEqual(['out-first', 'first', 'second', 'last'])
  })

  test('the longest chain counts unfinished checkpoints, those of other milestones too', () => {
    expect(diamond.chain).toEqual(['backend', 'tests', 'deploy'])
  })

  test('a cascade takes along what is completed downstream, directly or through others, and nothing that is pending', () => {
    const plan = planOf({
      first: { state: 'completed' },
      second: { state: 'completed', on: ['first'] },
      third: { state: 'ready', on: ['second'] },
      'out-last': { state: 'completed', on: ['second'] },
    })
    expect(titles(completedDependentsOf(plan, nodeOf(plan, 'first')))).toEqual(['second', 'out-last'])
  })

  test('a plan of 20,000 checkpoints in one chain is read and walked, however deep it is', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `c${at}`)
    const plan = planOf(Object.fromEntries(ids.map((id, at) => [id, { state: at === 0 ? 'ready' : 'blocked', on: ids.slice(at - 1, at) }])))
    expect(plan.chain).toEqual(ids)
    expect(titles(rootCausesOf(plan, nodeOf(plan, 'c19999')))).toEqual(['c0'])
  })

  test('the longest chain is as long as trying every way finds it', () => {
    const sketch = fc.array(fc.tuple(fc.boolean(), fc.array(fc.nat(8), { maxLength: 4 })), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(sketch, (rows) => {
        const plan = planOf(
          Object.fromEntries(
            rows.map(([done, on], at) => [
              `c${at}`,
              { state: done ? 'completed' : 'ready', on: [...new Set(on)].filter((before) => before < at).map((before) => `c${before}`) },
            ]),
          ),
        )
        const longestTo = (node: PlanNode): number => 1 + Math.max(0, ...blockersOf(plan, node).map(longestTo))
        const open = [...plan.nodes.values()].filter(isUnmet)
        expect(plan.chain.length).toBe(Math.max(0, ...open.map(longestTo)))
        for (const [at, id] of plan.chain.entries()) if (at > 0) expect(nodeOf(plan, id).waits_for).toContain(plan.chain[at - 1])
      }),
    )
  })

  test('a number stands alone in its own milestone, and with the title of the milestone elsewhere', () => {
    expect(numberOf(nodeOf(diamond, 'tests'), 'ms_here')).toBe('4')
    expect(numberOf(nodeOf(diamond, 'out-staging'), 'ms_here')).toBe('There · 3')
  })
})

test('[N2] what waits for a withdrawn checkpoint waits for what that one waited for, and did not wait for itself', () => {
  const plan = planOf({
    done: { state: 'completed' },
    open: { state: 'ready' },
    step: { state: 'blocked', on: ['done', 'open'] },
    knows: { state: 'blocked', on: ['open', 'step'] },
    last: { state: 'blocked', on: ['step'] },
    'out-there': { state: 'blocked', on: ['step'] },
  })
  const say = (id: string) =>
    relinkedWithout(plan, nodeOf(plan, id)).map(
      ({ dependent, instead, becomesFree }) => `${dependent.title}<${titles(instead)}${becomesFree ? ' free' : ''}`,
    )
  expect(say('step')).toEqual(['knows<done', 'last<done,open', 'out-there<done,open'])
  expect(say('last')).toEqual([])
  // Without it, nothing is in the way of what waits for it alone.
  const chain = planOf({
    first: { state: 'ready' },
    second: { state: 'blocked', on: ['first'] },
    'out-there': { state: 'blocked', on: ['first'] },
  })
  expect(relinkedWithout(chain, nodeOf(chain, 'first')).map(({ dependent, becomesFree }) => [dependent.title, becomesFree])).toEqual([
    ['second', true],
    ['out-there', false],
  ])
})
