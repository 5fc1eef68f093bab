import { describe, expect, it } from 'vitest'
import { claimCheckpoint } from '@/lib/operations/claims'
import { failCheckpoint } from '@/lib/operations/failure'
import { type Plan, type Workspace, workspace } from '@/lib/testing/sketch'
import { sayTool } from '@/lib/transport/say'
import { findRootCauses } from '../root-causes'
import { isCompleted } from '../state'
import { viewBlockers } from '../views/blockers'
import { blockersText } from './blockers'

/** What why_blocked answers about a step. */
const why = (sketch: Workspace, plan: Plan, title: string): string[] => {
  const { world } = sketch
  const pending = world.all('checkpoint').filter((checkpoint) => !isCompleted(checkpoint))
  const edges = new Map(pending.map(({ checkpoint_id, depends_on }) => [checkpoint_id, [...depends_on]]))
  const checkpoint = plan.at(title)
  const blockers = viewBlockers(world, sketch.contextOf(), checkpoint, findRootCauses(checkpoint.checkpoint_id, edges))
  return blockersText(blockers, sayTool, plan.address(title)).split('\n')
}

describe('the text of what stands in the way', () => {
  it('says the blockers, the causes behind them with the way to each, and leads to the work that frees it', () => {
    const sketch = workspace()
    const plan = sketch.plan('Plan', { A: [], B: ['A'], C: ['B'], D: ['C'] })
    const { milestone_id } = plan
    expect(why(sketch, plan, 'D')).toEqual([
      'Checkpoint 4 depends on checkpoint 3 which is pending',
      '3 blocked "C"',
      'root causes:',
      '1 ready "A" by way of 3<-2',
      `next: claim_checkpoint {"milestone_id":"${milestone_id}","order":1}`,
      `next: wait_for {"milestone_id":"${milestone_id}","order":4,"until":"ready"}`,
    ])
  })

  it('says a cause once, with its end if somebody holds it, and leads to a wait if nothing can be claimed', () => {
    const sketch = workspace()
    const plan = sketch.plan('Plan', { A: [], B: ['A'] })
    const agent = sketch.as('Claude', { agent: true })
    const { claim } = sketch.run(claimCheckpoint, plan.address('A'), agent).data
    const [, row, ...next] = why(sketch, plan, 'B')
    expect(row).toBe(`1 claimed "A" by "Claude" until ${claim?.expires_at.replace('.000Z', 'Z')}`)
    expect(next).toEqual([`next: wait_for {"milestone_id":"${plan.milestone_id}","order":2,"until":"ready"}`])
  })

  it('leads to what is ready before what has failed', () => {
    const sketch = workspace()
    const plan = sketch.plan('Plan', { A: [], B: [], C: ['A', 'B'] })
    sketch.run(failCheckpoint, { ...plan.address('A'), reason: 'Red' })
    const text = why(sketch, plan, 'C')
    expect(text[0]).toBe('Checkpoint 3 depends on 2 checkpoints which are pending')
    expect(text[1]).toBe('1 failed "A" last failure "Red"')
    expect(text[3]).toBe(`next: claim_checkpoint {"milestone_id":"${plan.milestone_id}","order":2}`)
  })

  it('says of a cause that it needs a person, and does not lead to a claim that would be refused', () => {
    const sketch = workspace()
    const plan = sketch.plan('Plan', { A: [], B: ['A'], C: ['B'] })
    for (let times = 0; times < 3; times++) sketch.run(failCheckpoint, { ...plan.address('A'), reason: 'Red' })
    const wait = (order: number) => `next: wait_for {"milestone_id":"${plan.milestone_id}","order":${order},"until":"ready"}`
    expect(why(sketch, plan, 'B').slice(1)).toEqual(['1 failed "A" last failure "Red" needs a person', wait(2)])
    expect(why(sketch, plan, 'C').slice(2)).toEqual(['root causes:', '1 failed "A" last failure "Red" needs a person by way of 2', wait(3)])
  })

  it('names ten of many blockers and counts the others', () => {
    const sketch = workspace()
    const names = Array.from({ length: 50 }, (_, at) => `Step ${at + 1}`)
    const far = sketch.plan('Far', Object.fromEntries(names.map((name) => [name, []])))
    const plan = sketch.plan('Near', { Last: names.map((name) => `Far/${name}`) })
    const text = why(sketch, plan, 'Last')
    expect(text.slice(0, 2)).toEqual([
      'Checkpoint 1 depends on 50 checkpoints which are pending',
      `${far.ref('Step 1')} ready "Step 1" in "Far" of team`,
    ])
    expect(text.slice(11)).toEqual(['and 40 more', `next: wait_for {"milestone_id":"${plan.milestone_id}","order":1,"until":"ready"}`])
  })
})
