import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FIRST_WORKSPACE, type Instance, openInstance } from '@/db/instance'
import { createGroup, createProject } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { administer } from '@/lib/testing/administer'
import { useInstance } from '@/lib/testing/instance'
import { eventsAfter, positionOf } from '@/lib/testing/watch'
import { connect } from './client'
import { Feed, type Follower, type LogPosition } from './feed'
import { Lane } from './lane'

/** Follows a feed and keeps what it hears. */
const follow = async (feed: Feed) => {
  const heard: number[] = []
  const positions: LogPosition[] = []
  let replaced = 0
  const follower: Follower = {
    hear: ({ events, position }, { seq }) => {
      heard.push(...events.map(({ event }) => event.seq))
      positions.push(position)
      if (seq < position.seq) throw new Error('the snapshot is older than its news')
    },
    replaced: () => {
      replaced++
    },
  }
  const from = await feed.follow(follower)
  return {
    from,
    positions,
    /** The numbers that were heard after the position from which this follower began. */
    heard: () => heard.filter((seq) => seq > from.seq),
    replaced: () => replaced,
    stop: () => feed.unfollow(follower),
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at + 1)

describe('the event feed', () => {
  const test = useInstance()
  let other: Instance
  let group_id: string

  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
    group_id = (await test.run(createGroup, { name: 'Feed' })).data.group_id
  })
  afterAll(() => other.close())

  let counter = 0
  const change = (instance: Instance) =>
    execute(instance, createProject, { input: { group_id, title: `Project ${++counter}` }, actor: test.owner })

  it('[E4] tells every event once and in order, to followers that join while others write', async () => {
    const first = await follow(test.instance.feed)
    const writing = Promise.all(Array.from({ length: 40 }, () => change(test.instance)))
    await change(test.instance)
    const second = await follow(test.instance.feed)
    await writing
    const { seq } = await positionOf(test)
    await expect.poll(() => second.heard().at(-1) ?? second.from.seq).toBe(seq)
    for (const { from, heard, stop } of [first, second]) {
      expect(heard()).toEqual(numbers(from.seq, seq))
      stop()
    }
    expect(test.instance.feed.position).toBeNull()
  })

  it('names the batch of the event at its position', async () => {
    const { positions, stop, heard, from } = await follow(test.instance.feed)
    await change(test.instance)
    await expect.poll(() => heard().length).toBe(1)
    const [event] = await eventsAfter(test, from.seq)
    expect(positions.at(-1)).toEqual({ seq: event?.seq, batch: expect.stringMatching(/^[a-z2-7]{16}$/) })
    stop()
  })

  it('is told by PostgreSQL what other processes commit, without waiting for a heartbeat', async () => {
    const { heard, from, stop } = await follow(test.instance.feed)
    await change(other)
    await change(other)
    await expect.poll(() => heard(), { timeout: 10_000 }).toEqual(numbers(from.seq, from.seq + 2))
    stop()
  })

  it('misses nothing while its connection to PostgreSQL is cut, again and again', async () => {
    const { heard, from, stop } = await follow(test.instance.feed)
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cairn feed' and datname = current_database()`
    for (let round = 0; round < 5; round++) {
      await administer(test.database.ownerUrl, kill)
      await change(other)
    }
    const { seq } = await positionOf(test)
    await expect.poll(() => heard()).toEqual(numbers(from.seq, seq))
    stop()
  })

  it('finds at a heartbeat what nobody told it', async () => {
    const silent = new Lane(test.database.url, FIRST_WORKSPACE)
    const feed = new Feed(test.database.url, test.instance, 100)
    const { heard, from, stop } = await follow(feed)
    await sleep(200)
    await execute({ ...other, lane: silent }, createProject, { input: { group_id, title: 'Untold' }, actor: test.owner })
    await expect.poll(() => heard()).toEqual([from.seq + 1])
    stop()
    await Promise.all([silent.stop(), feed.stop()])
  })

  it('goes on after an error of a follower, and lets the others hear', async () => {
    const broken: Follower = {
      hear: () => {
        throw new Error('a follower of a test fails')
      },
      replaced: () => undefined,
    }
    await test.instance.feed.follow(broken)
    const { heard, stop } = await follow(test.instance.feed)
    await change(test.instance)
    await expect.poll(() => heard().length).toBe(1)
    await change(test.instance)
    await expect.poll(() => heard().length).toBe(2)
    stop()
    test.instance.feed.unfollow(broken)
  })
})

describe('the event feed of a log that is replaced', () => {
  const test = useInstance({ each: true })

  const rewrite = async (...statements: string[]) => {
    const client = await connect(test.database.ownerUrl, 'restore')
    for (const statement of ['set session_replication_role = replica', ...statements]) await client.query(statement)
    await client.end()
  }

  it.each([
    ['is shorter', ['delete from events where seq > 2', `update workspaces set seq = 2, head = 'restored'`]],
    ['has other events under the same numbers', [`update events set batch = 'restored'`, `update workspaces set head = 'restored'`]],
  ])('[E4] tells its followers so when the log %s', async (_, statements) => {
    const { data } = await test.run(createGroup, { name: 'Old' })
    const feed = new Feed(test.database.url, test.instance, 100)
    const { replaced, heard } = await follow(feed)
    await rewrite(...statements)
    await expect.poll(replaced).toBe(1)
    expect(heard()).toEqual([])
    const again = await follow(feed)
    expect(again.from.seq).toBe((await positionOf(test)).seq)
    await test.run(createProject, { group_id: data.group_id, title: 'New' }).catch(() => undefined)
    await feed.stop()
  })
})
