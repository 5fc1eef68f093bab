import { describe, expect, it, vi } from 'vitest'
import { DomainError } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import {
  addCheckpoint,
  completeCheckpoint,
  createMilestone,
  deleteCheckpoint,
  deleteMilestone,
  getMilestoneOperation,
  reopenCheckpoint,
  updateCheckpoint,
} from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { type Data, useInstance } from '@/lib/testing/instance'
import { drawn, makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'

const WRITERS = 16
const ROUNDS = 10

/** What each of many concurrent calls came to: a refusal's code, else whether it changed anything. */
const outcomes = async (calls: Promise<{ changed: boolean | undefined }>[]): Promise<string[]> =>
  (await Promise.allSettled(calls)).map((result) => {
    if (result.status === 'fulfilled') return result.value.changed ? 'changed' : 'same'
    if (result.reason instanceof DomainError) return result.reason.code
    throw result.reason
  })

const count = (values: readonly string[], wanted: string) => values.filter((value) => value === wanted).length
const times = (n: number) => Array.from({ length: n }, (_, at) => at)

describe('sixteen writers at once', () => {
  const test = useInstance()

  it('[C2] many completions of one checkpoint: exactly one is a change', async () => {
    const group = await makeGroup(test)
    for (const _ of times(ROUNDS)) {
      const { milestone_id } = await makeMilestone(test, group, { A: [] })
      const all = await outcomes(times(WRITERS).map(() => test.run(completeCheckpoint, { milestone_id, order: 1 })))
      expect(count(all, 'changed')).toBe(1)
      expect(count(all, 'same')).toBe(WRITERS - 1)
    }
    await expectSound(test.instance)
  })

  it('[D2] edges that would close a cycle together: never all of them', async () => {
    const group = await makeGroup(test)
    for (const _ of times(ROUNDS)) {
      const ring: Data[] = []
      for (const at of times(WRITERS)) ring.push(await makeMilestone(test, group, { [`R${at}`]: [] }))
      const edge = (at: number) => ({
        milestone_id: ring[at].milestone_id,
        order: 1,
        depends_on: [`${ring[(at + 1) % WRITERS].milestone_id}:1`],
      })
      const all = await outcomes(times(WRITERS).map((at) => test.run(updateCheckpoint, edge(at))))
      expect(count(all, 'changed')).toBe(WRITERS - 1)
      expect(count(all, 'cycle')).toBe(1)
    }
    await expectSound(test.instance)
  })

  it('[D1] a completion against a new dependency: one order wins, the other gets the answer which that implies', async () => {
    const group = await makeGroup(test)
    for (const _ of times(ROUNDS)) {
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: [] })
      const complete = () => test.run(completeCheckpoint, { milestone_id, order: 2 })
      const depend = () => test.run(updateCheckpoint, { milestone_id, order: 2, depends_on: [1] })
      const all = await outcomes(times(WRITERS).map((at) => (at % 2 === _ % 2 ? complete() : depend())))
      const { data } = await test.run(getMilestoneOperation, { milestone_id })
      const completed = data.checkpoints[1].status === 'completed'
      expect(data.checkpoints[1].depends_on).toEqual(completed ? [] : [1])
      expect(count(all, completed ? 'checkpoint_completed' : 'blocked')).toBe(WRITERS / 2)
      expect(count(all, 'changed')).toBe(1)
    }
    await expectSound(test.instance)
  })

  it('[D1] a completion against the reopening of what it depends on: never completed over pending', async () => {
    const group = await makeGroup(test)
    for (const round of times(ROUNDS)) {
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'], C: [] })
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      const complete = () => test.run(completeCheckpoint, { milestone_id, order: 2 })
      const reopen = () => test.run(reopenCheckpoint, { milestone_id, order: 1, reason: 'wrong' })
      const all = await outcomes(times(WRITERS).map((at) => ((at + round) % 2 === 0 ? complete() : reopen())))
      const { data } = await test.run(getMilestoneOperation, { milestone_id })
      const [a, b] = data.checkpoints
      expect([a.status, b.status]).not.toEqual(['pending', 'completed'])
      expect(all.every((one) => ['changed', 'same', 'blocked', 'dependents_completed', 'not_completed'].includes(one))).toBe(true)
    }
    await expectSound(test.instance)
  })

  it('[M2] the last checkpoints of a milestone at once: it closes exactly once', async () => {
    const group = await makeGroup(test)
    const sketch = Object.fromEntries(times(WRITERS).map((at) => [`P${at}`, []]))
    const { milestone_id } = await makeMilestone(test, group, sketch)
    await outcomes(times(WRITERS).map((at) => test.run(completeCheckpoint, { milestone_id, order: at + 1 })))
    const { rows } = await test.instance.pool.query(`select from events where milestone_id = $1 and type = 'milestone.closed'`, [
      milestone_id,
    ])
    expect(rows).toHaveLength(1)
  })

  it('[M1] inserts and deletes at once keep the numbers dense and every edge on its target', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'], C: ['B'] })
    await outcomes([
      ...times(WRITERS).map((at) => test.run(addCheckpoint, { milestone_id, title: `I${at}`, position: (at % 3) + 1 })),
      ...times(WRITERS / 2).map(() => test.run(deleteCheckpoint, { milestone_id, order: 2 })),
    ])
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    const on = (title: string) => {
      const found = data.checkpoints.find((checkpoint: Data) => checkpoint.title === title)
      return found?.depends_on.map((order: number) => data.checkpoints[order - 1].title)
    }
    expect([on('A'), on('B'), on('C')]).toEqual([[], ['A'], ['B']])
    await expectSound(test.instance)
  })
})

