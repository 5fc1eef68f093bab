import { describe, expect, it } from 'vitest'
import { claimNext } from '@/lib/operations/ready'
import { type Workspace, workspace } from '@/lib/testing/sketch'
import { sayTool } from '@/lib/transport/say'

/** The last line of what claim_next answers, which says how to wait. */
const wayOn = (sketch: Workspace, group_id: string): string => sketch.run(claimNext, { group_id }).text(sayTool).split('\n').at(-1) ?? ''

describe('the text where nothing can be claimed', () => {
  it('tells agents different claims to wait for, so that the end of one does not wake all of them', () => {
    const sketch = workspace()
    const plan = sketch.plan('Plan', { A: [], B: [], C: [], D: ['A', 'B', 'C'] })
    const claude = sketch.as('Claude', { agent: true })
    const group_id = 'team'
    for (let times = 0; times < 3; times++) sketch.run(claimNext, { group_id }, claude)
    const told = Array.from({ length: 200 }, () => wayOn(sketch, group_id))
    const waits = [1, 2, 3].map((order) => `next: wait_for {"milestone_id":"${plan.milestone_id}","order":${order},"until":"completed"}`)
    expect([...new Set(told)].sort()).toEqual(waits)
  })
})
