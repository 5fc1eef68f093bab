import { beforeAll, describe, expect, it } from 'vitest'
import { addCheckpoint, createMilestone, createProject, OPERATIONS, updateCheckpoint, updateGroup } from '@/lib/operations'
import { agentKey, groupKey, join, makePerson, type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { requestOf, sampleOf } from '@/lib/testing/samples'

const SECRET = /s3cr3t/i

describe('a private group', () => {
  const test = useInstance()
  let open: string
  let readers: Record<string, TestKey>
  let hidden: { group_id: string; project_id: string; milestone: Data }
  let visible: Data
  let upstream: Data

  /** Hidden work waits for visible work, and visible work waited for hidden work from before it was hidden. */
  beforeAll(async () => {
    open = await makeGroup(test, { name: 'Open' })
    const group_id = await makeGroup(test, { name: 'S3cr3t group', slug: 's3cr3t-group', description: 's3cr3t purpose' })
    const project = (await test.run(createProject, { group_id, title: 'S3cr3t project' })).data
    const plan = async (group_id: string, input: object): Promise<Data> => (await test.run(createMilestone, { group_id, ...input })).data
    upstream = await plan(open, { title: 'Upstream', checkpoints: [{ title: 'Base' }] })
    const checkpoints = [
      { title: 'S3cr3t step', description: 's3cr3t how', git_pr_url: 'https://s3cr3t.test/1', depends_on: [`${upstream.milestone_id}:1`] },
      { title: 'S3cr3t gate', requires_consensus: true },
    ]
    const milestone = await plan(group_id, { title: 'S3cr3t plan', description: 's3cr3t', project_id: project.project_id, checkpoints })
    await test.run(updateCheckpoint, { milestone_id: milestone.milestone_id, order: 2, note: 's3cr3t note' })
    visible = await plan(open, {
      title: 'Visible',
      checkpoints: [{ title: 'Waits', depends_on: [`${milestone.milestone_id}:1`, `${milestone.milestone_id}:2`] }, { title: 'Free' }],
    })
    await test.run(updateGroup, { group_id, visibility: 'private' })
    hidden = { group_id, project_id: project.project_id, milestone }

    const stranger = await makePerson(test, 'Stranger')
    const member = await makePerson(test, 'Member')
    await join(test, open, member, 'admin')
    readers = {
      'a stranger': await userKey(test, stranger),
      'an admin of another group': await userKey(test, member),
      'an agent of another group': await agentKey(test, open),
      'a member of it, by a key of another group': await groupKey(test, open),
    }
  })

  /** What would name it: its words, and its ids but those of checkpoints that are waited for. */
  const names = () => [hidden.group_id, hidden.project_id, hidden.milestone.milestone_id]

  const silent = (text: string, about: string, given: string) => {
    expect(text, about).not.toMatch(SECRET)
    for (const name of names()) if (!given.includes(name)) expect(text, about).not.toContain(name)
  }

  it('is never named in an answer to anybody else, by any operation on its things', async () => {
    const { group_id, project_id, milestone } = hidden
    const ids = { group_id, project_id, milestone_id: milestone.milestone_id }
    const inside = { test, group_id, by: test.owner }
    for (const operation of OPERATIONS) {
      const sample = await sampleOf(operation, inside)
      const input = { ...sample, ...Object.fromEntries(Object.entries(ids).filter(([name]) => name in sample)) }
      for (const [who, { call }] of Object.entries(readers)) {
        for (const asked of [sample, input]) {
          const { method, path, body } = requestOf(operation, asked)
          const { text, status } = await call(method, path, body)
          silent(text, `${operation.name} to ${who}`, JSON.stringify(asked))
          if ('group_id' in asked || 'project_id' in asked || 'milestone_id' in asked)
            expect(status, `${operation.name} to ${who}`).toBe(404)
        }
      }
    }
  })

  it('is never named in answers about what it waits for, or what waits for it', async () => {
    const milestones = [upstream, visible]
    for (const [who, { call }] of Object.entries(readers)) {
      const calls: [string, string, Data?][] = [
        ['GET', '/groups'],
        ['GET', '/overview'],
        ['GET', '/events?limit=1000'],
        ['GET', `/events?limit=1000&before=${Number.MAX_SAFE_INTEGER}`],
        ['GET', `/groups/${open}/milestones`],
        ['GET', `/groups/${open}/projects`],
      ]
      for (const { milestone_id, project_id, checkpoints } of milestones) {
        const path = `/milestones/${milestone_id}`
        calls.push(
          ['GET', path],
          ['GET', `${path}/graph`],
          ['GET', `/projects/${project_id}/graph`],
          ['GET', `/events?milestone_id=${milestone_id}`],
          ...checkpoints.map(({ checkpoint_id }: Data): [string, string] => ['GET', `/events?checkpoint_id=${checkpoint_id}`]),
        )
        calls.push(['POST', `${path}/close`])
        calls.push(['PATCH', path, { title: 'x', expected_version: 0 }])
      }
      // Hidden work waits for this one, so that nobody can delete it.
      calls.push(['DELETE', `/milestones/${upstream.milestone_id}`], ['DELETE', `/milestones/${upstream.milestone_id}/checkpoints/1`])
      const waits = `/milestones/${visible.milestone_id}/checkpoints/1`
      calls.push(['POST', `${waits}/complete`], ['PATCH', waits, { depends_on: ['s3-x:1'] }])
      calls.push(['PATCH', waits, { depends_on: [hidden.milestone.checkpoints[1].checkpoint_id, 1] }])
      for (const [method, path, body] of calls) silent((await call(method, path, body)).text, `${method} ${path} to ${who}`, '')
    }
  })

  it('shows of a checkpoint that is waited for its id and its state, and nothing else', async () => {
    for (const [who, { call }] of Object.entries(readers)) {
      const { data } = await call('GET', `/milestones/${visible.milestone_id}`)
      const [waits] = data.checkpoints
      const ids = hidden.milestone.checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
      expect(waits.depends_on.toSorted()).toEqual(ids.toSorted())
      const face = { title: '', milestone_title: '', group_slug: '', held_by_name: null, last_failure: null, private: true }
      const faces = ids.map((id: string, at: number) => ({
        ...face,
        ref: id,
        checkpoint_id: id,
        state: ['blocked', 'awaiting_consensus'][at],
      }))
      expect(waits.blocked_by).toHaveLength(2)
      expect(waits.blocked_by).toEqual(expect.arrayContaining(faces))
      const refused = await call('POST', `/milestones/${visible.milestone_id}/checkpoints/1/complete`)
      if (who === 'a stranger') expect(refused).toMatchObject({ status: 403, error: 'forbidden' })
      else expect(refused).toMatchObject({ status: 409, details: { blockers: waits.blocked_by } })
    }
  })

  it('[C3] its dependents are counted and not named', async () => {
    const { call } = readers['an admin of another group'] ?? expect.fail()
    const refused = await call('DELETE', `/milestones/${upstream.milestone_id}/checkpoints/1`)
    expect(refused).toMatchObject({ status: 409, error: 'has_dependents', details: { dependents: [], private_count: 1 } })
  })

  it('[D2] a cycle through it is told with its steps masked', async () => {
    const { call } = readers['an admin of another group'] ?? expect.fail()
    const [step] = hidden.milestone.checkpoints
    const path = `/milestones/${upstream.milestone_id}/checkpoints/1`
    const refused = await call('PATCH', path, { depends_on: [`${visible.milestone_id}:1`] })
    expect(refused).toMatchObject({
      status: 409,
      error: 'cycle',
      details: { path: [1, `${visible.milestone_id}:1`, step.checkpoint_id, 1] },
    })
    silent(refused.text, 'cycle', '')
  })

  it('a dependency on it that stood before may stay: what was read may be written back', async () => {
    const { call } = readers['an admin of another group'] ?? expect.fail()
    const path = `/milestones/${visible.milestone_id}/checkpoints/1`
    const read = (await call('GET', `/milestones/${visible.milestone_id}`)).data.checkpoints[0].depends_on
    expect(await call('PATCH', path, { depends_on: read })).toMatchObject({ status: 200, changed: false })
  })

  it('[P1] an agent may add a dependency beside one that it cannot see', async () => {
    const { data } = await test.run(addCheckpoint, { milestone_id: visible.milestone_id, title: 'Zeroth', position: 1 })
    const waits = data.checkpoints[1]
    const { call } = readers['an agent of another group'] ?? expect.fail()
    const depends_on = (await call('GET', `/milestones/${visible.milestone_id}`)).data.checkpoints[1].depends_on
    const path = `/milestones/${visible.milestone_id}/checkpoints/${waits.checkpoint_id}`
    expect(await call('PATCH', path, { depends_on: [...depends_on, 1] })).toMatchObject({ status: 200, changed: true })
  })

  it('the owner of the instance reads its events in the whole log, by a key of user scope only', async () => {
    expect((await (await userKey(test)).call('GET', '/events?limit=1000')).text).toMatch(SECRET)
    expect((await (await groupKey(test, open)).call('GET', '/events?limit=1000')).text).not.toMatch(SECRET)
  })
})
