import { beforeAll, describe, expect, it } from 'vitest'
import { agentKey, groupKey, join, makePerson, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf, refusal } from '@/lib/testing/watch'
import {
  addCheckpoint,
  completeCheckpoint,
  deleteCheckpoint,
  deleteMilestone,
  listEvents,
  updateCheckpoint,
  updateGroup,
  updateMilestone,
} from '.'
import { readActivity } from './activity'

/** Past the end of every log. */
const NEWEST = Number.MAX_SAFE_INTEGER

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
    const by = {
      actor_id: agent.actor_id,
      actor_name: 'teller',
      actor_type: 'agent_profile',
      on_behalf_of: 'Owner',
      session_id: 'teller-1',
      via: 'mcp',
    }
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

  it('[E4] are read backwards with `before`, each once, until nothing earlier is left', async () => {
    const all = (await seqs()).toReversed()
    const read: number[] = []
    let before: number | null = NEWEST
    while (before !== null) {
      const page = await list({ before, limit: 4 })
      expect(page.events.length).toBeGreaterThan(0)
      read.push(...page.events.map(({ seq }: Data) => seq))
      before = page.next_before
    }
    expect(read).toEqual(all)
  })

  it('[E4] read backwards stop where the last page is full', async () => {
    expect((await list({ before: 5, limit: 4 })).next_before).toBe(null)
    expect((await list({ before: 6, limit: 4 })).next_before).toBe(2)
    expect(await list({ before: 1 })).toEqual({ events: [], next_after: 0, next_before: null })
  })

  it('[E4] read backwards also tell from where to go on forwards', async () => {
    const { seq } = await positionOf(test)
    expect((await list({ before: NEWEST, limit: 2 })).next_after).toBe(seq)
    expect((await list({ before: seq + 1, limit: 2 })).next_after).toBe(seq)
    const { next_after } = await list({ before: seq, limit: 2 })
    expect(await seqs({ after: next_after })).toEqual([seq])
  })

  it('[E4] read backwards leave out those that a reader may not read', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { Shown: [] })
    await makeMilestone(test, await makeGroup(test, { visibility: 'private' }), { Hidden: [] })
    const { events } = await list({ before: NEWEST, limit: 2 }, await makePerson(test, 'Backwards'))
    expect(events.map((event: Data) => [event.type, event.milestone_id])).toEqual([
      ['checkpoint.added', milestone_id],
      ['milestone.created', milestone_id],
    ])
  })

  it('are filtered by checkpoint, in both directions', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: [] })
    const { checkpoint_id } = checkpoints[0]
    for (const order of [1, 2]) await test.run(completeCheckpoint, { milestone_id, order, note: 'done' })
    await test.run(updateCheckpoint, { milestone_id, order: 1, git_pr_url: 'https://git.test/1' })
    const types = ['checkpoint.added', 'checkpoint.linked', 'checkpoint.completed', 'checkpoint.linked']
    const { events, next_after } = await list({ checkpoint_id })
    expect(events.map(({ type }: Data) => type)).toEqual(types)
    expect(next_after).toBe((await positionOf(test)).seq)
    expect(await list({ checkpoint_id, before: NEWEST })).toEqual({ events: events.toReversed(), next_after, next_before: null })
    const page = await list({ checkpoint_id, before: NEWEST, limit: 2 })
    expect(page.events).toEqual(events.slice(2).toReversed())
    expect((await list({ checkpoint_id, before: page.next_before, limit: 2 })).events).toEqual(events.slice(0, 2).toReversed())
    const other = await makeMilestone(test, group_id, { A: [] })
    expect(await seqs({ checkpoint_id, milestone_id })).toEqual(events.map(({ seq }: Data) => seq))
    expect(await seqs({ checkpoint_id, milestone_id: other.milestone_id })).toEqual([])
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

  it('are filtered by who did it, by type and by which way it came, also together', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [], C: [] })
    const agent = await test.agent(group_id, 'filterer')
    await test.run(completeCheckpoint, { milestone_id, order: 1 }, agent)
    await test.run(completeCheckpoint, { milestone_id, order: 2 })
    await test.run(updateMilestone, { milestone_id, title: 'Renamed' }, agent)
    const types = async (input: object) => (await list({ milestone_id, ...input })).events.map(({ type }: Data) => type)
    expect(await types({ actor_id: agent.actor_id })).toEqual(['checkpoint.completed', 'milestone.updated'])
    expect(await types({ via: 'mcp' })).toEqual(['checkpoint.completed', 'milestone.updated'])
    expect(await types({ via: 'cli' })).toEqual([])
    expect(await types({ type: 'checkpoint.completed' })).toEqual(['checkpoint.completed', 'checkpoint.completed'])
    expect(await types({ type: 'milestone.*', actor_id: agent.actor_id })).toEqual(['milestone.updated'])
    expect(await types({ type: 'milestone.updated, checkpoint.completed', via: 'mcp', before: NEWEST })).toEqual([
      'milestone.updated',
      'checkpoint.completed',
    ])
    expect(await types({ actor_id: 'usr_nobody' })).toEqual([])
    const { events } = await list({ actor_id: agent.actor_id })
    expect(events.map(({ actor_name }: Data) => actor_name)).toEqual(['filterer', 'filterer'])
  })

  it('are filtered by time, in both directions, to the end of which a page goes on', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const seqsHere = (input: object) => seqs({ milestone_id, ...input })
    const { events } = await list({ milestone_id })
    const { at } = events[0]
    const all = events.map(({ seq }: Data) => seq)
    const later = new Date(Date.parse(at) + 1).toISOString()
    expect(await seqsHere({ since: at })).toEqual(all)
    expect(await seqsHere({ since: at, until: at })).toEqual([])
    expect(await seqsHere({ until: at })).toEqual([])
    expect(await seqsHere({ since: at, until: later, before: NEWEST })).toEqual(all.toReversed())
    expect(await seqsHere({ since: later, before: NEWEST })).toEqual([])
    expect(await seqsHere({ since: '2000-01-01', until: '9999-12-31T23:59:59-12:00' })).toEqual(all)
    expect(await seqsHere({ since: '0001-01-01T00:00:00+14:00' })).toEqual(all)
    expect(await seqsHere({ since: '2999-01-01T00:00:00+02:00' })).toEqual([])
    expect((await list({ until: at, before: NEWEST, limit: 1 })).next_before).not.toBe(null)
    expect((await list({ since: at, until: later, milestone_id })).next_after).toBe((await positionOf(test)).seq)
  })

  it('[E4] of hidden groups that changed a face are left out where who, by which way or another type is asked', async () => {
    const hidden = await makeGroup(test)
    const waited = await makeMilestone(test, hidden, { Waited: [] })
    await makeMilestone(test, await makeGroup(test), { Waits: [`${waited.milestone_id}:1`] })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const { seq } = await positionOf(test)
    const agent = await test.agent(hidden, 'hidden')
    await test.run(completeCheckpoint, { milestone_id: waited.milestone_id, order: 1 }, agent)
    const person = await makePerson(test, 'Guesser')
    const told = async (input: object) => (await list({ after: seq, ...input }, person)).events.map(({ type }: Data) => type)
    expect(await told({})).toEqual(['checkpoint.face_changed'])
    expect(await told({ type: 'checkpoint.face_changed' })).toEqual(['checkpoint.face_changed'])
    expect(await told({ type: 'checkpoint.*', since: '2000-01-01' })).toEqual(['checkpoint.face_changed'])
    for (const input of [{ type: 'checkpoint.completed' }, { via: 'mcp' }, { via: 'rest' }, { actor_id: agent.actor_id }, { actor_id: '' }])
      expect(await told(input), JSON.stringify(input)).toEqual([])
  })

  it('refuse a type or a time that is none', async () => {
    for (const type of ['checkpoint.complete', '*', 'checkpoint.', 'checkpoint.completed,', '', 'hash.*', '.*'])
      expect((await refusal(test, listEvents, { type })).message, type).toMatch(/^type names what is no type of event/)
    for (const since of ['yesterday', '2026-13-01', '2026-11-01T09:00', '', 5])
      expect((await refusal(test, listEvents, { since })).code, String(since)).toBe('invalid')
    expect((await refusal(test, listEvents, { via: 'telex' })).message).toBe('via is not one of rest, mcp, web, cli.')
  })

  it('of a filter that names nothing, or what one may not read, are not found', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const { milestone_id, project_id, checkpoints } = await makeMilestone(test, hidden, { A: [] })
    const { checkpoint_id } = checkpoints[0]
    const mine = await makeMilestone(test, group_id, { A: [] })
    const person = await makePerson(test, 'Nosy')
    for (const filter of [
      { group_id: hidden },
      { project_id },
      { milestone_id },
      { checkpoint_id },
      { checkpoint_id, milestone_id: mine.milestone_id },
      { group_id: 'x' },
      { project_id: 'x' },
      { milestone_id: '' },
      { checkpoint_id: 'cp_nowhere' },
      { checkpoint_id: '1' },
      { checkpoint_id: milestone_id },
    ])
      expect((await refusal(test, listEvents, filter, person)).code, JSON.stringify(filter)).toBe('not_found')
    const { actor } = await groupKey(test, await makeGroup(test))
    expect((await refusal(test, listEvents, { checkpoint_id: mine.checkpoints[0].checkpoint_id }, actor)).code).toBe('not_found')
  })

  it('of what was deleted stay in the log', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const { seq } = await test.run(deleteMilestone, { milestone_id })
    expect((await list({ after: seq - 1 })).events).toMatchObject([{ type: 'milestone.deleted', milestone_id }])
    expect((await list({ group_id })).events.some((event: Data) => event.milestone_id === milestone_id)).toBe(true)
  })

  it('of a milestone that was deleted are read by its id, by those who may read its group', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const { milestone_id } = await makeMilestone(test, hidden, { A: [] })
    const [member, nosy] = [await makePerson(test, 'Member'), await makePerson(test, 'Nosy')]
    await join(test, hidden, member)
    await test.run(deleteMilestone, { milestone_id })
    const { events } = await list({ milestone_id }, member)
    expect(events.map(({ type }: Data) => type)).toEqual(['milestone.created', 'checkpoint.added', 'milestone.deleted'])
    expect(await list({ milestone_id, type: 'claim.taken' }, member)).toMatchObject({ events: [] })
    expect((await refusal(test, listEvents, { milestone_id }, nosy)).code).toBe('not_found')
    expect((await refusal(test, listEvents, { milestone_id: 'ms_nothere' }, member)).code).toBe('not_found')
  })

  it('that a person looks at are none for a milestone that is not there, as for one that they may not read', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const { milestone_id } = await makeMilestone(test, hidden, { A: [] })
    const nosy = await makePerson(test, 'Nosy')
    const look = async (asked: string) => (await test.run(readActivity, { milestone_id: asked, before: NEWEST }, nosy)).data
    expect(await look('ms_nothere')).toMatchObject({ events: [], next_before: null })
    expect(await look(milestone_id)).toEqual(await look('ms_nothere'))
  })

  it('of a checkpoint that was deleted are read among those of its milestone', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, group_id, { A: [], B: [] })
    const { checkpoint_id } = checkpoints[1]
    await test.run(deleteCheckpoint, { milestone_id, order: 2 })
    expect((await refusal(test, listEvents, { checkpoint_id })).code).toBe('not_found')
    const { events } = await list({ milestone_id, before: NEWEST, limit: 1 })
    expect(events).toMatchObject([{ type: 'checkpoint.deleted', checkpoint_id }])
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

  it('refuse an `after` or a `before` that is no place in a log', async () => {
    for (const place of [-1, 1.5, 'x', 2 ** 53, null, true, [], '']) {
      expect((await refusal(test, listEvents, { after: place })).code, String(place)).toBe('invalid')
      expect((await refusal(test, listEvents, { before: place })).code, String(place)).toBe('invalid')
    }
    expect((await refusal(test, listEvents, { before: 0 })).code).toBe('invalid')
  })

  it('are read in one direction at a time', async () => {
    const { seq } = await positionOf(test)
    const refused = await refusal(test, listEvents, { after: 1, before: seq })
    expect(refused).toMatchObject({ code: 'invalid', details: { fields: [{ path: 'before' }] } })
    expect(refused.message).toBe('before cannot be given together with after: one reads newest first, the other oldest first.')
    expect(await seqs({ after: 0, before: seq, limit: 1 })).toEqual([seq - 1])
  })
})
