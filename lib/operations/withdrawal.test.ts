import { describe, expect, it } from 'vitest'
import { join, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { drawn, makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { eventsAfter, positionOf, watch } from '@/lib/testing/watch'
import { completeCheckpoint, getMilestoneOperation, updateGroup, withdrawCheckpoint } from '.'

const reason = 'Nobody needs it'

describe('a withdrawal', () => {
  const test = useInstance()

  /** As another process would find it: nothing is loaded. */
  const forget = () => test.instance.pool.query(`update workspaces set head = 'elsewhere'`)
  const read = async (milestone_id: string): Promise<Data> => (await test.run(getMilestoneOperation, { milestone_id })).data

  it('[N2] is stored: edges, numbers and versions, here and in another milestone', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], X: ['A'], C: ['X', 'A'], D: ['X'] })
    const far = await makeMilestone(test, group_id, { F: [`${milestone_id}:2`, `${milestone_id}:4`] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await forget()
    const { data, types, events } = await watch(test, withdrawCheckpoint, { milestone_id, order: 2, reason })
    expect(drawn(data)).toBe('1A< 2C<1 3D<1')
    expect(types).toEqual([...Array(3).fill('checkpoint.relinked'), 'checkpoint.withdrawn'])
    expect(events[3].data).toEqual({ order: 2, reason, renumbers: [far.milestone_id] })
    await forget()
    const { relinked, private_count, ...milestone } = data
    expect(await read(milestone_id)).toEqual(milestone)
    expect({ relinked: relinked.map(({ title }: Data) => title), private_count }).toEqual({ relinked: ['C', 'D', 'F'], private_count: 0 })
    const { version, checkpoints: shown } = await read(far.milestone_id)
    expect(version).toBe(events[3].seq)
    expect(shown[0].depends_on).toEqual([`${milestone_id}:1`, `${milestone_id}:3`])
    const { rows } = await test.instance.pool.query('select 1 from dependencies where depends_on_id = $1', [checkpoints[1].checkpoint_id])
    expect(rows).toEqual([])
  })

  it('[N2] [H4] names those that it relinked to the same call again, also when another process answers', async () => {
    const group_id = await makeGroup(test)
    const hidden = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { X: [], C: ['X'] })
    await makeMilestone(test, hidden, { H: [`${milestone_id}:1`] })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const ada = await makePerson(test, 'Ada')
    await join(test, group_id, ada)
    const call = { milestone_id, order: 1, reason }
    const first = await test.run(withdrawCheckpoint, call, ada, { idempotency_key: 'once' })
    expect(first.data).toMatchObject({ relinked: [{ ref: 1, title: 'C' }], private_count: 1 })
    await forget()
    const before = await positionOf(test)
    const again = await test.run(withdrawCheckpoint, call, ada, { idempotency_key: 'once' })
    expect(again).toEqual({ ...first, replayed: true })
    expect(await positionOf(test)).toEqual(before)
  })

  it('[N2] of what many wait for relinks them all, however little is loaded', async () => {
    const WIDE = 300
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], X: ['A'] })
    const waiting = await Promise.all(Array.from({ length: WIDE }, () => makeMilestone(test, group_id, { W: [`${milestone_id}:2`] })))
    await forget()
    const { data } = await test.run(withdrawCheckpoint, { milestone_id, order: 2, reason })
    expect(data.relinked).toHaveLength(WIDE)
    expect((await read(waiting[WIDE - 1].milestone_id)).checkpoints[0].depends_on).toEqual([`${milestone_id}:1`])
  })

  it('[N2] races with the completion of a dependent: one order wins, and both answers fit it', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 10; round++) {
      const { milestone_id } = await makeMilestone(test, await makeGroup(test), { X: [], C: ['X'], D: [] })
      const dependent = (await read(milestone_id)).checkpoints[1].checkpoint_id
      const { seq } = await positionOf(test)
      const calls = [
        () => test.run(withdrawCheckpoint, { milestone_id, order: 1, reason }),
        () => test.run(completeCheckpoint, { milestone_id, order: dependent }),
      ]
      const settled = await Promise.allSettled((round % 2 === 0 ? calls : calls.toReversed()).map((call) => call()))
      const refusals = settled.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
      const types = (await eventsAfter(test, seq)).map(({ type }) => type)
      const told = refusals.length > 0 ? [] : ['checkpoint.completed']
      expect([types, refusals]).toEqual([['checkpoint.relinked', 'checkpoint.withdrawn', ...told], refusals.length > 0 ? ['blocked'] : []])
      outcomes.add(refusals.join())
    }
    expect([...outcomes].sort()).toEqual(['', 'blocked'])
  })

  it('leaves a sound workspace', () => expectSound(test.instance))
})
