import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { groupKey, join, keyWith, makePerson, readOnlyKey, revoke, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { eventsAfter, positionOf, refusal, watch } from '@/lib/testing/watch'
import {
  addCheckpoint,
  completeCheckpoint,
  createMilestone,
  deleteCheckpoint,
  deleteMilestone,
  reopenCheckpoint,
  updateCheckpoint,
  updateGroup,
  updateMilestone,
} from '.'

const once = (key: string) => ({ idempotency_key: key })

describe('the same idempotency key', () => {
  const test = useInstance()
  let group_id: string

  beforeAll(async () => {
    group_id = await makeGroup(test)
  })

  it('[H4] with the same call is answered with the first seq and ids, and written once', async () => {
    const input = { group_id, title: 'Once', checkpoints: [{ title: 'A' }] }
    const first = await watch(test, createMilestone, input, test.owner, once('create'))
    expect(first).toMatchObject({ changed: true, replayed: false })
    const before = await positionOf(test)
    const again = await test.run(createMilestone, input, test.owner, once('create'))
    expect(again).toEqual({ data: first.data, seq: first.seq, changed: true, replayed: true })
    expect(await positionOf(test)).toEqual(before)
  })

  it('[H4] is answered with the object as it is now', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
    const first = await test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('now'))
    await test.run(updateMilestone, { milestone_id, title: 'Since renamed' })
    await test.run(reopenCheckpoint, { milestone_id, order: 1, reason: 'Since reopened' })
    const again = await test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('now'))
    expect(again).toMatchObject({ seq: first.seq, changed: true, replayed: true, data: { title: 'Since renamed' } })
    expect(again.data.checkpoints[0].status).toBe('pending')
  })

  it('[H4] with another call is refused, and the first stays what it answers', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
    const first = await test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('other'))
    const second = { milestone_id, order: 2 }
    expect((await refusal(test, completeCheckpoint, second, test.owner, once('other'))).code).toBe('idempotency_mismatch')
    const again = await test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('other'))
    expect(again).toMatchObject({ seq: first.seq, replayed: true })
  })

  it('[H4] with the same call in other words is refused, for the call is what was sent', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const added = (depends_on: unknown[]) => ({ milestone_id, title: 'B', depends_on })
    await test.run(addCheckpoint, added([1]), test.owner, once('words'))
    expect((await refusal(test, addCheckpoint, added(['1']), test.owner, once('words'))).code).toBe('idempotency_mismatch')
    expect(await test.run(addCheckpoint, added([1]), test.owner, once('words'))).toMatchObject({ replayed: true })
  })

  it('[H4] of a refusal is free: the same call passes once it can', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const input = { milestone_id, order: 2 }
    expect((await refusal(test, completeCheckpoint, input, test.owner, once('refused'))).code).toBe('blocked')
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    expect(await watch(test, completeCheckpoint, input, test.owner, once('refused'))).toMatchObject({ changed: true, replayed: false })
    const other = await refusal(test, addCheckpoint, { milestone_id, title: 'x' }, test.owner, once('refused'))
    expect(other.code).toBe('idempotency_mismatch')
  })

  it('[H4] of a success that changed nothing is remembered too', async () => {
    const { milestone_id, title } = await makeMilestone(test, group_id, { A: [] })
    const same = { milestone_id, title }
    const first = await test.run(updateMilestone, same, test.owner, once('nothing'))
    expect(first).toMatchObject({ changed: false, replayed: false })
    await test.run(updateMilestone, { milestone_id, title: 'Between' })
    const again = await test.run(updateMilestone, same, test.owner, once('nothing'))
    expect(again).toMatchObject({ changed: false, replayed: true, seq: first.seq, data: { title: 'Between' } })
    expect((await refusal(test, deleteMilestone, { milestone_id }, test.owner, once('nothing'))).code).toBe('idempotency_mismatch')
  })

  it('[H4] of another principal is another key', async () => {
    const person = await makePerson(test, 'Twin')
    await join(test, group_id, person)
    const input = { group_id, title: 'Mine' }
    const [one, two] = [
      await watch(test, createMilestone, input, test.owner, once('shared')),
      await watch(test, createMilestone, input, person, once('shared')),
    ]
    expect(two.replayed).toBe(false)
    expect(two.data.milestone_id).not.toBe(one.data.milestone_id)
  })

  it('[H4] by another key or session of the same principal is the same', async () => {
    const input = { group_id, title: 'By two keys' }
    const first = await test.run(createMilestone, input, { ...test.owner, session_id: 'one' }, once('keys'))
    const { actor } = await userKey(test)
    expect(await test.run(createMilestone, input, { ...actor, session_id: 'two' }, once('keys'))).toMatchObject({
      seq: first.seq,
      replayed: true,
    })
  })

  it('[H4] is authorised again: revoked, without the permission, or out of scope, nothing is told', async () => {
    const key = await userKey(test)
    const elsewhere = await groupKey(test, await makeGroup(test))
    const reader = await readOnlyKey(test, test.owner)
    const input = { group_id, title: 'Told once' }
    await test.run(createMilestone, input, key.actor, once('auth'))
    const again = (actor: Actor) => refusal(test, createMilestone, input, actor, once('auth'))
    expect(await again(reader.actor)).toMatchObject({ code: 'forbidden', details: { missing: 'milestones:write' } })
    expect((await again(elsewhere.actor)).code).toBe('not_found')
    await revoke(test, key)
    expect((await again(key.actor)).code).toBe('unauthenticated')
    expect((await test.run(createMilestone, input, test.owner, once('auth'))).replayed).toBe(true)
  })

  it('[H4] [P1] is authorised again for what loosened a plan', async () => {
    const author = await test.agent(group_id, 'author')
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] }, author)
    await test.run(deleteCheckpoint, { milestone_id, order: 1 }, test.owner, once('loosened'))
    const careful = await keyWith(test, test.owner, { 'milestones:relax': false })
    const error = await refusal(test, deleteCheckpoint, { milestone_id, order: 1 }, careful.actor, once('loosened'))
    expect(error).toMatchObject({ code: 'forbidden', details: { missing: 'milestones:relax' } })
  })

  it('[H4] after what it made was deleted says that it is not there, and makes it no second time', async () => {
    const input = { group_id, title: 'Short-lived', checkpoints: [{ title: 'A' }] }
    const { milestone_id } = (await test.run(createMilestone, input, test.owner, once('gone'))).data
    const deleted = await test.run(deleteMilestone, { milestone_id }, test.owner, once('delete'))
    expect((await refusal(test, createMilestone, input, test.owner, once('gone'))).code).toBe('not_found')
    const again = await test.run(deleteMilestone, { milestone_id }, test.owner, once('delete'))
    expect(again).toEqual({ data: { milestone_id, deleted: true }, seq: deleted.seq, changed: true, replayed: true })
  })

  it('[H4] after what it made was deleted from a milestone answers with the milestone', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const added = await test.run(addCheckpoint, { milestone_id, title: 'B' }, test.owner, once('added'))
    await test.run(deleteCheckpoint, { milestone_id, order: 2 }, test.owner, once('removed'))
    const again = await test.run(addCheckpoint, { milestone_id, title: 'B' }, test.owner, once('added'))
    expect(again).toMatchObject({ replayed: true, seq: added.seq, data: { total_checkpoints: 1 } })
    const removed = await test.run(deleteCheckpoint, { milestone_id, order: 2 }, test.owner, once('removed'))
    expect(removed).toMatchObject({ replayed: true, data: { total_checkpoints: 1 } })
  })

  it('[H4] by number goes on meaning the checkpoint that it meant', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('number'))
    await test.run(addCheckpoint, { milestone_id, title: 'N', position: 1 })
    const again = await test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('number'))
    expect(again.data.checkpoints.map(({ status }: Data) => status)).toEqual(['pending', 'completed', 'pending'])
  })

  it('[H4] many times at once is one effect', async () => {
    const { seq } = await positionOf(test)
    const input = { group_id, title: 'Hammered' }
    const all = await Promise.all(Array.from({ length: 20 }, () => test.run(createMilestone, input, test.owner, once('hammer'))))
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(all.map(({ data, seq }) => `${seq} ${data.milestone_id}`)).size).toBe(1)
    expect((await eventsAfter(test, seq)).map(({ type }) => type)).toEqual(['milestone.created'])
  })

  it('[H4] twice in one batch with different calls: the first that succeeds has it', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const settled = await Promise.allSettled([
      test.run(completeCheckpoint, { milestone_id, order: 2 }, test.owner, once('batch')),
      test.run(completeCheckpoint, { milestone_id, order: 1 }, test.owner, once('batch')),
      test.run(updateCheckpoint, { milestone_id, order: 2, note: 'x' }, test.owner, once('batch')),
    ])
    expect(settled.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code))).toEqual([
      'blocked',
      'done',
      'idempotency_mismatch',
    ])
  })

  it('[H4] is remembered by the database, with the facts and nothing that was said', async () => {
    const group = await makeGroup(test)
    await test.run(updateGroup, { group_id: group, description: 'what was said' }, test.owner, once('kept'))
    const { rows } = await test.instance.pool.query('select * from remembered_answers where idempotency_key = $1', ['kept'])
    expect(rows).toMatchObject([
      {
        principal_id: test.owner.actor_id,
        fingerprint: expect.stringMatching(/^1:[0-9a-f]{64}$/),
        changed: true,
        needs: ['admin'],
        ids: { group_id: group },
      },
    ])
    expect(JSON.stringify(rows)).not.toContain('what was said')
  })

  it('[H4] after seven days is another key', async () => {
    const input = { group_id, title: 'Weekly' }
    const first = await test.run(createMilestone, input, test.owner, once('week'))
    const age = (interval: string) =>
      test.instance.pool.query(`update remembered_answers set created_at = now() - interval '${interval}' where idempotency_key = 'week'`)
    await age('6 days 23 hours')
    expect((await test.run(createMilestone, input, test.owner, once('week'))).replayed).toBe(true)
    await age('7 days 1 minute')
    const later = await test.run(createMilestone, input, test.owner, once('week'))
    expect(later).toMatchObject({ changed: true, replayed: false })
    expect(later.data.milestone_id).not.toBe(first.data.milestone_id)
  })
})

