import { describe, expect, it } from 'vitest'
import { type Data, useInstance } from '@/lib/testing/instance'
import { drawn, makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { densePlan } from '@/lib/testing/plans'
import { refusal, watch } from '@/lib/testing/watch'
import {
  addCheckpoint,
  closeMilestone,
  completeCheckpoint,
  createMilestone,
  createProject,
  deleteCheckpoint,
  deleteMilestone,
  getMilestoneOperation,
  getProjectOperation,
  listMilestones,
  listProjectMilestones,
  reopenMilestone,
  updateCheckpoint,
  updateMilestone,
} from '.'

describe('milestones', () => {
  const test = useInstance()
  const read = async (milestone_id: string): Promise<Data> => (await test.run(getMilestoneOperation, { milestone_id })).data

  it('[M1] [D4] are planned with their checkpoints, of which each event holds ids', async () => {
    const group_id = await makeGroup(test)
    await makeMilestone(test, group_id, {})
    const checkpoints = [
      { title: 'A' },
      { title: 'B', depends_on: [1, 1] },
      { title: 'C', depends_on: [1, 2], git_pr_url: 'https://git.test/1' },
    ]
    const { data, events, types } = await watch(test, createMilestone, { group_id, title: 'Plan', description: 'Why', checkpoints })
    expect(types).toEqual(['milestone.created', 'checkpoint.added', 'checkpoint.added', 'checkpoint.added'])
    expect(data).toMatchObject({
      title: 'Plan',
      status: 'active',
      progress: '0/3',
      total_checkpoints: 3,
      url: `http://cairn.test/m/${data.milestone_id}`,
    })
    expect(drawn(data)).toBe('1A< 2B<1 3C<1+2')
    expect(data.checkpoints.map(({ state }: Data) => state)).toEqual(['ready', 'blocked', 'blocked'])
    const [a, b] = data.checkpoints
    expect(events.map(({ data: { depends_on } }) => depends_on)).toEqual([
      undefined,
      [],
      [a.checkpoint_id],
      [a.checkpoint_id, b.checkpoint_id],
    ])
    expect(data.version).toBe(events.at(-1)?.seq)
    expect(await read(data.milestone_id)).toEqual(data)
  })

  it('[M1] take explicit numbers in any sequence, if they are exactly 1 to n', async () => {
    const group_id = await makeGroup(test)
    const plan = (...orders: (number | undefined)[]) => ({
      group_id,
      title: 'Numbered',
      checkpoints: orders.map((order) => ({ title: `T${order}`, order, depends_on: order === 3 ? [1] : [] })),
    })
    expect(drawn((await test.run(createMilestone, plan(3, 1, 2))).data)).toBe('1T1< 2T2< 3T3<1')
    for (const wrong of [plan(1, 3), plan(0, 1), plan(1, 1), plan(2), plan(1, undefined), plan(-1, 1)])
      expect((await refusal(test, createMilestone, wrong)).code).toBe('invalid')
  })

  it('[D3] refuse a dependency that is later, itself, or missing, and say which', async () => {
    const group_id = await makeGroup(test)
    for (const on of [1, 2, 3, 0, -1, 'ms_x:1', 'cp_x', '', 'ms_x:0', '01']) {
      const checkpoints = [{ title: 'A', depends_on: [on] }, { title: 'B' }]
      const error = await refusal(test, createMilestone, { group_id, title: 'x', checkpoints })
      expect(error).toMatchObject({ code: 'invalid_dependency', details: { depends_on: on } })
    }
  })

  it('have at most 500 checkpoints, of which each has at most 50 dependencies', async () => {
    const group_id = await makeGroup(test)
    const plan = (count: number, each: number) => ({ group_id, ...densePlan(count, each) })
    expect((await refusal(test, createMilestone, plan(501, 0))).message).toContain('500')
    expect((await refusal(test, createMilestone, plan(60, 51))).message).toContain('50')
    const { milestone_id, checkpoints } = (await test.run(createMilestone, plan(500, 50))).data
    expect(checkpoints[499].depends_on).toHaveLength(50)
    expect((await refusal(test, addCheckpoint, { milestone_id, title: 'x' })).code).toBe('invalid')
  })

  it('lie in a project of their own group, and nowhere else', async () => {
    const [group_id, other] = [await makeGroup(test), await makeGroup(test)]
    const elsewhere = (await test.run(createProject, { group_id: other, title: 'Elsewhere' })).data.project_id
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    for (const project_id of [elsewhere, 'proj_nowhere', '']) {
      if (project_id) expect((await refusal(test, createMilestone, { group_id, title: 'x', project_id })).code).toBe('invalid')
      expect((await refusal(test, updateMilestone, { milestone_id, project_id })).code).toBe('invalid')
    }
  })

  it('move between projects, whose counts follow', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id, project_id: from } = await makeMilestone(test, group_id, { A: [] })
    const to = (await test.run(createProject, { group_id, title: 'To' })).data.project_id
    const { types, data } = await watch(test, updateMilestone, { milestone_id, project_id: to })
    expect(types).toEqual(['milestone.updated'])
    expect(data.project_id).toBe(to)
    const count = async (project_id: string) => (await test.run(getProjectOperation, { project_id })).data.milestone_count
    expect([await count(from), await count(to)]).toEqual([0, 1])
    await test.run(deleteMilestone, { milestone_id })
    expect(await count(to)).toBe(0)
  })

  it('[M2] close with their last completion, and are closed by hand only when nothing is pending', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 2 })
    expect(await refusal(test, closeMilestone, { milestone_id })).toMatchObject({
      code: 'incomplete',
      details: { pending: [{ order: 1, title: 'A' }] },
    })
    const last = await watch(test, completeCheckpoint, { milestone_id, order: 1 })
    expect(last.types).toEqual(['checkpoint.completed', 'milestone.closed'])
    expect(last.data).toMatchObject({ status: 'closed', progress: '2/2', closed_at: expect.any(String) })
    expect((await refusal(test, closeMilestone, { milestone_id })).code).toBe('milestone_closed')
    expect((await watch(test, reopenMilestone, { milestone_id })).data).toMatchObject({
      status: 'active',
      progress: '2/2',
      closed_at: null,
    })
    expect((await watch(test, closeMilestone, { milestone_id })).types).toEqual(['milestone.closed'])
    const empty = await makeMilestone(test, group_id, {})
    expect((await refusal(test, closeMilestone, { milestone_id: empty.milestone_id })).code).toBe('incomplete')
  })

  it('once closed keep their texts, though saying them again changes nothing', async () => {
    const { milestone_id, title } = await makeMilestone(test, await makeGroup(test), { A: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    for (const texts of [{ title: 'New' }, { description: 'New' }])
      expect((await refusal(test, updateMilestone, { milestone_id, ...texts })).code).toBe('milestone_closed')
    expect((await watch(test, updateMilestone, { milestone_id, title })).changed).toBe(false)
  })

  it('are deleted only while nothing in them is completed and nothing outside waits for them', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const other = await makeMilestone(test, group_id, { C: [`${milestone_id}:2`] })
    const waited = await refusal(test, deleteMilestone, { milestone_id })
    expect(waited).toMatchObject({ code: 'has_dependents', details: { dependents: [{ ref: `${other.milestone_id}:1`, title: 'C' }] } })
    await test.run(deleteMilestone, { milestone_id: other.milestone_id })
    const { data, types } = await watch(test, deleteMilestone, { milestone_id })
    expect(data).toEqual({ milestone_id, deleted: true })
    expect(types).toEqual(['milestone.deleted'])
    expect((await refusal(test, getMilestoneOperation, { milestone_id })).code).toBe('not_found')
    const again = await refusal(test, createMilestone, {
      group_id,
      title: 'x',
      checkpoints: [{ title: 'x', depends_on: [checkpoints[0].checkpoint_id] }],
    })
    expect(again.code).toBe('invalid_dependency')
    const done = await makeMilestone(test, group_id, { A: [], B: [] })
    await test.run(completeCheckpoint, { milestone_id: done.milestone_id, order: 1 })
    expect((await refusal(test, deleteMilestone, { milestone_id: done.milestone_id })).code).toBe('checkpoint_completed')
  })

  it('have a version that moves with structure, texts and the numbers they refer to, and not with completions and links', async () => {
    const group_id = await makeGroup(test)
    const far = await makeMilestone(test, group_id, { A: [], B: [] })
    const { milestone_id } = await makeMilestone(test, group_id, { C: [`${far.milestone_id}:2`], D: [] })
    const version = async () => (await read(milestone_id)).version
    const moves = async (run: () => Promise<{ seq: number }>) => {
      const before = await version()
      const { seq } = await run()
      return [await version(), before].includes(seq) && (await version()) !== before
    }
    expect(await moves(() => test.run(completeCheckpoint, { milestone_id, order: 2 }))).toBe(false)
    expect(await moves(() => test.run(updateCheckpoint, { milestone_id, order: 1, note: 'n' }))).toBe(false)
    expect(await moves(() => test.run(addCheckpoint, { milestone_id: far.milestone_id, title: 'Last' }))).toBe(false)
    expect(await moves(() => test.run(updateMilestone, { milestone_id, title: 'New' }))).toBe(true)
    expect(await moves(() => test.run(addCheckpoint, { milestone_id: far.milestone_id, title: 'First', position: 1 }))).toBe(true)
    expect((await read(milestone_id)).checkpoints[0].depends_on).toEqual([`${far.milestone_id}:3`])
    expect(await moves(() => test.run(deleteCheckpoint, { milestone_id: far.milestone_id, order: 1 }))).toBe(true)
    expect(await moves(() => test.run(addCheckpoint, { milestone_id, title: 'E' }))).toBe(true)
  })

  it('changed by who knows an old version are not changed', async () => {
    const { milestone_id, version } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    const { data } = await test.run(addCheckpoint, { milestone_id, title: 'New', position: 1, expected_version: version })
    const calls = [
      await refusal(test, updateMilestone, { milestone_id, title: 'x', expected_version: version }),
      await refusal(test, addCheckpoint, { milestone_id, title: 'x', expected_version: version }),
      await refusal(test, updateCheckpoint, { milestone_id, order: 1, title: 'x', expected_version: version }),
      await refusal(test, deleteCheckpoint, { milestone_id, order: 1, expected_version: version }),
      await refusal(test, completeCheckpoint, { milestone_id, order: 1, expected_version: version }),
    ]
    for (const error of calls) {
      expect(error).toMatchObject({ code: 'version_mismatch', details: { version: data.version } })
      expect(error.details.checkpoints).toMatchObject([
        { order: 1, title: 'New' },
        { order: 2, title: 'A' },
        { order: 3, title: 'B' },
      ])
    }
    expect((await test.run(completeCheckpoint, { milestone_id, order: 1, expected_version: data.version })).changed).toBe(true)
  })

  it('are listed newest first by pages, none twice and none missing, while others are added', async () => {
    const group_id = await makeGroup(test)
    const made = await Promise.all(Array.from({ length: 11 }, (_, at) => makeMilestone(test, group_id, { [`A${at}`]: [] })))
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const { data }: Data = await test.run(listMilestones, { group_id, limit: 4, ...(cursor ? { cursor } : {}) })
      ids.push(...data.milestones.map(({ milestone_id }: Data) => milestone_id))
      cursor = data.next_cursor
      await makeMilestone(test, group_id, {})
    } while (cursor)
    expect(ids.length).toBe(11)
    expect(new Set(ids)).toEqual(new Set(made.map(({ milestone_id }) => milestone_id)))
  })

  it('are listed with their counts and without their checkpoints, by group, project and status', async () => {
    const group_id = await makeGroup(test)
    const open = await makeMilestone(test, group_id, { A: [], B: [] })
    const closed = await makeMilestone(test, group_id, { A: [] })
    await test.run(completeCheckpoint, { milestone_id: open.milestone_id, order: 2 })
    await test.run(completeCheckpoint, { milestone_id: closed.milestone_id, order: 1 })
    const { checkpoints: _, ...summary } = await read(open.milestone_id)
    const listed = async (input: object) => (await test.run(listMilestones, { group_id, ...input })).data.milestones
    expect(await listed({ status: 'active' })).toEqual([summary])
    expect((await listed({ status: 'closed' })).map(({ milestone_id }: Data) => milestone_id)).toEqual([closed.milestone_id])
    expect((await listed({})).map(({ milestone_id }: Data) => milestone_id)).toEqual([closed.milestone_id, open.milestone_id])
    const of = await test.run(listProjectMilestones, { project_id: open.project_id, status: 'active' })
    expect(of.data).toEqual({ milestones: [summary], next_cursor: null })
  })

  it('[H1] are read with everything that was acknowledged before, under many writers', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), {})
    await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const written = await test.run(addCheckpoint, { milestone_id, title: `S${at}` })
        const seen = await test.run(getMilestoneOperation, { milestone_id })
        expect(seen.seq).toBeGreaterThanOrEqual(written.seq)
        expect(seen.data.checkpoints.some(({ title }: Data) => title === `S${at}`)).toBe(true)
        expect(seen.data.version).toBeLessThanOrEqual(seen.seq)
      }),
    )
    expect((await read(milestone_id)).total_checkpoints).toBe(20)
  })

  it('[H1] [E1] are changed in the order of their answers', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), {})
    let last = 0
    for (let at = 0; at < 10; at++) {
      const { seq } = await test.run(addCheckpoint, { milestone_id, title: `S${at}` })
      expect(seq).toBe(last === 0 ? seq : last + 1)
      last = seq
    }
  })
})
