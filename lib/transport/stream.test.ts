import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { connect } from '@/db/client'
import { type Instance, openInstance, setInstance } from '@/db/instance'
import { createFront } from '@/front/front.mjs'
import { openLink, signOut } from '@/lib/auth/handler'
import { makeKey } from '@/lib/auth/key'
import { getAuth } from '@/lib/auth/session'
import { NOWHERE } from '@/lib/domain/events'
import {
  claimCheckpoint,
  completeCheckpoint,
  createGroup,
  createProject,
  deleteMilestone,
  listEvents,
  reopenCheckpoint,
  updateCheckpoint,
  updateGroup,
  updateMilestone,
} from '@/lib/operations'
import { decided, defineMutation, nowhere } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { hubOf } from '@/lib/operations/follow'
import { administer } from '@/lib/testing/administer'
import { agentKey, groupKey, join, makePerson, type TestKey, userKey } from '@/lib/testing/client'
import { cookiesOf } from '@/lib/testing/cookies'
import { type Data, type TestInstance, useInstance } from '@/lib/testing/instance'
import { type Listening, listenTo } from '@/lib/testing/listening'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { eventsAfter, positionOf } from '@/lib/testing/watch'
import { listen } from '@/tools/port.mjs'
import { handleRest } from './rest'

const HEARTBEAT = 300
const WITHIN = { interval: 10 }

/** Serves an instance over real HTTP, as the app does. */
const serve = async (instance: Instance) => {
  const front = createFront({
    address: () => ({ url: 'http://cairn.test', hosts: [] }),
    handle: (request) => handleRest(instance, request),
    page: async () => undefined,
  })
  const port = await listen(front.server, 0, '127.0.0.1')
  return { port, origin: `http://127.0.0.1:${port}`, stop: () => front.stop(1_000) }
}

/** There is no call that revokes a key yet. */
const revokeKey = defineMutation({
  name: 'revoke_key',
  routes: [],
  permission: 'anyone',
  summary: 'Revoke a key',
  input: z.object({ key_id: z.string(), principal_id: z.string() }),
  output: z.object({}),
  errors: [],
  find: (world, { principal_id }) => {
    world.find('principal', principal_id)
    return nowhere()
  },
  decide: (_world, data) => decided([{ ...NOWHERE, type: 'key.revoked', data }]),
  answer: () => ({}),
  text: () => 'revoked',
})