describe('by REST', () => {
  const test = useInstance()

  it('[H4] the fingerprint is of operation, path, query and body, whatever the order of the fields', async () => {
    const { call } = await userKey(test)
    const group_id = await makeGroup(test)
    const [one, two] = [await makeMilestone(test, group_id, { A: [] }), await makeMilestone(test, group_id, { A: [] })]
    const path = `/milestones/${one.milestone_id}`
    const headers = { 'idempotency-key': 'rest' }
    const first = await call('PATCH', path, '{"title":"T","description":"D"}', headers)
    expect(first).toMatchObject({ status: 200, changed: true })
    expect(first.json).not.toHaveProperty('replayed')
    const again = await call('PATCH', path, '{ "description": "D", "title": "T" }', headers)
    expect(again.json).toEqual({ ...first.json, replayed: true })
    const others: [string, string, unknown?][] = [
      ['PATCH', path, { title: 'T' }],
      ['PATCH', path, { title: 'T', description: 'd' }],
      ['PATCH', `/milestones/${two.milestone_id}`, { title: 'T', description: 'D' }],
      ['POST', `${path}/checkpoints/1/complete`, {}],
      ['DELETE', `${path}/checkpoints/1`],
      ['DELETE', `${path}/checkpoints/1?expected_version=${first.data.version}`],
    ]
    for (const [method, where, body] of others)
      expect(await call(method, where, body, headers), `${method} ${where}`).toMatchObject({ status: 422, error: 'idempotency_mismatch' })
  })

  it('[H4] a read pays no heed to a key', async () => {
    const { call } = await userKey(test)
    const headers = { 'idempotency-key': 'read' }
    expect((await call('GET', '/groups', undefined, headers)).status).toBe(200)
    expect((await call('GET', '/events', undefined, headers)).status).toBe(200)
    expect(await call('POST', '/groups', { name: 'After reads' }, headers)).toMatchObject({ status: 200, changed: true })
  })

  it('[H4] a key may hold quotes and signs of SQL', async () => {
    const { call } = await userKey(test)
    for (const key of ["'", "a'; drop table events; --", '\\', '"', '$1', 'é', 'a b']) {
      const body = { name: `Key ${Math.random()}` }
      const first = await call('POST', '/groups', body, { 'idempotency-key': key })
      expect(first.status, key).toBe(200)
      expect((await call('POST', '/groups', body, { 'idempotency-key': key })).json, key).toEqual({ ...first.json, replayed: true })
    }
  })
})
