import { beforeAll, describe, expect, it } from 'vitest'
import { agentKey, groupKey, join, makePerson, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf, refusal } from '@/lib/testing/watch'
import { addCheckpoint, completeCheckpoint, deleteMilestone, listEvents, updateGroup, updateMilestone } from '.'

describe('events', () => {
  const test = useInstance()
  let group_id: string

  beforeAll(async () => {
    group_id = await makeGroup(test)
  })

  const list = async (input: object = {}, actor = test.owner): Promise<Data> =>
    (await test.run(listEvents, { limit: 1_000, ...input }, actor)).data
  const seqs = async (input: object = {}, actor = test.owner): Promise<number[]> =>
    (await list(input, actor)).events.map(({ seq }: Data) => seq)

  it('[E1] are the whole log, without gaps, for the owner of the instance', async () => {
    await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const { seq } = await positionOf(test)
    expect(await seqs()).toEqual(Array.from({ length: seq }, (_, at) => at + 1))
    expect((await list()).next_after).toBe(seq)
  })

  it('tell who did what, when, by which way and session, about what', async () => {
    const { milestone_id, project_id, checkpoints } = await makeMilestone(test, group_id, { A: [] })
    const agent = await test.agent(group_id, 'teller')
    const { seq } = await test.run(completeCheckpoint, { milestone_id, order: 1 }, agent)
    const { events } = await list({ after: seq - 2 })
    const { checkpoint_id } = checkpoints[0]
    const by = { actor_id: agent.actor_id, actor_name: 'teller', actor_type: 'agent_profile', session_id: 'teller-1', via: 'mcp' }
    const scope = { group_id, project_id, milestone_id }
    expect(events).toEqual([
      {
        seq: seq - 1,
        type: 'checkpoint.completed',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        ...by,
        ...scope,
        checkpoint_id,
        data: {},
      },
      { seq, type: 'milestone.closed', at: events[0].at, ...by, ...scope, checkpoint_id: null, data: {} },
    ])
  })

  it('[E4] are read on from where a page ended, each once and in order', async () => {
    await makeMilestone(test, group_id, { A: [], B: [], C: [] })
    const all = await seqs()
    const read: number[] = []
    let after = 0
    for (;;) {
      const page = await list({ after, limit: 4 })
      read.push(...page.events.map(({ seq }: Data) => seq))
      expect(page.next_after).toBeGreaterThanOrEqual(after)
      if (page.events.length < 4) break
      after = page.next_after
    }
    expect(read).toEqual(all)
  })

  it('[E4] that a reader may not read are left out, and next_after goes past them', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const person = await makePerson(test, 'Reader')
    const { seq } = await positionOf(test)
    await makeMilestone(test, hidden, { A: [] })
    const now = (await positionOf(test)).seq
    expect(await list({ after: seq }, person)).toEqual({ events: [], next_after: now })
    expect(await seqs({ after: seq })).toHaveLength(now - seq)
    await join(test, hidden, person)
    expect(await seqs({ after: seq }, person)).toHaveLength(now - seq + 1)
  })

  it('[E4] with nothing new, next_after does not go back', async () => {
    const { seq } = await positionOf(test)
    expect(await list({ after: seq })).toEqual({ events: [], next_after: seq })
  })

  it('are filtered by group, by id or slug, by project and by milestone', async () => {
    const other = await makeGroup(test, { slug: 'filtered' })
    const { milestone_id, project_id } = await makeMilestone(test, other, { A: [] })
    const second = await makeMilestone(test, other, { B: [] })
    const types = async (input: object) => (await list(input)).events.map(({ type }: Data) => type)
    expect(await types({ milestone_id })).toEqual(['milestone.created', 'checkpoint.added'])
    expect(await types({ project_id, milestone_id: second.milestone_id })).toEqual(['milestone.created', 'checkpoint.added'])
    expect((await types({ project_id })).length).toBe(5)
    expect(await seqs({ group_id: 'filtered' })).toEqual(await seqs({ group_id: other }))
    expect((await types({ group_id: other })).slice(0, 2)).toEqual(['group.created', 'member.added'])
    expect(await types({ group_id, milestone_id })).toEqual([])
  })

  it('of a filter that names nothing, or what one may not read, are not found', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const { milestone_id, project_id } = await makeMilestone(test, hidden, { A: [] })
    const person = await makePerson(test, 'Nosy')
    for (const filter of [
      { group_id: hidden },
      { project_id },
      { milestone_id },
      { group_id: 'x' },
      { project_id: 'x' },
      { milestone_id: '' },
    ])
      expect((await refusal(test, listEvents, filter, person)).code).toBe('not_found')
  })

  it('of what was deleted stay in the log', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const { seq } = await test.run(deleteMilestone, { milestone_id })
    expect((await list({ after: seq - 1 })).events).toMatchObject([{ type: 'milestone.deleted', milestone_id }])
    expect((await list({ group_id })).events.some((event: Data) => event.milestone_id === milestone_id)).toBe(true)
  })

  it('hold no secret: no hash of a key, and no milestone that a reader may not know', async () => {
    const hidden = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const secret = await makeMilestone(test, hidden, { B: [`${milestone_id}:1`] })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const key = await groupKey(test, group_id)
    await test.run(addCheckpoint, { milestone_id, title: 'First', position: 1 })
    const { rows } = await test.instance.pool.query('select hash from api_keys where key_id = $1', [key.actor.key_id])
    for (const actor of [test.owner, await makePerson(test, 'Searcher')]) {
      const text = JSON.stringify(await list({ group_id }, actor))
      expect(text).not.toContain(rows[0].hash)
      expect(text).not.toContain(secret.milestone_id)
    }
  })

  it('of no group are read by the owner of the instance alone, and not by a key of a group', async () => {
    const registered = async (actor = test.owner) => (await list({}, actor)).events.some(({ type }: Data) => type === 'person.registered')
    expect(await registered()).toBe(true)
    expect(await registered((await userKey(test)).actor)).toBe(true)
    expect(await registered((await groupKey(test, group_id)).actor)).toBe(false)
    expect(await registered((await agentKey(test, group_id)).actor)).toBe(false)
    expect(await registered(await makePerson(test, 'Other'))).toBe(false)
  })

  it('of a key of a group are those of its group', async () => {
    await makeMilestone(test, await makeGroup(test), { A: [] })
    const { events } = await list({}, (await agentKey(test, group_id)).actor)
    expect(new Set(events.map((event: Data) => event.group_id))).toEqual(new Set([group_id]))
  })

  it('[H1] show everything that was acknowledged before they were asked for', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    await Promise.all(
      Array.from({ length: 10 }, async (_, at) => {
        const { seq } = await test.run(updateMilestone, { milestone_id, title: `T${at}` })
        const page = await list({ after: seq - 1 })
        expect(page.events[0].seq).toBe(seq)
        expect(page.next_after).toBeGreaterThanOrEqual(seq)
      }),
    )
  })

  it('refuse an `after` that is no place in a log', async () => {
    for (const after of [-1, 1.5, 'x', 2 ** 53, null, true, [], ''])
      expect((await refusal(test, listEvents, { after })).code, String(after)).toBe('invalid')
  })
})