describe('one batch', () => {
  const test = useInstance()

  const batchesOf = async (from: number) => {
    const { rows } = await test.instance.pool.query('select distinct batch from events where seq > $1', [from])
    return rows.length
  }

  it('[C3] an edge and the deletion of its target: the deletion sees the edge that is not stored yet', async () => {
    const group = await makeGroup(test)
    const target = await makeMilestone(test, group, { Target: [], Other: [] })
    const { milestone_id, seq } = { ...(await makeMilestone(test, group, { Waiting: [] })), seq: 0 }
    const { rows } = await test.instance.pool.query('select seq from workspaces')
    const all = await outcomes([
      test.run(updateCheckpoint, { milestone_id, order: 1, depends_on: [`${target.milestone_id}:1`] }),
      test.run(deleteCheckpoint, { milestone_id: target.milestone_id, order: 1 }),
    ])
    expect(all).toEqual(['changed', 'has_dependents'])
    expect(await batchesOf(Math.max(seq, rows[0].seq))).toBe(1)
    await expectSound(test.instance)
  })

  it('[D4] a deletion and an edge to what it deleted: the edge finds nothing', async () => {
    const group = await makeGroup(test)
    const target = await makeMilestone(test, group, { Target: [], Other: [] })
    const [{ checkpoint_id }] = target.checkpoints
    const { milestone_id } = await makeMilestone(test, group, { Waiting: [] })
    const all = await outcomes([
      test.run(deleteCheckpoint, { milestone_id: target.milestone_id, order: 1 }),
      test.run(updateCheckpoint, { milestone_id, order: 1, depends_on: [checkpoint_id] }),
    ])
    expect(all).toEqual(['changed', 'invalid_dependency'])
  })

  /** As if another process had written: the world is empty, then holds one unrelated milestone, so that the batch under test loads as it goes. */
  const forget = async (group: string) => {
    const { milestone_id } = await makeMilestone(test, group, { Unrelated: [] })
    await test.instance.pool.query(`update workspaces set head = 'elsewhere'`)
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
  }

  it('a deletion and a load of the same milestone: the load does not revive what the batch deleted', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [], B: [], C: [] })
    await forget(group)
    const all = await outcomes([
      test.run(deleteCheckpoint, { milestone_id, order: 1 }),
      test.run(deleteMilestone, { milestone_id }),
      test.run(completeCheckpoint, { milestone_id, order: 1 }),
    ])
    expect(all).toEqual(['changed', 'changed', 'not_found'])
    await expectSound(test.instance)
  })

  it('a deleted dependent does not come back with a later load of what it waited for', async () => {
    const group = await makeGroup(test)
    const above = await makeMilestone(test, group, { Above: [] })
    const below = await makeMilestone(test, group, { Below: [`${above.milestone_id}:1`] })
    await forget(group)
    const all = await outcomes([
      test.run(deleteCheckpoint, { milestone_id: below.milestone_id, order: 1 }),
      test.run(deleteCheckpoint, { milestone_id: above.milestone_id, order: 1 }),
    ])
    expect(all).toEqual(['changed', 'changed'])
    await expectSound(test.instance)
  })

  it('[D1] a completion earlier in the batch is not undone by a later load of the same row', async () => {
    const group = await makeGroup(test)
    const above = await makeMilestone(test, group, { Above: [] })
    const below = await makeMilestone(test, group, { Below: [`${above.milestone_id}:1`] })
    await forget(group)
    const all = await outcomes([
      test.run(completeCheckpoint, { milestone_id: above.milestone_id, order: 1 }),
      test.run(completeCheckpoint, { milestone_id: below.milestone_id, order: 1 }),
    ])
    expect(all).toEqual(['changed', 'changed'])
    await expectSound(test.instance)
  })

  it('[H2] a refused call rests on an earlier one of its batch, and leaves nothing', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'] })
    const all = await outcomes([
      test.run(completeCheckpoint, { milestone_id, order: 2 }),
      test.run(completeCheckpoint, { milestone_id, order: 1 }),
      test.run(completeCheckpoint, { milestone_id, order: 2 }),
    ])
    expect(all).toEqual(['blocked', 'changed', 'changed'])
    await expectSound(test.instance)
  })

  it('frees a slug and takes it again', async () => {
    const { createProject, updateProject } = await import('@/lib/operations')
    const group_id = await makeGroup(test)
    const { data } = await test.run(createProject, { group_id, title: 'Alpha' })
    const all = await outcomes([
      test.run(updateProject, { project_id: data.project_id, slug: 'beta' }),
      test.run(createProject, { group_id, title: 'Other', slug: 'alpha' }),
    ])
    expect(all).toEqual(['changed', 'changed'])
  })

  it('answers a bug in one decision to its own caller, and the others as if it were not there', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [] })
    const broken = test.instance.lane.submit({
      decide: () => {
        throw new TypeError('a bug')
      },
      answer: () => 'null',
      remember: null,
      bytes: 0,
      left: () => false,
    })
    const [bug, fine] = await Promise.allSettled([broken, test.run(completeCheckpoint, { milestone_id, order: 1 })])
    expect(bug).toMatchObject({ status: 'rejected', reason: new TypeError('a bug') })
    expect(fine.status).toBe('fulfilled')
  })

  it('drops a caller who left before its turn, without effect', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [] })
    const leaving = execute(test.instance, completeCheckpoint, {
      input: { milestone_id, order: 1 },
      actor: test.owner,
      signal: AbortSignal.abort(),
    })
    await expect(leaving).rejects.toThrow('The caller stopped waiting before this call was decided.')
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    expect(drawn(data)).toBe('1A<')
    expect(data.checkpoints[0].status).toBe('pending')
  })

  it('refuses more than it can hold as busy, and does all that it took', async () => {
    const group_id = await makeGroup(test)
    const calls = times(4_200).map((at) => test.run(createMilestone, { group_id, title: `M${at}` }))
    const all = await outcomes(calls)
    expect(count(all, 'busy')).toBeGreaterThan(0)
    // A slow machine does not get to all of them within the five seconds in which each is answered.
    const [made, late] = [count(all, 'changed'), count(all, 'unavailable')]
    expect(count(all, 'busy') + made + late).toBe(4_200)
    const { rows } = await test.instance.pool.query('select count(*)::int as n from milestones where group_id = $1', [group_id])
    expect(rows[0].n).toBeGreaterThanOrEqual(made)
    expect(rows[0].n).toBeLessThanOrEqual(made + late)
  })
})

