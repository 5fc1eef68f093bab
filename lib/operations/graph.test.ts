import { describe, expect, it } from 'vitest'
import { join, makePerson, readOnlyKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { refusal } from '@/lib/testing/watch'
import {
  archiveProject,
  completeCheckpoint,
  createMilestone,
  createProject,
  getMilestoneGraph,
  getMilestoneOperation,
  getProjectGraph,
  listProjectOverview,
  updateGroup,
} from '.'

describe('the graph', () => {
  const test = useInstance()

  it('of a project has its milestones, every edge that touches them, and the neighbours at its ends', async () => {
    const group_id = await makeGroup(test)
    const up = await makeMilestone(test, await makeGroup(test), { Up: [] })
    const one = await makeMilestone(test, group_id, { A: [`${up.milestone_id}:1`], B: ['A'] })
    const two = await makeMilestone(test, group_id, { C: [`${one.milestone_id}:2`] })
    const down = await makeMilestone(test, await makeGroup(test), { Down: [`${two.milestone_id}:1`] })
    const { data } = await test.run(getProjectGraph, { project_id: one.project_id })
    const id = (milestone: Data, at: number) => milestone.checkpoints[at].checkpoint_id
    expect(data.milestones).toEqual([
      (await test.run(getMilestoneOperation, { milestone_id: one.milestone_id })).data,
      (await test.run(getMilestoneOperation, { milestone_id: two.milestone_id })).data,
    ])
    const edges = [
      [id(up, 0), id(one, 0)],
      [id(one, 0), id(one, 1)],
      [id(one, 1), id(two, 0)],
      [id(two, 0), id(down, 0)],
    ]
    expect(data.edges.map(({ from, to }: Data) => `${from} ${to}`).sort()).toEqual(edges.map((edge) => edge.join(' ')).sort())
    expect(data.neighbours.map(({ title, ref, state }: Data) => [title, ref, state]).sort()).toEqual([
      ['Down', `${down.milestone_id}:1`, 'blocked'],
      ['Up', `${up.milestone_id}:1`, 'ready'],
    ])
    expect(data).toMatchObject({ group: { group_id }, project: { project_id: one.project_id, milestone_count: 2 } })
  })

  it('of a milestone has it alone, with the others as neighbours', async () => {
    const group_id = await makeGroup(test)
    const one = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const two = await makeMilestone(test, group_id, { C: [`${one.milestone_id}:1`] })
    const { data } = await test.run(getMilestoneGraph, { milestone_id: two.milestone_id })
    expect(data.milestones.map(({ milestone_id }: Data) => milestone_id)).toEqual([two.milestone_id])
    expect(data.neighbours).toMatchObject([{ title: 'A', milestone_id: one.milestone_id, order: 1, private: false }])
    expect(data.edges).toEqual([{ from: one.checkpoints[0].checkpoint_id, to: two.checkpoints[0].checkpoint_id }])
  })

  it('masks what it waits for in a private group, and leaves out who waits for it there', async () => {
    const [group_id, hidden] = [await makeGroup(test), await makeGroup(test)]
    const up = await makeMilestone(test, hidden, { Hidden: [] })
    const mine = await makeMilestone(test, group_id, { A: [`${up.milestone_id}:1`] })
    await makeMilestone(test, hidden, { Lurker: [`${mine.milestone_id}:1`] })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const person = await makePerson(test, 'Seer')
    const graph = async (actor = test.owner) => (await test.run(getMilestoneGraph, { milestone_id: mine.milestone_id }, actor)).data
    const seen = await graph(person)
    const { checkpoint_id } = up.checkpoints[0]
    const mask = {
      title: '',
      milestone_title: '',
      group_slug: '',
      milestone_id: null,
      order: null,
      held_by_name: null,
      last_failure: null,
      private: true,
    }
    expect(seen.neighbours).toEqual([{ checkpoint_id, ref: checkpoint_id, state: 'ready', ...mask }])
    expect(seen.edges).toHaveLength(1)
    expect(JSON.stringify(seen)).not.toMatch(/Hidden|Lurker/)
    expect((await graph()).neighbours.map(({ title }: Data) => title).sort()).toEqual(['Hidden', 'Lurker'])
  })

  it('says what the caller may do in it', async () => {
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const member = await makePerson(test, 'May')
    const may = async (actor = test.owner) => (await test.run(getMilestoneGraph, { milestone_id }, actor)).data.may
    expect(await may()).toEqual({ write: true, complete: true, relax: true })
    expect(await may(member)).toEqual({ write: false, complete: false, relax: false })
    await join(test, group_id, member)
    expect(await may(member)).toEqual({ write: true, complete: true, relax: true })
    expect(await may((await readOnlyKey(test, member)).actor)).toEqual({ write: false, complete: false, relax: false })
    expect(await may(await test.agent(group_id, 'm'))).toEqual({ write: true, complete: true, relax: false })
  })

  it('of an empty project is empty, and of none not found', async () => {
    const { project_id } = (await test.run(createProject, { group_id: await makeGroup(test), title: 'Empty' })).data
    expect((await test.run(getProjectGraph, { project_id })).data).toMatchObject({ milestones: [], neighbours: [], edges: [] })
    expect((await refusal(test, getProjectGraph, { project_id: 'proj_x' })).code).toBe('not_found')
    expect((await refusal(test, getMilestoneGraph, { milestone_id: 'ms_x' })).code).toBe('not_found')
  })
})

describe('the overview', () => {
  const test = useInstance()

  it('counts the checkpoints of each project by their states, as reading them would', async () => {
    const group_id = await makeGroup(test)
    const far = await makeMilestone(test, await makeGroup(test), { X: [] })
    const checkpoints = [
      { title: 'done' },
      { title: 'ready', depends_on: [1] },
      { title: 'blocked', depends_on: [2] },
      { title: 'gated', requires_consensus: true },
      { title: 'gated and blocked', requires_consensus: true, depends_on: [`${far.milestone_id}:1`] },
    ]
    const { milestone_id, project_id } = (await test.run(createMilestone, { group_id, title: 'M', checkpoints })).data
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    const closed = await makeMilestone(test, group_id, { only: [] })
    await test.run(completeCheckpoint, { milestone_id: closed.milestone_id, order: 1 })
    const { data } = await test.run(listProjectOverview, {})
    const mine = data.projects.find(({ project }: Data) => project.project_id === project_id)
    const counts = { completed: 0, ready: 0, claimed: 0, awaiting_consensus: 0, blocked: 0 }
    for (const id of [milestone_id, closed.milestone_id]) {
      const read = (await test.run(getMilestoneOperation, { milestone_id: id })).data
      for (const { state } of read.checkpoints) counts[state as keyof typeof counts]++
    }
    expect(counts).toEqual({ completed: 2, ready: 1, claimed: 0, awaiting_consensus: 1, blocked: 2 })
    expect(mine).toMatchObject({ counts, active_milestones: 1 })
    expect(mine.completions_14d).toEqual([...Array(13).fill(0), 2])
    expect(mine.last_activity).toMatchObject({ type: 'milestone.closed', actor_name: 'Owner', actor_type: 'user', on_behalf_of: null })
    expect(mine.last_activity.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('has a project in which nothing happened yet, and archived ones', async () => {
    const group_id = await makeGroup(test)
    const { project_id } = (await test.run(createProject, { group_id, title: 'Quiet' })).data
    await test.run(archiveProject, { project_id })
    const { projects } = (await test.run(listProjectOverview, {})).data
    const mine = projects.find(({ project }: Data) => project.project_id === project_id)
    expect(mine).toMatchObject({ active_milestones: 0, project: { status: 'archived' }, last_activity: { type: 'project.archived' } })
    expect(mine.completions_14d).toEqual(Array(14).fill(0))
  })

  it('shows the groups and projects that the caller may read, and no others', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    await makeMilestone(test, hidden, { A: [] })
    const person = await makePerson(test, 'Viewer')
    const { data } = await test.run(listProjectOverview, {}, person)
    expect(JSON.stringify(data)).not.toContain(hidden)
    const agent = await test.agent(hidden, 'inside')
    expect((await test.run(listProjectOverview, {}, agent)).data.projects.some(({ project }: Data) => project.group_id === hidden)).toBe(
      true,
    )
  })
})
