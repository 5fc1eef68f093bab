import { describe, expect, it } from 'vitest'
import { type Data, useInstance } from '@/lib/testing/instance'
import { drawn, makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { refusal, watch } from '@/lib/testing/watch'
import { addCheckpoint, completeCheckpoint, createMilestone, deleteCheckpoint, deleteMilestone, updateCheckpoint } from '.'

describe('checkpoints', () => {
  const test = useInstance()

  it('[D4] are inserted at a position, and every dependency keeps its target', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'], C: ['A', 'B'] })
    const { data, types, events } = await watch(test, addCheckpoint, { milestone_id, title: 'N', position: 2, depends_on: [1] })
    expect(drawn(data)).toBe('1A< 2N<1 3B<1 4C<1+3')
    expect(types).toEqual(['checkpoint.added'])
    expect(events[0].data).toMatchObject({ order: 2, renumbers: [] })
  })

  it('[D3] numbers in the call mean those before the insert, and must be below the position', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    for (const on of [2, 3, 9]) {
      const error = await refusal(test, addCheckpoint, { milestone_id, title: 'N', position: 2, depends_on: [on] })
      expect(error).toMatchObject({ code: 'invalid_dependency', details: { depends_on: on } })
    }
    for (const position of [0, -1, 1.5, 4, 2 ** 53]) {
      const error = await refusal(test, addCheckpoint, { milestone_id, title: 'N', position })
      expect(error).toMatchObject({ code: 'invalid', details: { fields: [{ path: 'position' }] } })
    }
  })

  it('[M2] added to a closed milestone make it active again', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    const { types, data } = await watch(test, addCheckpoint, { milestone_id, title: 'B' })
    expect(types).toEqual(['milestone.reopened', 'checkpoint.added'])
    expect(data).toMatchObject({ status: 'active', progress: '1/2' })
  })

  it('[G1] added with a gate have an open proposal from then on', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), {})
    const { types, data } = await watch(test, addCheckpoint, { milestone_id, title: 'G', requires_consensus: true })
    expect(types).toEqual(['checkpoint.added', 'proposal.opened'])
    expect(data.checkpoints[0]).toMatchObject({ state: 'awaiting_consensus', proposal_status: 'open', requires_consensus: true })
  })

  it('[E2] are updated by an event for each kind of change, and by none for what is the same', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: [], C: ['A'] })
    const address = { milestone_id, order: 3 }
    const change = { title: 'C2', description: 'd', depends_on: [2], note: 'n', git_pr_url: 'https://git.test/1' }
    const { types, data, events } = await watch(test, updateCheckpoint, { ...address, ...change })
    expect(types).toEqual(['checkpoint.updated', 'checkpoint.dependency_removed', 'checkpoint.dependency_added', 'checkpoint.linked'])
    expect(events[1].data).toEqual({ depends_on: data.checkpoints[0].checkpoint_id, target_was_pending: true })
    expect(data.checkpoints[2]).toMatchObject({ ...change, git_branch_url: null })
    expect((await watch(test, updateCheckpoint, { ...address, ...change })).types).toEqual([])
    expect((await watch(test, updateCheckpoint, address)).types).toEqual([])
    const cleared = await watch(test, updateCheckpoint, { ...address, git_pr_url: null, note: '', depends_on: [] })
    expect(cleared.types).toEqual(['checkpoint.dependency_removed', 'checkpoint.linked'])
    expect(cleared.data.checkpoints[2]).toMatchObject({ git_pr_url: null, note: '', depends_on: [] })
  })

  it('[G1] begin a new round with a change of content, and not with one of links or note', async () => {
    const group_id = await makeGroup(test)
    const checkpoints = [{ title: 'A' }, { title: 'G', requires_consensus: true }]
    const { milestone_id } = (await test.run(createMilestone, { group_id, title: 'Gated', checkpoints })).data
    const types = async (change: object) => (await watch(test, updateCheckpoint, { milestone_id, order: 2, ...change })).types
    expect(await types({ title: 'G2' })).toEqual(['checkpoint.updated', 'proposal.round_started'])
    expect(await types({ depends_on: [1] })).toEqual(['checkpoint.dependency_added', 'proposal.round_started'])
    expect(await types({ note: 'n', git_pr_url: 'https://git.test/1' })).toEqual(['checkpoint.linked'])
    expect(await types({ title: 'G2', depends_on: [1] })).toEqual([])
  })

  it('[C1] once completed are frozen, but for links and note', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'], C: [] })
    for (const order of [1, 2]) await test.run(completeCheckpoint, { milestone_id, order })
    const address = { milestone_id, order: 2 }
    for (const change of [{ title: 'x' }, { description: 'x' }, { depends_on: [] }, { depends_on: [1, 3] }, { title: 'x', note: 'n' }])
      expect((await refusal(test, updateCheckpoint, { ...address, ...change })).code).toBe('checkpoint_completed')
    expect((await refusal(test, deleteCheckpoint, address)).code).toBe('checkpoint_completed')
    const { types } = await watch(test, updateCheckpoint, {
      ...address,
      title: 'B',
      depends_on: [1],
      note: 'n',
      git_commit_url: 'https://git.test/c',
    })
    expect(types).toEqual(['checkpoint.linked'])
  })

  it('[D2] refuse an edge that closes a cycle across milestones, with the path', async () => {
    const group_id = await makeGroup(test)
    const one = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const two = await makeMilestone(test, group_id, { C: [`${one.milestone_id}:2`] })
    const three = await makeMilestone(test, group_id, { D: [`${two.milestone_id}:1`] })
    const error = await refusal(test, updateCheckpoint, {
      milestone_id: one.milestone_id,
      order: 1,
      depends_on: [`${three.milestone_id}:1`],
    })
    expect(error).toMatchObject({ code: 'cycle', details: { path: [1, `${three.milestone_id}:1`, `${two.milestone_id}:1`, 2, 1] } })
  })

  it('[D3] refuse themselves and later ones, whatever they are called by', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    for (const on of [1, 2, 3, `${milestone_id}:1`, `${milestone_id}:2`, checkpoints[0].checkpoint_id, checkpoints[1].checkpoint_id])
      expect((await refusal(test, updateCheckpoint, { milestone_id, order: 1, depends_on: [on] })).code).toBe('invalid_dependency')
  })

  it('[M1] [C3] are deleted when nothing waits for them, and later ones move up', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: [], C: ['A'] })
    const far = await makeMilestone(test, group_id, { D: [`${milestone_id}:3`] })
    expect(await refusal(test, deleteCheckpoint, { milestone_id, order: 1 })).toMatchObject({
      code: 'has_dependents',
      details: { dependents: [{ ref: 3, title: 'C' }], private_count: 0 },
    })
    expect((await refusal(test, deleteCheckpoint, { milestone_id, order: 3 })).code).toBe('has_dependents')
    const { data, events } = await watch(test, deleteCheckpoint, { milestone_id, order: 2 })
    expect(drawn(data)).toBe('1A< 2C<1')
    expect(events).toMatchObject([
      { type: 'checkpoint.deleted', checkpoint_id: checkpoints[1].checkpoint_id, data: { order: 2, renumbers: [far.milestone_id] } },
    ])
    expect((await refusal(test, deleteCheckpoint, { milestone_id, order: checkpoints[1].checkpoint_id })).code).toBe('not_found')
  })

  it('[M2] deleted as the last pending one close their milestone, and as the only one leave it active', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    expect((await watch(test, deleteCheckpoint, { milestone_id, order: 2 })).types).toEqual(['checkpoint.deleted', 'milestone.closed'])
    const single = await makeMilestone(test, group_id, { A: [] })
    const { types, data } = await watch(test, deleteCheckpoint, { milestone_id: single.milestone_id, order: 1 })
    expect(types).toEqual(['checkpoint.deleted'])
    expect(data).toMatchObject({ status: 'active', checkpoints: [], progress: '0/0' })
  })

  it('[P1] an agent may not remove an edge to pending work, nor delete what it did not make', async () => {
    const group_id = await makeGroup(test)
    const agent = await test.agent(group_id, 'a')
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'], C: [] })
    const missing = { code: 'forbidden', details: { missing: 'milestones:relax' } }
    expect(await refusal(test, updateCheckpoint, { milestone_id, order: 2, depends_on: [] }, agent)).toMatchObject(missing)
    expect(await refusal(test, deleteCheckpoint, { milestone_id, order: 3 }, agent)).toMatchObject(missing)
    expect(await refusal(test, deleteMilestone, { milestone_id }, agent)).toMatchObject(missing)
    expect((await watch(test, updateCheckpoint, { milestone_id, order: 3, depends_on: [1] }, agent)).changed).toBe(true)
    expect(await refusal(test, updateCheckpoint, { milestone_id, order: 3, depends_on: [] }, agent)).toMatchObject(missing)
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    const { events } = await watch(test, updateCheckpoint, { milestone_id, order: 2, depends_on: [] }, agent)
    expect(events.map(({ data }) => data.target_was_pending)).toEqual([false])
    const own = (await watch(test, addCheckpoint, { milestone_id, title: 'Own' }, agent)).data
    expect((await watch(test, deleteCheckpoint, { milestone_id, order: own.checkpoints.length }, agent)).changed).toBe(true)
  })

  it('are addressed by number or by id, and by nothing that is neither', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    const other = await makeMilestone(test, await makeGroup(test), { C: [] })
    for (const order of [2, '2', checkpoints[1].checkpoint_id])
      expect((await test.run(updateCheckpoint, { milestone_id, order, note: String(order) })).data.checkpoints[1].note).toBe(String(order))
    for (const order of [0, 3, -1, '02', '2.0', '+2', ' 2', '1e0', '', 'cp_x', other.checkpoints[0].checkpoint_id, '9999999'])
      expect((await refusal(test, updateCheckpoint, { milestone_id, order, note: 'x' })).code, String(order)).toBe('not_found')
  })

  it('[D1] are written back as they were read, in all forms of a reference', async () => {
    const group_id = await makeGroup(test)
    const far = await makeMilestone(test, group_id, { X: [] })
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: ['A', `${far.milestone_id}:1`] })
    const [a, b] = checkpoints
    const forms: Data[] = [
      b.depends_on,
      [a.checkpoint_id, far.checkpoints[0].checkpoint_id],
      [`${milestone_id}:1`, `${far.milestone_id}:1`, 1],
    ]
    for (const depends_on of forms) expect((await watch(test, updateCheckpoint, { milestone_id, order: 2, depends_on })).types).toEqual([])
  })

  it('refuse texts past their bounds, and text that nothing can store', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const wrong = [
      { title: 'x'.repeat(201) },
      { title: '' },
      { title: ' \n' },
      { title: 'a\u0000' },
      { title: '\ud800' },
      { description: 'x'.repeat(8_193) },
      { note: 'x'.repeat(2_001) },
      { note: '\udfff' },
      { note: null },
    ]
    for (const change of wrong) expect((await refusal(test, updateCheckpoint, { milestone_id, order: 1, ...change })).code).toBe('invalid')
    const full = { title: '💥'.repeat(100), description: 'x'.repeat(8_192), note: '\n'.repeat(2_000) }
    expect((await test.run(updateCheckpoint, { milestone_id, order: 1, ...full })).data.checkpoints[0]).toMatchObject(full)
  })

  it.each([
    '',
    'x',
    'ftp://a.b',
    'javascript:alert(1)',
    'http://',
    'https://a b',
    'https://u:p@a.b',
    '//a.b',
    'https://a.b\n/',
    'http:///x',
    'https://org@dev.azure.com/org',
    'https://git。hub.com/x',
    `https://a.b/${'x'.repeat(2_048)}`,
  ])('refuse the link %j', async (url) => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const error = await refusal(test, updateCheckpoint, { milestone_id, order: 1, git_branch_url: url })
    expect(error).toMatchObject({ code: 'invalid_url', details: { fields: [{ path: 'git_branch_url' }] } })
  })

  it('[U1] [E2] keep a link in its normal form, and do not change by the same link in another form', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const linked = (git_pr_url: string) => watch(test, updateCheckpoint, { milestone_id, order: 1, git_pr_url })
    const first = await linked(' HTTPS://GitHub.com:443/org/../org/repo/pull/42')
    expect(first.data.checkpoints[0].git_pr_url).toBe('https://github.com/org/repo/pull/42')
    expect(first.events.map(({ data }) => data)).toEqual([{ git_pr_url: 'https://github.com/org/repo/pull/42' }])
    for (const same of ['https://github.com/org/repo/pull/42', 'https://GITHUB.com/org/repo/pull/42\n'])
      expect(await linked(same)).toMatchObject({ changed: false, events: [] })
  })

  it('leave a sound workspace', () => expectSound(test.instance))
})
