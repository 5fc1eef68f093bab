import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCheckpoint, deleteAgentProfile, leaveGroup, removeMember, revokeKey, suspendAgentProfile } from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { agentKey, groupKey, join, makePerson, type TestKey, userKey } from '@/lib/testing/client'
import { openTestInstance, type TestInstance, useInstance } from '@/lib/testing/instance'
import { type Listening, listenTo } from '@/lib/testing/listening'
import { modern, useMcp } from '@/lib/testing/mcp'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'

/** Enough for any machine. How long it took is printed. */
const WITHIN = { interval: 5, timeout: 10_000 }
const STOPS = 50

/** Somebody who follows, and the call by which another stops them. */
type Stopped = { key: TestKey; stop: [operation: Operation, input: object]; by: 'admin' | 'self'; ends: 'gone' | 'closed' }

describe('[F2] whoever is stopped by one process in the middle of what they follow at another', () => {
  const test = useInstance()
  let other: TestInstance
  let group_id: string
  let milestone_id: string
  let project_id: string
  const there: TestInstance = {
    get instance() {
      return other.instance
    },
    get database() {
      return other.database
    },
    get owner() {
      return other.owner
    },
    run: (...call) => other.run(...call),
    agent: (...named) => other.agent(...named),
  }
  beforeAll(async () => {
    other = await openTestInstance(test.database)
    group_id = await makeGroup(test, { visibility: 'private' })
    const milestone = await makeMilestone(test, group_id, { First: [], Second: ['First'] })
    milestone_id = milestone.milestone_id
    project_id = milestone.project_id
  })
  const mcp = useMcp(there)
  afterAll(() => other.instance.close())

  const member = async (name: string) => {
    const person = await makePerson(test, name)
    await join(test, group_id, person)
    return person
  }

  const KINDS: (() => Promise<Stopped>)[] = [
    async () => {
      const key = await userKey(test, await member('Removed'))
      return { key, stop: [removeMember, { group_id, user_id: key.actor.actor_id }], by: 'admin', ends: 'gone' }
    },
    async () => {
      const key = await groupKey(test, group_id, await member('Leaver'))
      return { key, stop: [leaveGroup, { group_id }], by: 'self', ends: 'closed' }
    },
    async () => {
      const key = await agentKey(test, group_id, 'Suspended')
      return { key, stop: [suspendAgentProfile, { group_id, agent_profile_id: key.actor.actor_id }], by: 'admin', ends: 'closed' }
    },
    async () => {
      const key = await agentKey(test, group_id, 'Deleted')
      return { key, stop: [deleteAgentProfile, { group_id, agent_profile_id: key.actor.actor_id }], by: 'admin', ends: 'closed' }
    },
    async () => {
      const key = await agentKey(test, group_id, 'Revoked')
      return { key, stop: [revokeKey, { key_id: key.actor.key_id }], by: 'admin', ends: 'closed' }
    },
  ]

  const origin = () => mcp.url().replace('/mcp', '/api')

  /** All that is told to a client that listens over MCP. */
  const listen = async (secret: string) => {
    const resourceSubscriptions = [`cairn://milestones/${milestone_id}`, `cairn://projects/${project_id}`]
    const { body, headers } = modern('subscriptions/listen', { notifications: { resourceSubscriptions } })
    const response = await mcp.post(secret, body, headers)
    let text = ''
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk)
    })()
    reading.catch(() => undefined)
    return { text: () => text, told: () => text.split('notifications/resources/updated').length - 1 }
  }

  const wait = (secret: string) => {
    const statuses: number[] = []
    const path = `/wait?milestone_id=${milestone_id}&order=2&until=ready&timeout_seconds=50`
    void fetch(origin() + path, { headers: { authorization: `Bearer ${secret}` } }).then(({ status }) => statuses.push(status))
    return statuses
  }

  const begin = async ({ key, ...how }: Stopped) => {
    const headers = { authorization: `Bearer ${key.secret}` }
    const its = await listenTo(`${origin()}/events/stream?group_id=${group_id}`, headers)
    const all = await listenTo(`${origin()}/events/stream`, headers)
    return { ...how, key, its, all, ear: await listen(key.secret), waited: wait(key.secret) }
  }

  let changes = 0
  const change = async (plan: string) => (await test.run(addCheckpoint, { milestone_id: plan, title: `Classified ${++changes}` })).seq

  const told = ({ heard }: Listening, since: number) =>
    heard.filter(({ type, data }) => type !== 'heartbeat' && data.seq >= since && JSON.stringify(data).includes(group_id))

  it('is told nothing of the group after it, by events, waits and resources, fifty times', { timeout: 180_000 }, async () => {
    const took: number[] = []
    const stopped: { begun: Awaited<ReturnType<typeof begin>>; seq: number; told: number }[] = []
    for (let round = 0; round < STOPS; round++) {
      const begun = await begin(await (KINDS[round % KINDS.length] ?? expect.fail())())
      await expect.poll(() => other.instance.waits.size, WITHIN).toBe(1)
      const { key, stop, by, its, all, ear, waited, ends } = begun
      const last = await change(milestone_id)
      // They hear the last change before, so that whatever comes from now on is what they should not hear.
      for (const stream of [its, all]) await expect.poll(() => stream.seqs().at(-1), WITHIN).toBe(last)
      await expect.poll(ear.told, WITHIN).toBeGreaterThan(0)
      await sleep(30)
      const before = ear.told()
      const { seq } = await test.run(stop[0], stop[1], by === 'self' ? { ...key.actor, key_id: null } : test.owner)
      const answered = performance.now()
      await change(milestone_id)
      await expect.poll(() => its.ended(), WITHIN).toBe('closed')
      await expect.poll(() => waited, WITHIN).toEqual([ends === 'gone' ? 404 : 401])
      took.push(performance.now() - answered)
      if (ends === 'gone') expect(its.heard.at(-1)?.type).toBe('gone')
      else await expect.poll(() => all.ended(), WITHIN).toBe('closed')
      stopped.push({ begun, seq, told: before })
    }
    await change(milestone_id)
    await sleep(1_000)
    for (const { begun, seq, told: before } of stopped) {
      const { key, its, all, ear } = begun
      expect([...told(its, seq), ...told(all, seq)], key.actor.actor_id).toEqual([])
      expect(ear.told(), ear.text()).toBe(before)
      all.leave()
    }
    await expect.poll(() => other.instance.waits.size, WITHIN).toBe(0)
    console.info(
      `F2: ${STOPS} stops by another process among ${changes} changes; the slowest stream and wait ended ${Math.max(...took).toFixed(0)} ms after the answer`,
    )
  })
})
