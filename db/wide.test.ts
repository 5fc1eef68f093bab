import { describe, expect, it } from 'vitest'
import { completeCheckpoint, deleteCheckpoint, getMilestoneGraph, reopenCheckpoint } from '@/lib/operations'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'

const WIDE = 1_100

describe('a wide graph', () => {
  const test = useInstance()

  /** As another process would find it: nothing is loaded. */
  const forget = () => test.instance.pool.query(`update workspaces set head = 'elsewhere'`)

  it('a checkpoint for which more milestones wait than a decision may ask one by one is refused, drawn and reopened like any other', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { Root: [] })
    const waiting = await Promise.all(Array.from({ length: WIDE }, () => makeMilestone(test, group, { Waits: [`${milestone_id}:1`] })))
    await forget()
    await expect(test.run(deleteCheckpoint, { milestone_id, order: 1 })).rejects.toMatchObject({ code: 'has_dependents' })
    expect((await test.run(getMilestoneGraph, { milestone_id })).data.neighbours).toHaveLength(WIDE)

    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await Promise.all(waiting.map((one) => test.run(completeCheckpoint, { milestone_id: one.milestone_id, order: 1 })))
    await forget()
    await expect(test.run(reopenCheckpoint, { milestone_id, order: 1, reason: 'wrong' })).rejects.toMatchObject({
      code: 'dependents_completed',
    })
    await forget()
    const { seq, changed } = await test.run(reopenCheckpoint, { milestone_id, order: 1, reason: 'wrong', cascade: true })
    expect(changed).toBe(true)
    const { rows } = await test.instance.pool.query(`select from events where type = 'checkpoint.reopened' and seq <= $1`, [seq])
    expect(rows).toHaveLength(WIDE + 1)
  })
})
