import { describe, expect, it } from 'vitest'
import { createMilestone, updateMilestone } from '@/lib/operations'
import { densePlan } from '@/lib/testing/plans'
import { workspace } from '@/lib/testing/sketch'
import { type Context, identify } from '../context'
import { repeatableIds } from '../ids'
import { projectOf } from '../resolve'
import type { World } from '../world'
import { viewGraph } from './graph'

/** A dense plan, and the number of its edges. */
const made = () => {
  const sketch = workspace()
  const plan = densePlan(200)
  const { data } = sketch.run(createMilestone, { group_id: 'team', ...plan })
  return { sketch, data, edges: plan.checkpoints.reduce((sum, { depends_on }) => sum + depends_on.length, 0) }
}

/** Counts how many entities a question asks of a world, and how many it is given. */
const counting = (world: World) => {
  const counted = { asked: 0 }
  const sizeOf = (value: unknown) => (Array.isArray(value) ? value.length : 1)
  const proxy = new Proxy(world, {
    get: (target, name) => {
      const method = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...given: unknown[]) => {
        const answer = method.apply(target, given)
        counted.asked += name === 'need' ? sizeOf(given[0]) : sizeOf(answer)
        return answer
      }
    },
  })
  return { counted, proxy }
}

/** Each edge is asked for a few times. If something were made for each edge of each edge, there would be fifty times as many questions. */
const MOST_PER_EDGE = 8

describe('what is shown of the largest plans', () => {
  it('asks for each edge a fixed number of times, in the answer to a change', () => {
    const { sketch, data, edges } = made()
    const asked: number[] = []
    sketch.onAsk = (ask) => {
      const { counted, proxy } = counting(sketch.world)
      ask(proxy)
      asked.push(counted.asked)
    }
    sketch.run(updateMilestone, { milestone_id: data.milestone_id, title: 'Larger' })
    const [decision = 0, answer = 0] = asked
    expect(decision).toBeLessThan(100)
    expect(answer).toBeGreaterThan(edges)
    expect(answer).toBeLessThan(edges * MOST_PER_EDGE)
  })

  it('asks for each edge a fixed number of times, in its graph', () => {
    const { sketch, data, edges } = made()
    const context: Context = {
      caller: identify(sketch.world, sketch.owner, sketch.now),
      now: sketch.now,
      origin: 'http://cairn.test',
      ids: repeatableIds().start(),
    }
    const { counted, proxy } = counting(sketch.world)
    const graph = viewGraph(proxy, projectOf(sketch.world, data.project_id), [data.milestone_id], context)
    expect(graph.edges).toHaveLength(edges)
    expect(counted.asked).toBeLessThan(edges * MOST_PER_EDGE)
  })
})