describe('who listens to the lane', () => {
  const test = useInstance()

  it('[E4] is told up to which number it has written: after the commit, before the answer, and not for what changed nothing', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [], B: [] })
    const order: string[] = []
    const seen: Promise<boolean>[] = []
    const isStored = async (seq: number) =>
      (await test.instance.pool.query('select seq from workspaces where seq >= $1', [seq])).rows.length === 1
    const end = test.instance.lane.onCommitted((seq) => {
      order.push(`told ${seq}`)
      seen.push(isStored(seq))
    })
    const completed = await test.run(completeCheckpoint, { milestone_id, order: 1 }).then((answer) => {
      order.push('answered')
      return answer
    })
    const { rows } = await test.instance.pool.query('select seq from workspaces')
    expect(order).toEqual([`told ${completed.seq}`, 'answered'])
    expect(rows[0].seq).toBe(completed.seq)
    expect(await Promise.all(seen)).toEqual([true])
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    expect(order).toHaveLength(2)
    end()
    await test.run(completeCheckpoint, { milestone_id, order: 2 })
    expect(order).toHaveLength(2)
  })

  it('[H2] cannot undo or repeat a change by failing', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const said = vi.spyOn(log, 'error').mockImplementation(() => undefined)
    const end = test.instance.lane.onCommitted(() => {
      throw new Error('a listener fails')
    })
    const { changed } = await test.run(completeCheckpoint, { milestone_id, order: 1 })
    end()
    expect(said).toHaveBeenCalledTimes(1)
    said.mockRestore()
    expect(changed).toBe(true)
    await expectSound(test.instance)
  })
})
