import { describe, expect, it } from 'vitest'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { refusal, watch } from '@/lib/testing/watch'
import {
  addCheckpoint,
  archiveProject,
  completeCheckpoint,
  completeProject,
  createGroup,
  createMilestone,
  createProject,
  createProjectInNewGroup,
  getGroupOperation,
  getProjectOperation,
  listProjects,
  reopenCheckpoint,
  reopenMilestone,
  reopenProject,
  updateMilestone,
  updateProject,
} from '.'

describe('projects', () => {
  const test = useInstance()
  const make = async (group_id: string, more: object = {}): Promise<Data> =>
    (await test.run(createProject, { group_id, title: `P ${Math.random()}`, ...more })).data

  it('are created with a slug from their title and a colour', async () => {
    const group_id = await makeGroup(test)
    const { data, events } = await watch(test, createProject, { group_id, title: 'API v2' })
    expect(data).toMatchObject({
      slug: 'api-v2',
      color: '#64748B',
      status: 'active',
      is_default: false,
      milestone_count: 0,
      badge_public: false,
    })
    expect(data.url).toBe(`http://cairn.test/p/${data.project_id}`)
    expect(events).toMatchObject([{ type: 'project.created', project_id: data.project_id, group_id }])
    expect((await test.run(getProjectOperation, { project_id: data.project_id })).data).toEqual(data)
    expect((await make(group_id, { title: '計画' })).slug).toBe('ji-hua')
    const nameless = await make(group_id, { title: '…' })
    expect(nameless.slug).toBe(nameless.project_id.replace('_', '-'))
  })

  it('[S1] [H4] are created together with their group, once, or not at all', async () => {
    const input = { group_name: 'First Team', title: 'General', color: '#3B82F6' }
    const once = { idempotency_key: 'first' }
    await test.run(createGroup, { name: 'First Team' })
    const first = await watch(test, createProjectInNewGroup, input, test.owner, once)
    expect(first.types).toEqual(['group.created', 'member.added', 'project.created'])
    const { group_id, project_id } = first.data
    expect(first.data).toMatchObject({ title: 'General', slug: 'general-2', color: '#3B82F6', is_default: false })
    expect((await test.run(getGroupOperation, { group_id })).data).toMatchObject({ slug: 'first-team-2', role: 'owner' })
    const again = await watch(test, createProjectInNewGroup, input, test.owner, once)
    expect(again).toMatchObject({ replayed: true, seq: first.seq, events: [], data: { group_id, project_id } })
    for (const wrong of [{ title: '' }, { group_name: '' }])
      expect((await refusal(test, createProjectInNewGroup, { ...input, ...wrong })).code).toBe('invalid')
    const agent = await test.agent(group_id, 'Bot')
    expect((await refusal(test, createProjectInNewGroup, input, agent)).code).toBe('forbidden')
  })

  it('keep their slugs within their group, and the default one is reserved before it exists', async () => {
    const [group_id, other] = [await makeGroup(test), await makeGroup(test)]
    await make(group_id, { slug: 'one' })
    await make(other, { slug: 'one' })
    const second = await make(group_id, { slug: 'two' })
    for (const slug of ['one', 'general'])
      expect((await refusal(test, createProject, { group_id, title: 'x', slug })).code).toBe('slug_taken')
    expect((await make(group_id, { title: 'One' })).slug).toBe('one-2')
    expect((await make(group_id, { title: 'General' })).slug).toBe('general-2')
    for (const slug of ['one', 'general'])
      expect((await refusal(test, updateProject, { project_id: second.project_id, slug })).code).toBe('slug_taken')
  })

  it('refuse a colour that is none', async () => {
    const group_id = await makeGroup(test)
    for (const color of ['red', '#12345', '#1234567', 'url(#)', ''])
      expect((await refusal(test, createProject, { group_id, title: 'x', color })).code).toBe('invalid')
  })

  it('write an update of what differs only', async () => {
    const { project_id, title } = await make(await makeGroup(test))
    const { events } = await watch(test, updateProject, { project_id, title, description: 'new', color: '#64748B' })
    expect(events.map(({ data }) => data)).toEqual([{ description: 'new' }])
  })

  it('are completed, archived and reopened, and remember by whom', async () => {
    const { project_id } = await make(await makeGroup(test))
    const completed = (await test.run(completeProject, { project_id })).data
    expect(completed).toMatchObject({ status: 'completed', completed_by: test.owner.actor_id, archived_at: null })
    expect((await refusal(test, completeProject, { project_id })).code).toBe('project_not_active')
    const archived = (await test.run(archiveProject, { project_id })).data
    expect(archived).toMatchObject({ status: 'archived', archived_by: test.owner.actor_id, completed_at: completed.completed_at })
    expect((await refusal(test, archiveProject, { project_id })).code).toBe('project_not_active')
    expect((await refusal(test, completeProject, { project_id })).code).toBe('project_not_active')
    const reopened = (await test.run(reopenProject, { project_id })).data
    expect(reopened).toMatchObject({ status: 'active', completed_at: null, archived_at: null, reopened_by: test.owner.actor_id })
    expect((await refusal(test, reopenProject, { project_id })).code).toBe('project_active')
  })

  it('by default: one a group, made with the first milestone that names none, which is never archived', async () => {
    const group_id = await makeGroup(test)
    const { types, data } = await watch(test, createMilestone, { group_id, title: 'First' })
    expect(types).toEqual(['project.created', 'milestone.created'])
    expect((await watch(test, createMilestone, { group_id, title: 'Second' })).data.project_id).toBe(data.project_id)
    const { project_id } = data
    expect((await test.run(getProjectOperation, { project_id })).data).toMatchObject({
      slug: 'general',
      title: 'General',
      is_default: true,
      milestone_count: 2,
    })
    expect((await refusal(test, archiveProject, { project_id })).code).toBe('default_project')
    await test.run(completeProject, { project_id })
    expect((await refusal(test, archiveProject, { project_id })).code).toBe('default_project')
  })

  it('by default: one, too, for two first milestones at once', async () => {
    const group_id = await makeGroup(test)
    const plans = await Promise.all([1, 2, 3].map((at) => test.run(createMilestone, { group_id, title: `M${at}` })))
    expect(new Set(plans.map(({ data }) => data.project_id)).size).toBe(1)
  })

  it('once archived take nothing new and reopen nothing, while existing work is completed and linked', async () => {
    const group_id = await makeGroup(test)
    const { project_id } = await make(group_id)
    const checkpoints = [{ title: 'A' }, { title: 'B' }]
    const { milestone_id } = (await test.run(createMilestone, { group_id, project_id, title: 'In', checkpoints })).data
    const closed = (await test.run(createMilestone, { group_id, project_id, title: 'Closed', checkpoints: [{ title: 'A' }] })).data
    await test.run(completeCheckpoint, { milestone_id: closed.milestone_id, order: 1 })
    const outside = await makeMilestone(test, group_id, { X: [] })
    await test.run(archiveProject, { project_id })
    const refused = [
      await refusal(test, createMilestone, { group_id, project_id, title: 'New' }),
      await refusal(test, updateMilestone, { milestone_id: outside.milestone_id, project_id }),
      await refusal(test, addCheckpoint, { milestone_id, title: 'New' }),
      await refusal(test, reopenMilestone, { milestone_id: closed.milestone_id }),
      await refusal(test, reopenCheckpoint, { milestone_id: closed.milestone_id, order: 1, reason: 'x' }),
    ]
    expect(refused.map(({ code }) => code)).toEqual(Array(5).fill('project_not_active'))
    expect((await test.run(completeCheckpoint, { milestone_id, order: 1, git_pr_url: 'https://git.test/1' })).changed).toBe(true)
    expect((await test.run(updateMilestone, { milestone_id, title: 'Renamed' })).changed).toBe(true)
  })

  it('are listed oldest first by pages, none twice and none missing, also where many were made in one instant', async () => {
    const group_id = await makeGroup(test)
    const made = await Promise.all(Array.from({ length: 23 }, () => make(group_id)))
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const { data }: Data = await test.run(listProjects, { group_id, limit: 5, ...(cursor ? { cursor } : {}) })
      expect(data.projects.length).toBeLessThanOrEqual(5)
      ids.push(...data.projects.map(({ project_id }: Data) => project_id))
      cursor = data.next_cursor
    } while (cursor)
    expect(ids).toHaveLength(23)
    expect(new Set(ids)).toEqual(new Set(made.map(({ project_id }) => project_id)))
  })

  it('are listed by status, and by no other word', async () => {
    const group_id = await makeGroup(test)
    const { project_id } = await make(group_id)
    await make(group_id)
    await test.run(archiveProject, { project_id })
    const { projects, next_cursor } = (await test.run(listProjects, { group_id, status: 'archived' })).data
    expect(projects.map((project: Data) => project.project_id)).toEqual([project_id])
    expect(next_cursor).toBeNull()
    expect((await refusal(test, listProjects, { group_id, status: 'open' })).code).toBe('invalid')
  })

  it.each([
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('x').toString('base64url')],
    ['no pair', Buffer.from('{}').toString('base64url')],
    ['null', Buffer.from('null').toString('base64url')],
    ['numbers', Buffer.from('[1,2]').toString('base64url')],
    ['an empty text', ''],
    ['an id with a NUL', Buffer.from('["2020-01-01T00:00:00.000Z","a\\u0000"]').toString('base64url')],
    ['no time', Buffer.from('["x","proj_x"]').toString('base64url')],
    ['a time that only JavaScript reads', Buffer.from('["1","proj_x"]').toString('base64url')],
    ['a time beyond those of the database', Buffer.from('["+275760-09-13T00:00:00.000Z","proj_x"]').toString('base64url')],
    ['a time with a NUL', Buffer.from('["2020-01-01 (\\u0000)","proj_x"]').toString('base64url')],
  ])('refuse a cursor that is %s', async (_what, cursor) => {
    const group_id = await makeGroup(test)
    expect(await refusal(test, listProjects, { group_id, cursor })).toMatchObject({
      code: 'invalid',
      details: { fields: [{ path: 'cursor' }] },
    })
  })
})
