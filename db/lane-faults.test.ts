import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCheckpoint, completeCheckpoint, deleteCheckpoint, getMilestoneOperation, updateCheckpoint } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { type Data, useInstance } from '@/lib/testing/instance'
import { LANE_LOCK } from '@/lib/testing/lane'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { useProxied } from '@/lib/testing/proxied'
import { expectSound } from '@/lib/testing/soundness'
import { connect } from './client'
import { type Instance, openInstance } from './instance'

const ADMIN_SHUTDOWN = '57P01'
const completedOf = (milestone: Data) => milestone.checkpoints.map((checkpoint: Data) => checkpoint.status === 'completed')

describe('a lost connection', () => {
  const test = useInstance()
  const proxied = useProxied(test)

  const complete = (milestone_id: string, order: number) =>
    execute(proxied.instance, completeCheckpoint, { input: { milestone_id, order }, actor: test.owner })

  it('[H3] cut after the commit: the change is proven to have happened and answered as made, once', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
    await complete(milestone_id, 1)
    proxied.wire.cutNextCommit('after')
    const answer = await complete(milestone_id, 2)
    expect(proxied.wire.cuts()).toBe(1)
    expect(answer.changed).toBe(true)
    const { rows } = await test.instance.pool.query(`select seq from events where milestone_id = $1 and type = 'checkpoint.completed'`, [
      milestone_id,
    ])
    expect(rows).toHaveLength(2)
    await expectSound(test.instance)
  })

  it('[H3] cut after the commit: who listens is told of it once it is proven', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const told: number[] = []
    const end = proxied.instance.lane.onCommitted((seq) => told.push(seq))
    proxied.wire.cutNextCommit('after')
    const { seq } = await complete(milestone_id, 1)
    end()
    expect(told).toEqual([seq])
  })

  it('cut after the commit of a repeat, which only remembers its answer: no listener is told', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    await complete(milestone_id, 1)
    const told: number[] = []
    const end = proxied.instance.lane.onCommitted((seq) => told.push(seq))
    proxied.wire.cutNextCommit('after')
    const input = { milestone_id, order: 1 }
    const again = await execute(proxied.instance, completeCheckpoint, { input, actor: test.owner, idempotency_key: 'repeat' })
    end()
    expect(again.changed).toBe(false)
    expect(told).toEqual([])
  })

  it('[H2] cut before the commit: proven absent, tried again, made once', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const before = proxied.wire.cuts()
    proxied.wire.cutNextCommit('before')
    const answer = await complete(milestone_id, 1)
    expect(proxied.wire.cuts()).toBe(before + 1)
    expect(answer.changed).toBe(true)
    const { rows } = await test.instance.pool.query(`select from events where milestone_id = $1 and type = 'checkpoint.completed'`, [
      milestone_id,
    ])
    expect(rows).toHaveLength(1)
    await expectSound(test.instance)
  })

  it('[H1] [H3] cut after the commit of a batch, and no way to ask for a while: nothing is done twice', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: [], C: [] })
    const add = (title: string) => execute(proxied.instance, addCheckpoint, { input: { milestone_id, title }, actor: test.owner })
    await add('warm')
    proxied.wire.shutAfterCut(250)
    proxied.wire.cutNextCommit('after')
    const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => add(`N${at}`)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(12)
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    const titles = data.checkpoints.map((checkpoint: Data) => checkpoint.title)
    expect(new Set(titles).size).toBe(titles.length)
    await expectSound(test.instance)
  })

  it('[H3] cut again and again under load: each acknowledged change is in the log exactly once', async () => {
    const sketch = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`P${at}`, []]))
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), sketch)
    const answers: boolean[] = []
    const before = proxied.wire.cuts()
    for (let order = 1; order <= 40; order++) {
      if (order % 8 === 0) proxied.wire.cutNextCommit(order % 16 === 0 ? 'after' : 'before')
      answers.push((await complete(milestone_id, order)).changed === true)
    }
    expect(proxied.wire.cuts()).toBe(before + 5)
    expect(answers.every(Boolean)).toBe(true)
    const { rows } = await test.instance.pool.query(`select from events where milestone_id = $1 and type = 'checkpoint.completed'`, [
      milestone_id,
    ])
    expect(rows).toHaveLength(40)
    await expectSound(test.instance)
  })

  it('[H3] backends that are killed at any time lose nothing that was acknowledged', async () => {
    const total = 60
    const sketch = Object.fromEntries(Array.from({ length: total }, (_, at) => [`K${at}`, []]))
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), sketch)
    const killer = await connect(test.database.ownerUrl, 'killer')
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cairn lane' and datname = current_database()`
    const kills: Promise<number>[] = []
    const killSoon = async () => {
      await sleep(Math.random() * 10)
      return (await killer.query(kill)).rowCount ?? 0
    }
    const acknowledged: boolean[] = []
    for (let order = 1; order <= total; order++) {
      if (order % 5 === 0) kills.push(killSoon())
      const answer = await test.run(completeCheckpoint, { milestone_id, order }).catch(() => null)
      acknowledged.push(answer !== null)
    }
    const killed = (await Promise.all(kills)).reduce((sum, count) => sum + count, 0)
    await killer.end()
    await expect.poll(() => test.instance.lane.presentFault).toBeNull()
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    expect(killed).toBeGreaterThan(0)
    expect(acknowledged.filter(Boolean).length).toBeGreaterThan(total / 2)
    expect(acknowledged.every((done, at) => !done || completedOf(data)[at])).toBe(true)
    await expectSound(test.instance)
  })
})

