import { describe, expect, it } from 'vitest'
import { join, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { refusal, watch } from '@/lib/testing/watch'
import {
  addCheckpoint,
  archiveProject,
  completeCheckpoint,
  createMilestone,
  createProject,
  getMilestoneOperation,
  reopenCheckpoint,
} from '.'

describe('completing', () => {
  const test = useInstance()

  it('[D1] is refused while a dependency is pending, and names every blocker', async () => {
    const group_id = await makeGroup(test)
    const far = await makeMilestone(test, group_id, { X: [] })
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: ['A'], C: ['B', `${far.milestone_id}:1`] })
    const error = await refusal(test, completeCheckpoint, { milestone_id, order: 3 })
    expect(error.message).toBe(`Checkpoint 3 depends on checkpoint 2 and ${far.milestone_id}:1 which are pending`)
    expect(error).toMatchObject({
      code: 'blocked',
      details: {
        checkpoint_id: checkpoints[2].checkpoint_id,
        blockers: [
          { ref: 2, title: 'B', state: 'blocked', private: false, held_by_name: null, last_failure: null },
          { ref: `${far.milestone_id}:1`, title: 'X', state: 'ready', milestone_title: far.title },
        ],
      },
    })
  })

  it('records by whom, when, in which session and with what, and unblocks what waited', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const agent = await test.agent(group_id, 'worker')
    const input = { milestone_id, order: 1, note: 'done', git_commit_url: 'https://git.test/c', hil_expiry_seconds: 60 }
    const { data, types, seq } = await watch(test, completeCheckpoint, input, agent)
    expect(types).toEqual(['checkpoint.linked', 'checkpoint.completed'])
    const [a, b] = data.checkpoints
    expect(a).toMatchObject({ status: 'completed', state: 'completed', completed_by: agent.actor_id, completed_by_name: 'worker' })
    expect(a).toMatchObject({ completed_session: 'worker-1', note: 'done', git_commit_url: 'https://git.test/c' })
    expect(b).toMatchObject({ state: 'ready', blocked_by: [] })
    const { rows } = await test.instance.pool.query('select completed_seq from checkpoints where checkpoint_id = $1', [a.checkpoint_id])
    expect(rows[0].completed_seq).toBe(seq)
  })

  it('[C2] twice, by anyone and with anything, changes nothing', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
    const first = await watch(test, completeCheckpoint, { milestone_id, order: 1 })
    const agent = await test.agent(group_id, 'late')
    const again = await watch(test, completeCheckpoint, { milestone_id, order: 1, note: 'me too', claim_id: 'clm_x' }, agent)
    expect(again).toMatchObject({ changed: false, types: [], data: first.data })
  })

  it('[C2] at once by many: one completes, the others are told that it is', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    const all = await Promise.all(Array.from({ length: 12 }, () => test.run(completeCheckpoint, { milestone_id, order: 1 })))
    expect(all.filter(({ changed }) => changed)).toHaveLength(1)
    expect(new Set(all.map(({ data }) => JSON.stringify(data.checkpoints[0]))).size).toBe(1)
  })

  it('[L1] under a claim that is not the live one is refused', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    expect((await refusal(test, completeCheckpoint, { milestone_id, order: 1, claim_id: 'clm_x' })).code).toBe('claim_lost')
  })

  it('[G1] of a gated checkpoint is refused with the proposal to vote on', async () => {
    const group_id = await makeGroup(test)
    const { data } = await test.run(createMilestone, { group_id, title: 'G', checkpoints: [{ title: 'A', requires_consensus: true }] })
    const { milestone_id, checkpoints } = data
    const error = await refusal(test, completeCheckpoint, { milestone_id, order: 1 })
    const proposal_id = checkpoints[0].requires_proposal_id
    expect(error).toMatchObject({
      code: 'consensus_required',
      details: { milestone_id, proposal: { proposal_id, round: 1, electorate: 1, vote_count: 0 } },
    })
    expect(error.message).toContain(proposal_id)
  })
})

