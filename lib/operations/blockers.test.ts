import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { groupKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { refusal } from '@/lib/testing/watch'
import {
  claimCheckpoint,
  completeCheckpoint,
  createMilestone,
  failCheckpoint,
  getMilestoneOperation,
  releaseCheckpoint,
  updateGroup,
  whyBlocked,
} from '.'

describe('why a checkpoint is blocked', () => {
  const test = useInstance()
  let group_id: string
  let agent: Actor

  beforeAll(async () => {
    group_id = await makeGroup(test)
    agent = await test.agent(group_id, 'worker')
  })

  const why = async (milestone_id: string, order: number | string, by = test.owner): Promise<Data> =>
    (await test.run(whyBlocked, { milestone_id, order }, by)).data
  const causes = ({ root_causes }: Data) => root_causes.map(({ ref, path, length }: Data) => [ref, path, length])

  it('[D1] names what it waits for directly, in the sentence of its refusal, and in the end, with the shortest way', async () => {
    const far = await makeMilestone(test, group_id, { X: [], Y: ['X'] })
    const ref = (order: number) => `${far.milestone_id}:${order}`
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'], C: ['B', ref(2)], D: ['B', 'C'], E: ['D', 'A'] })
    const told = await why(milestone_id, 5)
    expect(told).toMatchObject({ state: 'blocked', sentence: 'Checkpoint 5 depends on checkpoint 1 and checkpoint 4 which are pending' })
    expect((await refusal(test, completeCheckpoint, { milestone_id, order: 5 })).message).toBe(told.sentence)
    expect(told.blockers.map(({ ref }: Data) => ref)).toEqual([1, 4])
    expect(causes(told)).toEqual([
      [1, [5, 1], 1],
      [ref(1), [5, 4, 3, ref(2), ref(1)], 4],
    ])
    expect(told.root_cause_count).toBe(2)
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await test.run(completeCheckpoint, { milestone_id: far.milestone_id, order: 1 })
    expect(causes(await why(milestone_id, 5))).toEqual([
      [2, [5, 4, 2], 2],
      [ref(2), [5, 4, 3, ref(2)], 3],
    ])
  })

  it('[N1] says who holds a root cause and until when, why it failed, and that it waits for a vote', async () => {
    const checkpoints = [{ title: 'A' }, { title: 'B' }, { title: 'C', requires_consensus: true }, { title: 'D', depends_on: [1, 2, 3] }]
    const { milestone_id } = (await test.run(createMilestone, { group_id, title: 'M', checkpoints })).data
    const { claim } = (await test.run(claimCheckpoint, { milestone_id, order: 1 }, agent)).data
    await test.run(failCheckpoint, { milestone_id, order: 2, reason: 'The tests are red' })
    const { root_causes, blockers } = await why(milestone_id, 4)
    expect(root_causes).toMatchObject([
      { ref: 1, state: 'claimed', held_by_name: 'worker', claim_expires_at: claim.expires_at, last_failure: null },
      { ref: 2, state: 'failed', held_by_name: null, claim_expires_at: null, last_failure: 'The tests are red' },
      { ref: 3, state: 'awaiting_consensus', held_by_name: null },
    ])
    expect(blockers).toEqual((await test.run(getMilestoneOperation, { milestone_id })).data.checkpoints[3].blocked_by)
  })

  it('says what else stands in the way of one that is not blocked, or that nothing does', async () => {
    const checkpoints = [{ title: 'A' }, { title: 'B', requires_consensus: true }]
    const { data } = await test.run(createMilestone, { group_id, title: 'M', checkpoints })
    const { milestone_id } = data
    const sentence = async (order = 1) => {
      const told = await why(milestone_id, order)
      expect(told).toMatchObject({ blockers: [], root_causes: [], root_cause_count: 0 })
      return told.sentence
    }
    expect(await sentence()).toBe('Nothing stands in the way of checkpoint 1: it can be claimed.')
    expect(await sentence(2)).toBe(
      `Checkpoint 2 needs a vote of the group, and its proposal ${data.checkpoints[1].requires_proposal_id} has not passed. Vote on it, or wait until it has passed.`,
    )
    const { claim } = (await test.run(claimCheckpoint, { milestone_id, order: 1 }, agent)).data
    expect(await sentence()).toBe(`Checkpoint 1 is claimed by "worker" until ${claim.expires_at}. Nothing else stands in its way.`)
    await test.run(releaseCheckpoint, { milestone_id, order: 1, claim_id: claim.claim_id }, agent)
    for (let times = 0; times < 3; times++) {
      expect(await sentence()).toBe('Nothing stands in the way of checkpoint 1: it can be claimed.')
      await test.run(failCheckpoint, { milestone_id, order: 1, reason: 'no' })
    }
    expect(await sentence()).toContain('a person must give it back')
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    expect(await sentence()).toBe('Checkpoint 1 is completed, so nothing stands in its way.')
  })

  it('shows only ids and states of what is in a private group, and takes paths through it', async () => {
    const hidden = await makeGroup(test)
    const beyond = await makeMilestone(test, group_id, { Root: [] })
    const inside = await makeMilestone(test, hidden, { S3cr3t: [`${beyond.milestone_id}:1`], 'S3cr3t too': [] })
    const { milestone_id } = await makeMilestone(test, group_id, { A: [`${inside.milestone_id}:1`, `${inside.milestone_id}:2`] })
    await test.run(claimCheckpoint, { milestone_id: inside.milestone_id, order: 2 })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const { actor } = await groupKey(test, group_id)
    const told = await why(milestone_id, 1, actor)
    const [first, second] = inside.checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
    expect(causes(told)).toEqual([
      [second, [1, second], 1],
      [`${beyond.milestone_id}:1`, [1, first, `${beyond.milestone_id}:1`], 2],
    ])
    expect(told.root_causes[0]).toMatchObject({ private: true, title: '', state: 'claimed', held_by_name: null, claim_expires_at: null })
    expect(JSON.stringify(told)).not.toMatch(/s3cr3t/i)
    expect(JSON.stringify(told)).not.toContain(inside.milestone_id)
  })

  it('names 20 root causes, nearest first and then in the order of references, and the ends of a long way', async () => {
    const count = 45
    const plan = Object.fromEntries(Array.from({ length: count }, (_, at) => [`S${at}`, at > 0 ? [at] : []]))
    const chain = await makeMilestone(test, group_id, plan)
    const wide = await makeMilestone(test, group_id, Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`W${at}`, []])))
    const on = wide.checkpoints.map(({ order }: Data) => `${wide.milestone_id}:${order}`)
    const { milestone_id } = await makeMilestone(test, group_id, {
      Near: [],
      Last: [`${chain.milestone_id}:${count}`],
      All: ['Near', ...on, 'Last'],
    })
    const all = await why(milestone_id, 3)
    expect(all.root_cause_count).toBe(32)
    expect(all.root_causes.map(({ ref }: Data) => ref)).toEqual([1, ...on.slice(0, 19)])
    const long = await why(milestone_id, 2)
    const step = (order: number) => `${chain.milestone_id}:${order}`
    const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => step(from - at))
    expect(causes(long)).toEqual([[step(1), [2, ...down(count, count - 8), ...down(10, 1)], count]])
  })
})