describe('another writer', () => {
  const test = useInstance()
  let other: Instance
  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
  })
  afterAll(() => other.close())

  it('[D1] two processes on one database in turn: each sees what the other did', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'], C: ['B'], D: ['C'] })
    for (const order of [1, 2, 3, 4]) {
      const instance = order % 2 === 0 ? other : test.instance
      const answer = await execute(instance, completeCheckpoint, { input: { milestone_id, order }, actor: test.owner })
      expect(answer.changed).toBe(true)
    }
    await expectSound(test.instance)
  })

  it('[D1] [D2] two processes race with edges, completions and deletions: the rules hold and the log has no gap', async () => {
    const group = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group, { A: [], B: [], C: [], D: [], E: [], F: [] })
    const next = (at: number) => [test.instance, other][at % 2] ?? other
    const calls = Array.from({ length: 96 }, (_, at) => {
      const order = (at % 6) + 1
      const actor = test.owner
      if (at % 3 === 0) return execute(next(at), completeCheckpoint, { input: { milestone_id, order }, actor })
      if (at % 3 === 1)
        return execute(next(at), updateCheckpoint, { input: { milestone_id, order, depends_on: order > 1 ? [order - 1] : [] }, actor })
      return execute(next(at), deleteCheckpoint, { input: { milestone_id, order }, actor })
    })
    await Promise.allSettled(calls)
    // In every order of these calls, at least one completion, one new dependency and one deletion succeed.
    const { rows } = await test.instance.pool.query(`select distinct type from events where milestone_id = $1`, [milestone_id])
    const happened = ['checkpoint.completed', 'checkpoint.dependency_added', 'checkpoint.deleted']
    expect(rows.map(({ type }) => type)).toEqual(expect.arrayContaining(happened))
    await expectSound(test.instance)
  })

  it('a database that was changed behind its back: the cached world is dropped', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    await test.run(updateCheckpoint, { milestone_id, order: 1, note: 'cached' })
    const restore = await connect(test.database.ownerUrl, 'restore')
    await restore.query(`update checkpoints set note = 'restored' where milestone_id = $1`, [milestone_id])
    await restore.query(`update workspaces set head = 'restored'`)
    await restore.end()
    const { data, changed } = await test.run(updateCheckpoint, { milestone_id, order: 1, note: 'restored' })
    expect([changed, data.checkpoints[0].note]).toEqual([false, 'restored'])
  })

  it('a writer that holds the lock and does not go on is ended, and the others go on', async () => {
    const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
    const stopped = await connect(test.database.url, 'stopped')
    const ended = new Promise((resolve) => stopped.once('error', resolve))
    await stopped.query('begin')
    await stopped.query(LANE_LOCK)
    const answer = await test.run(completeCheckpoint, { milestone_id, order: 1 })
    expect(answer.changed).toBe(true)
    expect(await ended).toMatchObject({ code: ADMIN_SHUTDOWN })
  })
})