describe('reopening', () => {
  const test = useInstance()
  const done = async (group_id: string, sketch: Record<string, (string | number)[]>): Promise<Data> => {
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, sketch)
    let last: Data
    for (const { order } of checkpoints) last = (await test.run(completeCheckpoint, { milestone_id, order })).data
    return last
  }

  it('asks for a reason', async () => {
    const { milestone_id } = await done(await makeGroup(test), { A: [] })
    for (const reason of [undefined, '', '  ', 'x'.repeat(2_001), null])
      expect((await refusal(test, reopenCheckpoint, { milestone_id, order: 1, reason })).code).toBe('invalid')
  })

  it('[M2] undoes a completion, with its reason, and makes the milestone active', async () => {
    const { milestone_id } = await done(await makeGroup(test), { A: [], B: [] })
    const { types, data, events } = await watch(test, reopenCheckpoint, { milestone_id, order: 1, reason: 'Broken' })
    expect(types).toEqual(['checkpoint.reopened', 'milestone.reopened'])
    expect(events[0].data).toEqual({ reason: 'Broken', cause: null })
    expect(data).toMatchObject({ status: 'active', progress: '1/2' })
    expect(data.checkpoints[0]).toMatchObject({
      status: 'pending',
      state: 'ready',
      completed_by: null,
      completed_at: null,
      completed_session: null,
    })
    expect((await refusal(test, reopenCheckpoint, { milestone_id, order: 1, reason: 'x' })).code).toBe('not_completed')
  })

  it('[D1] under completed work is refused with the list, of direct dependents and those behind them', async () => {
    const group_id = await makeGroup(test)
    const one = await done(group_id, { A: [], B: ['A'] })
    const two = await done(group_id, { C: [`${one.milestone_id}:2`] })
    const error = await refusal(test, reopenCheckpoint, { milestone_id: one.milestone_id, order: 1, reason: 'x' })
    expect(error).toMatchObject({
      code: 'dependents_completed',
      details: { dependents: [{ ref: 2 }, { ref: `${two.milestone_id}:1` }], private_count: 0 },
    })
  })

  it('[D1] with cascade reopens all of it, the furthest first, each event naming the cause, in one batch', async () => {
    const group_id = await makeGroup(test)
    const one = await done(group_id, { A: [], B: ['A'] })
    const two = await done(group_id, { C: [`${one.milestone_id}:2`], D: [] })
    const { events, data } = await watch(test, reopenCheckpoint, { milestone_id: one.milestone_id, order: 1, reason: 'x', cascade: true })
    const [a, b] = one.checkpoints
    const [c] = two.checkpoints
    const reopened = events.filter(({ type }) => type === 'checkpoint.reopened')
    expect(reopened.map(({ checkpoint_id, data }) => [checkpoint_id, data.cause])).toEqual([
      [c.checkpoint_id, a.checkpoint_id],
      [b.checkpoint_id, a.checkpoint_id],
      [a.checkpoint_id, null],
    ])
    const active = events.filter(({ type }) => type === 'milestone.reopened')
    expect(active.map(({ milestone_id }) => milestone_id).sort()).toEqual([one.milestone_id, two.milestone_id].sort())
    expect(new Set(events.map(({ batch }) => batch)).size).toBe(1)
    expect(data.checkpoints.map(({ state }: Data) => state)).toEqual(['ready', 'blocked'])
    const other = (await test.run(getMilestoneOperation, { milestone_id: two.milestone_id })).data
    expect(other.checkpoints.map(({ state }: Data) => state)).toEqual(['blocked', 'completed'])
  })

  it('with cascade needs permission on the root only, and passes archived projects and groups that one may not read', async () => {
    const [mine, theirs] = [await makeGroup(test), await makeGroup(test, { visibility: 'private' })]
    const person = await makePerson(test, 'Upstream')
    await join(test, mine, person)
    const root = await done(mine, { A: [] })
    const { project_id } = (await test.run(createProject, { group_id: theirs, title: 'Old' })).data
    const checkpoints = [{ title: 'Hidden', depends_on: [`${root.milestone_id}:1`] }]
    const { milestone_id } = (await test.run(createMilestone, { group_id: theirs, project_id, title: 'H', checkpoints })).data
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await test.run(archiveProject, { project_id })
    const input = { milestone_id: root.milestone_id, order: 1, reason: 'x' }
    expect(await refusal(test, reopenCheckpoint, input, person)).toMatchObject({
      code: 'dependents_completed',
      details: { dependents: [], private_count: 1 },
    })
    await watch(test, reopenCheckpoint, { ...input, cascade: true }, person)
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    expect(data).toMatchObject({ status: 'active', checkpoints: [{ status: 'pending', state: 'blocked' }] })
  })

  it('[D1] a completed checkpoint waits for what is added after it by nobody', async () => {
    const { milestone_id } = await done(await makeGroup(test), { A: [] })
    const { data } = await watch(test, addCheckpoint, { milestone_id, title: 'Before', position: 1 })
    expect(data.checkpoints.map(({ state }: Data) => state)).toEqual(['ready', 'completed'])
  })

  it('leaves a sound workspace', () => expectSound(test.instance))
})