const useStreams = (test: TestInstance, heartbeat = HEARTBEAT) => {
  let served: Awaited<ReturnType<typeof serve>>
  const opened: Listening[] = []
  beforeAll(async () => {
    hubOf(test.instance, heartbeat)
    served = await serve(test.instance)
  })
  afterEach(async () => {
    for (const stream of opened.splice(0)) stream.leave()
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
  })
  afterAll(() => served.stop())
  return {
    get port() {
      return served.port
    },
    get origin() {
      return served.origin
    },
    open: async (key: Pick<TestKey, 'secret'>, query = '', headers: Record<string, string> = {}): Promise<Listening> => {
      const stream = await listenTo(`${served.origin}/api/events/stream${query}`, { authorization: `Bearer ${key.secret}`, ...headers })
      opened.push(stream)
      if (stream.status === 200) await expect.poll(() => stream.heard.length, WITHIN).toBeGreaterThan(0)
      return stream
    },
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at + 1)

describe('a stream of events', () => {
  const test = useInstance()
  const streams = useStreams(test)
  let owner: TestKey
  let group_id: string
  let counter = 0

  beforeAll(async () => {
    owner = await userKey(test)
    group_id = await makeGroup(test)
  })

  const change = (instance = test.instance, group = group_id) =>
    execute(instance, createProject, { input: { group_id: group, title: `Project ${++counter}` }, actor: test.owner })
  const end = async () => (await positionOf(test)).seq

  it('begins at once with the place from which it follows, and tells each event as list_events shows it', async () => {
    const before = await end()
    const stream = await streams.open(owner)
    expect(stream.status).toBe(200)
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
    })
    expect(stream.text()).toMatch(/^retry: \d+\n\n/)
    const [{ batch }] = await eventsAfter(test, before - 1)
    expect(stream.heard[0]).toEqual({ id: `${before}.${batch.slice(0, 8)}`, type: 'heartbeat', data: { seq: before } })
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    await test.run(completeCheckpoint, { milestone_id, order: 1, note: 'line\nline' })
    const { data } = await test.run(listEvents, { after: before })
    await expect.poll(() => stream.events().length, WITHIN).toBe(data.events.length)
    expect(stream.events().map((event) => event.data)).toEqual(data.events)
    const rows = await eventsAfter(test, before)
    expect(stream.events().map(({ id, type }) => [id, type])).toEqual(
      rows.map(({ seq, batch, type }) => [`${seq}.${batch.slice(0, 8)}`, type]),
    )
  })

  it('names in its heartbeats the place up to which nothing is missing, also for a reader who may read none of it', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const stranger = await userKey(test, await makePerson(test, 'Beat'))
    const stream = await streams.open(stranger, `?group_id=${group_id}`)
    await change(test.instance, hidden)
    const seq = await end()
    await expect.poll(() => stream.heard.at(-1)?.data.seq, WITHIN).toBe(seq)
    expect(stream.heard.at(-1)).toMatchObject({ type: 'heartbeat', id: expect.stringMatching(new RegExp(`^${seq}\\.[a-z2-7]{8}$`)) })
    expect(stream.events()).toEqual([])
    const again = await streams.open(stranger, `?group_id=${group_id}`, { 'last-event-id': stream.heard.at(-1)?.id ?? '' })
    expect(again.heard[0]?.id).toBe(stream.heard.at(-1)?.id)
  })

  it('[E4] goes on after any place, named by its number or by its id, in the address or in the header', async () => {
    const from = await end()
    for (let at = 0; at < 5; at++) await change()
    const rows = await eventsAfter(test, from)
    const id = `${rows[1].seq}.${rows[1].batch.slice(0, 8)}`
    const wanted = numbers(from + 2, from + 5)
    for (const [query, headers] of [
      [`?after=${from + 2}`, {}],
      [`?after=${id}`, {}],
      ['', { 'last-event-id': String(from + 2) }],
      ['', { 'last-event-id': id }],
      // A browser that connects again uses the old address.
      [`?after=${from}`, { 'last-event-id': id }],
      [`?after=${from + 2}`, { 'last-event-id': '' }],
    ] as const) {
      const stream = await streams.open(owner, query, headers)
      await expect.poll(stream.seqs, WITHIN).toEqual(wanted)
      expect(stream.heard[0]).toEqual({ id, type: 'heartbeat', data: { seq: from + 2 } })
    }
    expect((await test.run(listEvents, { after: id })).data.events.map(({ seq }: Data) => seq)).toEqual(wanted)
    const whole = await streams.open(owner, '?after=0')
    await expect.poll(() => whole.seqs().length, WITHIN).toBe(from + 5)
    expect(whole.seqs()).toEqual(numbers(0, from + 5))
  })

  it('refuses a place that is in no log, or in another one', async () => {
    const seq = await end()
    const [{ batch }] = await eventsAfter(test, seq - 1)
    const other = `${seq}.${batch.slice(0, 7)}${batch[7] === 'a' ? 'b' : 'a'}`
    for (const form of ['x', '-1', '1.5', '1.', '1.k3m9', '01', `${seq}.K3M4Q2XA`, '9007199254740993', '1e3', `${other}x`]) {
      // In an address, digits become a number.
      if (form !== '01') expect((await streams.open(owner, `?after=${encodeURIComponent(form)}`)).status, form).toBe(422)
      const named = await streams.open(owner, '', { 'last-event-id': form })
      expect(named.problem, form).toMatchObject({ error: 'invalid', details: { fields: [{ path: 'Last-Event-ID' }] } })
      expect(named.status).toBe(422)
    }
    for (const place of [String(seq + 1), `${seq + 1}.${batch.slice(0, 8)}`, other, '0.aaaaaaaa']) {
      const refused = await streams.open(owner, `?after=${place}`)
      expect([refused.status, refused.problem.error], place).toEqual([409, 'log_replaced'])
      expect((await streams.open(owner, '', { 'last-event-id': place })).status, place).toBe(409)
      expect(await owner.call('GET', `/events?after=${place}`), place).toMatchObject({ status: 409, error: 'log_replaced' })
    }
    const { secret } = makeKey('user')
    expect((await streams.open({ secret }, '', { 'last-event-id': 'x' })).status).toBe(401)
  })

  it('tells the events of what it is about, and no others', async () => {
    const one = await makeMilestone(test, group_id, { A: [], B: [] })
    const two = await makeMilestone(test, await makeGroup(test), { A: [] })
    const from = await end()
    const { checkpoint_id } = one.checkpoints[0]
    const filters = [
      { group_id },
      { group_id: two.group_id },
      { project_id: one.project_id },
      { milestone_id: one.milestone_id },
      { milestone_id: two.milestone_id, group_id },
      { checkpoint_id },
    ]
    const open = (filter: Record<string, string>) => streams.open(owner, `?${new URLSearchParams(filter)}`)
    const live = await Promise.all(filters.map(open))
    const all = await streams.open(owner)
    for (const { milestone_id } of [one, two]) await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await test.run(completeCheckpoint, { milestone_id: one.milestone_id, order: 2 })
    await expect.poll(() => all.seqs().at(-1), WITHIN).toBe(await end())
    for (const [at, filter] of filters.entries()) {
      const { events } = (await test.run(listEvents, { ...filter, after: from })).data
      expect(
        live[at]?.events().map(({ data }) => data),
        JSON.stringify(filter),
      ).toEqual(events)
      const late = await streams.open(owner, `?${new URLSearchParams({ ...filter, after: String(from) })}`)
      await expect.poll(() => late.events().map(({ data }) => data), WITHIN).toEqual(events)
    }
    for (const filter of ['group_id=nowhere', 'milestone_id=ms_x', 'checkpoint_id=1', 'project_id='])
      expect((await streams.open(owner, `?${filter}`)).status, filter).toBe(404)
    expect((await streams.open(owner, '?limit=1')).status).toBe(422)
  })

  it('[E4] loses and repeats nothing while many write and it connects again and again', async () => {
    const from = await end()
    const read: number[] = []
    let isWriting = true
    let connections = 0
    const writers = Array.from({ length: 5 }, async () => {
      for (let at = 0; at < 60 || connections < 6; at++) await change()
    })
    const done = Promise.all(writers).then(() => {
      isWriting = false
    })
    let id = String(from)
    const last = () => read.at(-1) ?? from
    while (isWriting || connections < 6 || last() < (await end())) {
      connections++
      const stream = await streams.open(owner, '', { 'last-event-id': id })
      await sleep(Math.random() * 60)
      stream.leave()
      read.push(...stream.seqs())
      id = stream.heard.at(-1)?.id ?? id
    }
    await done
    expect(read).toEqual(numbers(from, await end()))
  })

  it('[E4] loses and repeats nothing when the connections of the feed and of the readers are killed', async () => {
    const from = await end()
    const all = await Promise.all([
      streams.open(owner),
      streams.open(owner, `?after=${from - 3}`),
      streams.open(owner, `?group_id=${group_id}`),
    ])
    const kill = (names: string) =>
      administer(
        test.database.ownerUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name in (${names}) and datname = current_database()`,
      )
    for (let round = 0; round < 10; round++) {
      await Promise.all([kill(round % 2 ? `'cairn feed'` : `'cairn read'`), change().catch(() => null), change().catch(() => null)])
      await sleep(20)
    }
    const seq = await end()
    for (const [at, stream] of all.entries()) {
      const first = at === 1 ? from - 3 : from
      await expect.poll(stream.seqs, WITHIN).toEqual(numbers(first, seq))
      expect(stream.ended()).toBeNull()
    }
  })

  it('[E4] tells what another process commits, without waiting for a heartbeat', async () => {
    const other = await openInstance(test.database.url, 'http://cairn.test')
    const served = await serve(other)
    // Heartbeats of this hub come every 15 seconds.
    const there = await listenTo(`${served.origin}/api/events/stream`, { authorization: `Bearer ${owner.secret}` })
    const here = await streams.open(owner)
    await expect.poll(() => there.heard.length, WITHIN).toBe(1)
    const from = await end()
    for (const instance of [test.instance, other, other, test.instance]) await change(instance)
    for (const stream of [here, there]) await expect.poll(stream.seqs, WITHIN).toEqual(numbers(from, from + 4))
    await change()
    await expect.poll(there.seqs, WITHIN).toEqual(numbers(from, from + 5))
    await change(other)
    await expect.poll(here.seqs, WITHIN).toEqual(numbers(from, from + 6))
    there.leave()
    await served.stop()
    await other.close()
  })

  it('is freed when its client leaves, even while it is told the past or before it begins', async () => {
    const url = `${streams.origin}/api/events/stream`
    const headers = { authorization: `Bearer ${owner.secret}` }
    for (let round = 0; round < 30; round++) {
      const controller = new AbortController()
      const asked = fetch(`${url}?after=0`, { headers, signal: controller.signal }).catch(() => null)
      await sleep(round % 10)
      controller.abort()
      await asked
    }
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
    await expect.poll(() => test.instance.feed.position).toBeNull()
  })
})

describe('the streams of a key', () => {
  const test = useInstance()

  it('are at most 1,000, and make room when they end', async () => {
    const signal = new AbortController()
    const owner = await userKey(test)
    const headers = { authorization: `Bearer ${owner.secret}` }
    const request = (given = headers) => new Request('http://cairn.test/api/events/stream', { headers: given, signal: signal.signal })
    const requests = Array.from({ length: 1_000 }, () => request())
    const all = await Promise.all(requests.map((one) => handleRest(test.instance, one)))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    const refused = await handleRest(test.instance, request())
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15'])
    expect(await refused.json()).toMatchObject({ error: 'rate_limited', details: { limit: 1_000 } })
    const others = request({ authorization: `Bearer ${(await userKey(test)).secret}` })
    expect((await handleRest(test.instance, others)).status).toBe(200)
    signal.abort()
    // The signal of a request that nothing refers to any more would be lost to the garbage collector.
    expect([...requests, others].every((one) => one.signal.aborted)).toBe(true)
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
    const left = new AbortController()
    expect(
      (await handleRest(test.instance, new Request('http://cairn.test/api/events/stream', { headers, signal: left.signal }))).status,
    ).toBe(200)
    left.abort()
  })

  it('are freed when their client leaves, even before they have begun', async () => {
    const owner = await userKey(test)
    for (let round = 0; round < 20; round++) {
      const leaving = new AbortController()
      const headers = { authorization: `Bearer ${owner.secret}` }
      const request = new Request('http://cairn.test/api/events/stream?after=0', { headers, signal: leaving.signal })
      const asked = handleRest(test.instance, request)
      if (round > 0) await sleep(round - 1)
      leaving.abort()
      expect(request.signal.aborted).toBe(true)
      await asked
    }
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
    await expect.poll(() => test.instance.feed.position).toBeNull()
  })
})

describe('who may read a stream', () => {
  const test = useInstance()
  const streams = useStreams(test)
  let owner: TestKey

  beforeAll(async () => {
    owner = await userKey(test)
  })

  const work = (group_id: string, title: string) => test.run(createProject, { group_id, title })
  /** The number of the last event, once a stream of everything has told it: then every other stream that was told anything was told it too. */
  const settled = async (all: Listening) => {
    const { seq } = await positionOf(test)
    await expect.poll(() => all.heard.at(-1)?.data.seq, WITHIN).toBe(seq)
    await sleep(50)
    return seq
  }

  it('[E4] the owner reads the whole log, others the groups that they may read, and a key of a group that group', async () => {
    const open = await makeGroup(test)
    const closed = await makeGroup(test, { visibility: 'private' })
    const person = await makePerson(test, 'Insider')
    await join(test, closed, person)
    const readers = {
      owner,
      insider: await userKey(test, person),
      outsider: await userKey(test, await makePerson(test, 'Outsider')),
      agent: await agentKey(test, open),
      scoped: await groupKey(test, closed, person),
    }
    const from = (await positionOf(test)).seq
    const live: Record<string, Listening> = {}
    for (const [who, key] of Object.entries(readers)) live[who] = await streams.open(key)
    await work(open, 'Open')
    await work(closed, 'Closed')
    await makePerson(test, 'Newcomer')
    await settled(live.owner ?? expect.fail())
    const told = (stream?: Listening) => stream?.seqs().map((seq) => seq - from)
    const wanted = { owner: [1, 2, 3], insider: [1, 2], outsider: [1], agent: [1], scoped: [2] }
    for (const [who, seqs] of Object.entries(wanted)) {
      expect(told(live[who]), who).toEqual(seqs)
      const late = await streams.open(readers[who as keyof typeof readers], `?after=${from}`)
      await expect.poll(() => told(late), WITHIN).toEqual(seqs)
    }
  })

  it('[F2] of 50 groups that become private while it is read, not one private byte comes after', async () => {
    const stranger = await userKey(test, await makePerson(test, 'Stranger'))
    const all = await streams.open(owner)
    const stream = await streams.open(stranger)
    const from = (await positionOf(test)).seq
    for (let round = 0; round < 50; round++) {
      const group_id = await makeGroup(test)
      const late = await streams.open(stranger, `?group_id=${group_id}`)
      const writing = (async () => {
        for (let at = 0; at < 4; at++) await work(group_id, `Told or not ${round}`)
      })()
      if (round % 2) await sleep(Math.random() * 30)
      const { seq } = await test.run(updateGroup, { group_id, visibility: 'private' })
      await work(group_id, `SECRET ${round}`)
      await writing
      await expect.poll(late.ended, WITHIN).not.toBeNull()
      expect(late.text()).not.toContain('SECRET')
      expect(late.seqs().filter((told) => told >= seq)).toEqual([])
      if (late.ended() === 'closed') expect(late.heard.at(-1)).toMatchObject({ type: 'gone' })
    }
    await settled(all)
    expect(stream.text()).not.toContain('SECRET')
    expect(all.text()).toContain('SECRET 49')
    const again = await streams.open(stranger, `?after=${from}`)
    await sleep(300)
    expect(again.text()).not.toContain('SECRET')
    expect(again.text()).not.toContain('Told or not')
  })

  it('[E4] what becomes readable is told from then on, and before when it is read again', async () => {
    const group_id = await makeGroup(test, { visibility: 'private' })
    const person = await makePerson(test, 'Joiner')
    const key = await userKey(test, person)
    const from = (await positionOf(test)).seq
    const all = await streams.open(owner)
    const stream = await streams.open(key)
    await work(group_id, 'Before')
    await settled(all)
    await join(test, group_id, person)
    await work(group_id, 'After')
    await settled(all)
    expect(stream.seqs().map((seq) => seq - from)).toEqual([2, 3])
    const again = await streams.open(key, `?after=${from}`)
    await expect.poll(() => again.seqs().map((seq) => seq - from), WITHIN).toEqual([1, 2, 3])
  })

  it.each([
    [
      'milestone',
      async ({ milestone_id }: Data) => test.run(deleteMilestone, { milestone_id }),
      (plan: Data) => ({ milestone_id: plan.milestone_id }),
    ],
    [
      'checkpoint',
      async ({ milestone_id }: Data) => test.run(deleteMilestone, { milestone_id }),
      (plan: Data) => ({ checkpoint_id: plan.checkpoints[0].checkpoint_id }),
    ],
  ])('[E4] a stream of a %s that is deleted ends with the event gone, after the deletion', async (noun, remove, filterOf) => {
    const plan = await makeMilestone(test, await makeGroup(test), { A: [] })
    const query = `?${new URLSearchParams(filterOf(plan))}`
    const stream = await streams.open(owner, query)
    const group = await streams.open(owner, `?group_id=${plan.group_id}`)
    await remove(plan)
    await expect.poll(stream.ended, WITHIN).toBe('closed')
    expect(stream.heard.at(-1)).toEqual({ id: '', type: 'gone', data: {} })
    if (noun === 'milestone') expect(stream.events().at(-1)).toMatchObject({ type: 'milestone.deleted' })
    expect((await streams.open(owner, query)).status).toBe(404)
    expect(group.ended()).toBeNull()
  })

  it('[F2] a key that is revoked, here or by another process, has its stream ended within a second', async () => {
    const took: number[] = []
    const other = await openInstance(test.database.url, 'http://cairn.test')
    const group_id = await makeGroup(test)
    const bystander = await streams.open(owner)
    for (let round = 0; round < 10; round++) {
      const key = await userKey(test, test.owner)
      const all = [await streams.open(key), await streams.open(key, `?group_id=${group_id}`)]
      const input = { key_id: key.actor.key_id, principal_id: key.actor.actor_id }
      await execute(round % 2 ? other : test.instance, revokeKey, { input, actor: test.owner })
      const began = performance.now()
      const { seq } = await work(group_id, 'After the revocation')
      for (const stream of all) {
        await expect.poll(stream.ended, WITHIN).not.toBeNull()
        took.push(performance.now() - began)
        expect(stream.seqs()).not.toContain(seq)
        expect(stream.text()).not.toContain('key.revoked')
      }
      expect((await streams.open(key)).status).toBe(401)
    }
    // A machine that stands still for a moment does so in some of the rounds.
    expect(took.sort((a, b) => a - b)[took.length / 2]).toBeLessThan(1_000)
    expect(bystander.ended()).toBeNull()
    await other.close()
  })

  it('[F2] a key that expires has its stream ended at that time', async () => {
    const expires_at = new Date(Date.now() + 4_000).toISOString()
    const { secret } = await userKey(test, test.owner, expires_at)
    const stream = await streams.open({ secret })
    const stays = await streams.open(owner)
    await expect.poll(stream.ended, WITHIN).toBe('closed')
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at) - 50)
    expect((await streams.open({ secret })).status).toBe(401)
    expect(stays.ended()).toBeNull()
  })

  it('[F2] a browser that signs out has its stream ended, and others that are signed in do not', async () => {
    setInstance(test.instance)
    const signIn = async () => {
      const link = await (await getAuth(test.instance)).makeSignInLink('owner@cairn.local')
      return cookiesOf(await openLink(test.instance, new Request(link, { headers: { host: 'cairn.test' } })))
    }
    const cookies = [await signIn(), await signIn()]
    const open = (cookie: string) => listenTo(`${streams.origin}/api/events/stream`, { cookie })
    const [leaver, stayer] = await Promise.all(cookies.map(open))
    if (!leaver || !stayer) expect.fail()
    expect([leaver.status, stayer.status]).toEqual([200, 200])
    const headers = { cookie: cookies[0] ?? '', host: 'cairn.test', origin: 'http://cairn.test' }
    await signOut(test.instance, new Request('http://cairn.test/auth/sign-out', { method: 'POST', headers }))
    await expect.poll(leaver.ended, WITHIN).toBe('closed')
    await work(await makeGroup(test), 'Still')
    await expect.poll(() => stayer.events().length, WITHIN).toBeGreaterThan(0)
    expect(stayer.ended()).toBeNull()
    expect((await open(cookies[0] ?? '')).status).toBe(401)
    stayer.leave()
  })
})

describe('a checkpoint in a private group that others wait for', () => {
  const test = useInstance()
  const streams = useStreams(test)
  let owner: TestKey

  beforeAll(async () => {
    owner = await userKey(test)
  })

  it('[E4] tells the readers of its dependents each change of its state, and nothing else of it', async () => {
    const [hidden, shown, apart] = [await makeGroup(test), await makeGroup(test), await makeGroup(test)]
    const secret = await makeMilestone(test, hidden, { Zeroth: [], Classified: ['Zeroth'], Unneeded: [] })
    const waits = await makeMilestone(test, shown, { Waits: [`${secret.milestone_id}:2`] })
    await makeMilestone(test, apart, { Elsewhere: [] })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const readers = {
      stranger: await userKey(test, await makePerson(test, 'Stranger')),
      agent: await agentKey(test, shown),
      other: await agentKey(test, apart),
      owner,
    }
    const from = (await positionOf(test)).seq
    const filters: Record<string, [keyof typeof readers, Record<string, string>]> = {
      stranger: ['stranger', {}],
      agent: ['agent', {}],
      group: ['stranger', { group_id: shown }],
      project: ['stranger', { project_id: waits.project_id }],
      milestone: ['stranger', { milestone_id: waits.milestone_id }],
      checkpoint: ['stranger', { checkpoint_id: waits.checkpoints[0].checkpoint_id }],
      elsewhere: ['stranger', { group_id: apart }],
      other: ['other', {}],
      owner: ['owner', {}],
    }
    const open = ([who, filter]: [keyof typeof readers, Record<string, string>], after = {}) =>
      streams.open(readers[who], `?${new URLSearchParams({ ...filter, ...after })}`)
    const live: Record<string, Listening> = {}
    for (const [name, given] of Object.entries(filters)) live[name] = await open(given)
    const at = { milestone_id: secret.milestone_id, order: 2 }
    const step = async (run: () => Promise<unknown>) => {
      await run()
      const { seq } = await positionOf(test)
      await expect.poll(() => live.owner?.seqs().at(-1), WITHIN).toBe(seq)
      return seq - from
    }
    await step(() => test.run(completeCheckpoint, { ...at, order: 3 }))
    await step(() => test.run(completeCheckpoint, { ...at, order: 1 }))
    const claimed = await step(() => test.run(claimCheckpoint, at))
    await step(() => test.run(updateCheckpoint, { ...at, title: 'Renamed' }))
    await step(() => test.run(updateMilestone, { milestone_id: at.milestone_id, title: 'Renamed too' }))
    const completed = (await step(() => test.run(completeCheckpoint, at))) - 1
    const reopened = (await step(() => test.run(reopenCheckpoint, { ...at, reason: 'Secret reason' }))) - 1
    await sleep(100)
    const { checkpoint_id } = secret.checkpoints[1]
    const face = (seq: number, state: string) => ({
      seq: from + seq,
      type: 'checkpoint.face_changed',
      at: expect.any(String),
      actor_id: '',
      actor_name: '',
      actor_type: null,
      on_behalf_of: null,
      session_id: null,
      via: null,
      group_id: null,
      project_id: null,
      milestone_id: null,
      checkpoint_id,
      data: { state },
    })
    const wanted = [face(claimed, 'claimed'), face(completed, 'completed'), face(reopened, 'ready')]
    // When it is told later, it is the state of that time.
    const later = wanted.map((event) => ({ ...event, data: { state: 'ready' } }))
    for (const name of ['stranger', 'agent', 'group', 'project', 'milestone']) {
      expect(
        live[name]?.events().map(({ data }) => data),
        name,
      ).toEqual(wanted)
      expect(live[name]?.text(), name).not.toMatch(/Classified|Renamed|Secret|Owner|completed_by/)
      const [who, filter] = filters[name] ?? expect.fail()
      const late = await open([who, filter], { after: from })
      await expect.poll(() => late.events().map(({ data }) => data), WITHIN).toEqual(later)
      const { actor } = readers[who]
      for (const direction of [{ after: from }, { before: Number.MAX_SAFE_INTEGER }]) {
        const { events } = (await test.run(listEvents, { ...filter, ...direction, limit: 3 }, actor)).data
        expect('after' in direction ? events : events.toReversed(), name).toEqual(later)
      }
    }
    for (const name of ['checkpoint', 'elsewhere', 'other']) expect(live[name]?.events(), name).toEqual([])
    expect(live.owner?.text()).not.toContain('face_changed')
  })
})

describe.each([
  ['the news', 600_000],
  ['the past', HEARTBEAT],
])('a client that does not read %s', (what, heartbeat) => {
  const test = useInstance()
  const streams = useStreams(test, heartbeat)
  let key: TestKey
  let group_id: string

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
  })

  const openSocket = async (query = ''): Promise<Socket> => {
    const socket = connectSocket({ port: streams.port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    socket.write(`GET /api/events/stream${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key.secret}\r\n\r\n`)
    await once(socket, 'readable')
    return socket
  }

  /** Writes many large events into the log, as other processes would. */
  const flood = async (events: number, bytes: number) => {
    const client = await connect(test.database.ownerUrl, 'flood')
    await client.query(
      `with moved as (update workspaces set seq = seq + $1::int, head = 'flood' || seq where workspace_id = 'main' returning seq - $1::int as seq)
       insert into events select e.workspace_id, m.seq + n, 'group.updated', e.at, e.actor_id, e.actor_type, e.key_id, e.session_id, e.via, e.group_id, null, null, null,
         jsonb_build_object('description', repeat('x', $2::int)), 'floodfloodflood2'
       from moved m, events e, generate_series(1, $1::int) n where e.group_id = $3 and e.type = 'group.created'`,
      [events, bytes, group_id],
    )
    await client.query(`select pg_notify('cairn_main', (select seq::text from workspaces))`)
    await client.end()
  }

  it.runIf(what === 'the news')('is cut off instead of kept in memory, and others go on', async () => {
    const reads = await streams.open(key)
    const socket = await openSocket()
    expect(hubOf(test.instance).size).toBe(2)
    const from = (await positionOf(test)).seq
    // The buffers of the two sockets take a few megabytes.
    for (let round = 0; round < 10 && hubOf(test.instance).size === 2; round++) {
      await flood(1_000, 2_000)
      const { seq } = await positionOf(test)
      await expect.poll(() => reads.seqs().at(-1)).toBe(seq)
    }
    expect(hubOf(test.instance).size).toBe(1)
    expect(reads.seqs()).toEqual(numbers(from, (await positionOf(test)).seq))
    socket.resume()
    await once(socket, 'close')
  })

  it.runIf(what === 'the past')('is given no more than it takes, and is cut off when it takes nothing', async () => {
    await flood(20_000, 500)
    const before = process.memoryUsage().arrayBuffers
    const socket = await openSocket('?after=0')
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(1)
    await sleep(HEARTBEAT)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000)
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
    socket.destroy()
  })
})

describe('a stream of a log that is replaced', () => {
  const test = useInstance({ each: true })

  it.each([
    ['is shorter', ['delete from events where seq > 2', `update workspaces set seq = 2, head = 'restored'`]],
    ['has other events under the same numbers', [`update events set batch = 'restored'`, `update workspaces set head = 'restored'`]],
  ])('[E4] ends with the event log_replaced when the log %s, and cannot be read on', async (_, statements) => {
    const key = await userKey(test)
    await test.run(createGroup, { name: 'Old' })
    const served = await serve(test.instance)
    const url = `${served.origin}/api/events/stream`
    const headers = { authorization: `Bearer ${key.secret}` }
    const stream = await listenTo(url, headers)
    await expect.poll(() => stream.heard.length, WITHIN).toBe(1)
    const client = await connect(test.database.ownerUrl, 'restore')
    for (const statement of ['set session_replication_role = replica', ...statements]) await client.query(statement)
    await client.end()
    test.instance.feed.compare()
    await expect.poll(stream.ended, WITHIN).toBe('closed')
    expect(stream.heard.at(-1)).toEqual({ id: '', type: 'log_replaced', data: {} })
    const again = await listenTo(url, { ...headers, 'last-event-id': stream.heard[0]?.id ?? '' })
    expect([again.status, again.problem.error]).toEqual([409, 'log_replaced'])
    expect(hubOf(test.instance).size).toBe(0)
    await served.stop()
  })
})
