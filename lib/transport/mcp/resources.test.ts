import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '@/lib/domain/limits'
import {
  completeCheckpoint,
  deleteMilestone,
  getMilestoneOperation,
  reopenCheckpoint,
  updateGroup,
  updateMilestone,
} from '@/lib/operations'
import { hubOf } from '@/lib/operations/follow'
import { agentKey, groupKey, join, keyWith, makePerson, milestoneKey, revoke, type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { type Agent, messageIn, modern, REVISIONS, useMcp } from '@/lib/testing/mcp'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'

const WITHIN = { timeout: 10_000 }

const uriOf = (milestone_id: string) => `cairn://milestones/${milestone_id}`

describe('resources', () => {
  const test = useInstance()
  const mcp = useMcp(test)
  let key: TestKey
  let group_id: string
  let agent: Agent

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
    agent = await mcp.connect(key.secret, '2026-07-28')
  })

  const textOf = async ({ client }: Agent, uri: string): Promise<string> => {
    const { contents } = await client.readResource({ uri })
    const [only] = contents
    return only && 'text' in only ? only.text : expect.fail()
  }

  it.each(REVISIONS)('have templates, and are read as the text of the operation, over MCP of %s', async (revision) => {
    const { milestone_id, project_id } = await makeMilestone(test, group_id, { Build: [], 'Test "it"\u200b': ['Build'] })
    const reader = await mcp.connect(key.secret, revision)
    const { resourceTemplates } = await reader.client.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate).sort()).toEqual([
      'cairn://milestones/{milestone_id}',
      'cairn://projects/{project_id}',
    ])
    const text = await textOf(reader, uriOf(milestone_id))
    expect(text).toBe((await reader.call('get_milestone', { milestone_id })).text)
    expect(text).toContain('"Test \\"it\\""')
    expect(await textOf(reader, `cairn://projects/${project_id}`)).toBe((await reader.call('get_project', { project_id })).text)
  })

  it('that are not there, or that the caller may not read, are the same error', async () => {
    const hider = await makePerson(test, 'Hider')
    const secret_group = (await (await userKey(test, hider)).call('POST', '/groups', { name: 'Hidden', visibility: 'private' })).data
      .group_id
    const { milestone_id } = await makeMilestone(test, secret_group, { A: [] }, hider)
    for (const uri of [
      uriOf(milestone_id),
      uriOf('ms_nowhere'),
      uriOf(''),
      'cairn://groups/x',
      'file:///etc/passwd',
      uriOf('a\u0000'),
      `${uriOf(milestone_id)}/..`,
    ])
      await expect(agent.client.readResource({ uri }), uri).rejects.toMatchObject({ code: -32_602, data: { uri } })
  })

  it('are refused to a key that may not read milestones', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const { secret } = await keyWith(test, test.owner, { 'milestones:read': false })
    const blind = await mcp.connect(secret, '2026-07-28')
    await expect(blind.client.readResource({ uri: uriOf(milestone_id) })).rejects.toMatchObject({
      code: -32_000,
      message: expect.stringContaining('milestones:read'),
    })
    await expect(blind.client.listResources()).rejects.toMatchObject({ code: -32_000 })
    await expect(blind.client.listen({ resourcesListChanged: true })).rejects.toThrow()
    expect(hubOf(test.instance).size).toBe(0)
  })

  it("are listed as the active milestones of the caller's groups, newest first, page by page", async () => {
    const member = await makePerson(test, 'Member')
    const own = await makeGroup(test)
    await join(test, own, member)
    const made: string[] = []
    for (let at = 0; at < 23; at++) made.unshift((await makeMilestone(test, own, { A: [] })).milestone_id)
    await makeMilestone(test, group_id, { A: [] })
    const [closed, ...active] = made
    await test.run(completeCheckpoint, { milestone_id: closed, order: 1 })
    const lister = await mcp.connect((await userKey(test, member)).secret, '2025-11-25')
    const first = await lister.client.request({ method: 'resources/list', params: {} })
    const rest = await lister.client.request({ method: 'resources/list', params: { cursor: first.nextCursor ?? expect.fail() } })
    expect(first.resources).toHaveLength(20)
    expect(rest.nextCursor).toBeUndefined()
    expect([...first.resources, ...rest.resources].map(({ uri }) => uri)).toEqual(active.map(uriOf))
    expect(first.resources[0]).toMatchObject({ title: expect.stringMatching(/^Plan /), mimeType: 'text/plain' })
    await expect(lister.client.request({ method: 'resources/list', params: { cursor: 'made up' } })).rejects.toMatchObject({
      code: -32_602,
    })
  })

  it('of a key of one group are only those of this group', async () => {
    const own = await makeGroup(test)
    await makeMilestone(test, group_id, { A: [] })
    const { milestone_id } = await makeMilestone(test, own, { A: [] })
    for (const { secret } of [await agentKey(test, own), await groupKey(test, own)]) {
      const { client } = await mcp.connect(secret, '2026-07-28')
      expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual([uriOf(milestone_id)])
    }
  })

  it('[K2] of a key of one milestone are only that', async () => {
    const [one, other] = [await makeMilestone(test, group_id, { A: [] }), await makeMilestone(test, group_id, { A: [] })]
    const { secret } = await milestoneKey(test, group_id, one.milestone_id)
    const bound = await mcp.connect(secret, '2026-07-28')
    expect((await bound.client.listResources()).resources.map(({ uri }) => uri)).toEqual([uriOf(one.milestone_id)])
    expect(await textOf(bound, uriOf(one.milestone_id))).toContain(one.milestone_id)
    await expect(bound.client.readResource({ uri: uriOf(other.milestone_id) })).rejects.toMatchObject({ code: -32_602 })
    await expect(bound.client.readResource({ uri: `cairn://projects/${one.project_id}` })).rejects.toMatchObject({
      code: -32_000,
      message: expect.stringContaining(one.milestone_id),
    })
  })

  describe('that are followed', () => {
    const leaving: (() => void)[] = []

    /** Opens a stream of notifications, and collects what comes. */
    const listen = async (secret: string, notifications: Data) => {
      const { body, headers } = modern('subscriptions/listen', { notifications })
      const controller = new AbortController()
      leaving.push(() => controller.abort())
      const response = await fetch(mcp.url(), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${secret}`,
          ...headers,
        },
        body: JSON.stringify(body),
        signal: controller.signal,
      })
      const heard: Data[] = []
      let ended = false
      const read = async () => {
        const decoder = new TextDecoder()
        for await (const chunk of response.body ?? []) {
          const text = decoder.decode(chunk, { stream: true })
          heard.push(...[...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data)))
        }
      }
      const isStream = response.headers.get('content-type') === 'text/event-stream'
      if (isStream)
        void read()
          .catch(() => undefined)
          .finally(() => {
            ended = true
          })
      const updates = () => heard.flatMap(({ method, params }) => (method === 'notifications/resources/updated' ? [params.uri] : []))
      const lists = () => heard.filter(({ method }) => method === 'notifications/resources/list_changed').length
      const problem: Data = isStream ? null : await response.json()
      return { status: response.status, problem, heard, updates, lists, hasEnded: () => ended, leave: () => controller.abort() }
    }

    afterEach(async () => {
      for (const leave of leaving.splice(0)) leave()
      await expect.poll(() => hubOf(test.instance).size).toBe(0)
    })

    it('are told of by the client of the SDK', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
      const updated: string[] = []
      agent.client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri))
      const subscription = await agent.client.listen({ resourceSubscriptions: [uriOf(milestone_id)] })
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      await expect.poll(() => updated).toContain(uriOf(milestone_id))
      await subscription.close()
    })

    it('are told of once for each change, and others not at all', async () => {
      const one = await makeMilestone(test, group_id, { A: [], B: [] })
      const other = await makeMilestone(test, group_id, { A: [] })
      const ear = await listen(key.secret, { resourceSubscriptions: [uriOf(one.milestone_id)] })
      const projectEar = await listen(key.secret, { resourceSubscriptions: [`cairn://projects/${one.project_id}`] })
      await expect.poll(() => [ear.heard.length, projectEar.heard.length]).toEqual([1, 1])
      const complete = async (milestone_id: string, order: number, told: number) => {
        await test.run(completeCheckpoint, { milestone_id, order })
        await expect.poll(() => projectEar.updates().length).toBe(told)
      }
      await complete(other.milestone_id, 1, 1)
      expect(ear.updates()).toEqual([])
      await complete(one.milestone_id, 1, 2)
      await complete(one.milestone_id, 2, 3)
      expect(ear.updates()).toEqual([uriOf(one.milestone_id), uriOf(one.milestone_id)])
      expect([ear.lists(), projectEar.lists()]).toEqual([0, 0])
    })

    it('are told of as a list when milestones come and go', async () => {
      const ear = await listen(key.secret, { resourcesListChanged: true })
      await expect.poll(() => ear.heard.length).toBe(1)
      const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
      await expect.poll(() => ear.lists()).toBe(1)
      await test.run(deleteMilestone, { milestone_id })
      await expect.poll(() => ear.lists()).toBe(2)
      expect(ear.updates()).toEqual([])
    })

    it('[K2] are told of to a key of one milestone only within it, and end with it', async () => {
      const [one, other] = [await makeMilestone(test, group_id, { A: [] }), await makeMilestone(test, group_id, { A: [] })]
      const { secret } = await milestoneKey(test, group_id, one.milestone_id)
      const refused = await listen(secret, { resourceSubscriptions: [uriOf(other.milestone_id)] })
      expect(refused).toMatchObject({ status: 200, problem: { error: { code: -32_602 } } })
      const ear = await listen(secret, { resourceSubscriptions: [uriOf(one.milestone_id)], resourcesListChanged: true })
      await expect.poll(() => ear.heard.length).toBe(1)
      await makeMilestone(test, group_id, { A: [] })
      await test.run(completeCheckpoint, { milestone_id: other.milestone_id, order: 1 })
      await test.run(updateMilestone, { milestone_id: one.milestone_id, title: 'Renamed' })
      await expect.poll(() => ear.updates()).toEqual([uriOf(one.milestone_id)])
      expect(ear.lists()).toBe(1)
      await test.run(deleteMilestone, { milestone_id: one.milestone_id })
      await expect.poll(() => ear.hasEnded()).toBe(true)
    })

    describe('and wait for a checkpoint elsewhere', () => {
      const refOf = ({ milestone_id }: Data) => `${milestone_id}:1`

      it('are told of when that is completed or reopened, once each time, and not for anything else there', async () => {
        const elsewhere = await makeMilestone(test, group_id, { Other: [], More: [] })
        const own = await makeMilestone(test, group_id, { A: [refOf(elsewhere)], B: [refOf(elsewhere)], C: [] })
        const both = await listen(key.secret, { resourceSubscriptions: [uriOf(own.milestone_id), uriOf(elsewhere.milestone_id)] })
        const ear = await listen(key.secret, { resourceSubscriptions: [uriOf(own.milestone_id)] })
        await expect.poll(() => [both.heard.length, ear.heard.length], WITHIN).toEqual([1, 1])
        await test.run(completeCheckpoint, { milestone_id: elsewhere.milestone_id, order: 2 })
        await test.run(completeCheckpoint, { milestone_id: elsewhere.milestone_id, order: 1 })
        await expect.poll(() => ear.updates(), WITHIN).toEqual([uriOf(own.milestone_id)])
        expect(await textOf(agent, uriOf(own.milestone_id))).toContain('1 ready "A"')
        await test.run(reopenCheckpoint, { milestone_id: elsewhere.milestone_id, order: 1, reason: 'Not yet' })
        await expect.poll(() => ear.updates(), WITHIN).toEqual([uriOf(own.milestone_id), uriOf(own.milestone_id)])
        await test.run(completeCheckpoint, { milestone_id: own.milestone_id, order: 3 })
        await expect.poll(() => ear.updates(), WITHIN).toHaveLength(3)
        const ofBoth = both.updates()
        expect(ofBoth.filter((uri) => uri === uriOf(own.milestone_id))).toHaveLength(3)
        expect(ofBoth.filter((uri) => uri !== uriOf(own.milestone_id)).length).toBeGreaterThanOrEqual(3)
      })

      it('[E4] are told of to whoever may not read that, without a word about it', async () => {
        const worker = await makePerson(test, 'Worker on both')
        await join(test, group_id, worker)
        const workers = await userKey(test, worker)
        const hidden = (await workers.call('POST', '/groups', { name: 'Hidden 3', visibility: 'private' })).data.group_id
        const elsewhere = await makeMilestone(test, hidden, { Other: [] }, worker)
        const own = await makeMilestone(test, group_id, { A: [refOf(elsewhere)] }, worker)
        const stranger = await makePerson(test, 'Stranger to one')
        const ear = await listen((await userKey(test, stranger)).secret, { resourceSubscriptions: [uriOf(own.milestone_id)] })
        const bound = await milestoneKey(test, group_id, own.milestone_id)
        const boundEar = await listen(bound.secret, { resourceSubscriptions: [uriOf(own.milestone_id)] })
        await expect.poll(() => [ear.heard.length, boundEar.heard.length], WITHIN).toEqual([1, 1])
        await test.run(completeCheckpoint, { milestone_id: elsewhere.milestone_id, order: 1 }, worker)
        for (const one of [ear, boundEar]) {
          await expect.poll(() => one.updates(), WITHIN).toEqual([uriOf(own.milestone_id)])
          expect(JSON.stringify(one.heard)).not.toContain(elsewhere.milestone_id)
          expect(JSON.stringify(one.heard)).not.toContain(elsewhere.checkpoints[0].checkpoint_id)
        }
      })

      it('[K2] are told of to a key of one milestone also if that is in the same group', async () => {
        const elsewhere = await makeMilestone(test, group_id, { Other: [] })
        const own = await makeMilestone(test, group_id, { A: [refOf(elsewhere)] })
        const bound = await milestoneKey(test, group_id, own.milestone_id)
        const ear = await listen(bound.secret, { resourceSubscriptions: [uriOf(own.milestone_id)] })
        await expect.poll(() => ear.heard.length, WITHIN).toBe(1)
        await test.run(completeCheckpoint, { milestone_id: elsewhere.milestone_id, order: 1 })
        await expect.poll(() => ear.updates(), WITHIN).toEqual([uriOf(own.milestone_id)])
      })

      it('are not told of to whoever may not read them any more', async () => {
        const elsewhere = await makeMilestone(test, group_id, { Other: [] })
        const closing = await makeGroup(test)
        const own = await makeMilestone(test, closing, { A: [refOf(elsewhere)] })
        const seen = await makeMilestone(test, group_id, { A: [refOf(elsewhere)] })
        const stranger = await makePerson(test, 'Stranger to the other')
        const uris = [uriOf(own.milestone_id), uriOf(seen.milestone_id)]
        const ear = await listen((await userKey(test, stranger)).secret, { resourceSubscriptions: uris })
        await expect.poll(() => ear.heard.length, WITHIN).toBe(1)
        await test.run(updateGroup, { group_id: closing, visibility: 'private' })
        await test.run(completeCheckpoint, { milestone_id: elsewhere.milestone_id, order: 1 })
        await expect.poll(() => ear.updates(), WITHIN).toEqual([uriOf(seen.milestone_id)])
      })
    })

    it('must be readable, all of them', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
      const hider = await makePerson(test, 'Other hider')
      const hidden = (await (await userKey(test, hider)).call('POST', '/groups', { name: 'Hidden 2', visibility: 'private' })).data.group_id
      const secret = await makeMilestone(test, hidden, { A: [] }, hider)
      for (const uri of [uriOf(secret.milestone_id), uriOf('ms_nowhere'), 'cairn://x', 'x']) {
        const ear = await listen(key.secret, { resourceSubscriptions: [uriOf(milestone_id), uri] })
        expect(ear).toMatchObject({ status: 200, problem: { id: 1, error: { code: -32_602, data: { uri } } } })
      }
      const many = Array.from({ length: 101 }, (_, at) => uriOf(`ms_${at}`))
      expect(await listen(key.secret, { resourceSubscriptions: many })).toMatchObject({
        status: 400,
        problem: { error: { code: -32_602 } },
      })
      expect(hubOf(test.instance).size).toBe(0)
    })

    it('are not told of to whoever may not read them any more', async () => {
      const stranger = await makePerson(test, 'Stranger')
      const open = await makeGroup(test)
      const { milestone_id } = await makeMilestone(test, open, { A: [], B: [] })
      const ear = await listen((await userKey(test, stranger)).secret, {
        resourceSubscriptions: [uriOf(milestone_id)],
        resourcesListChanged: true,
      })
      await expect.poll(() => ear.heard.length).toBe(1)
      await test.run(updateGroup, { group_id: open, visibility: 'private' })
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      await test.run(completeCheckpoint, { milestone_id, order: 2 })
      const { milestone_id: seen } = await makeMilestone(test, group_id, { A: [] })
      expect(seen).toMatch(/^ms_/)
      await expect.poll(() => ear.lists()).toBe(1)
      expect(ear.updates()).toEqual([])
    })

    it('[F2] are not told of after the key was revoked, and the stream ends without waiting for a heartbeat', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: [] })
      const used = await userKey(test)
      const ear = await listen(used.secret, { resourceSubscriptions: [uriOf(milestone_id)] })
      await expect.poll(() => ear.heard.length).toBe(1)
      await revoke(test, used)
      // A heartbeat would end it too, but only after 15 seconds.
      await expect.poll(() => ear.hasEnded(), { timeout: 10_000 }).toBe(true)
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      expect(ear.updates()).toEqual([])
    })

    it('count towards the streams of a key', async () => {
      const used = await userKey(test)
      const most = LIMITS.streams_per_key
      const hub = hubOf(test.instance)
      const counts: unknown = Reflect.get(hub, 'counts')
      if (!(counts instanceof Map)) expect.fail('the hub has no counts')
      counts.set(used.actor.key_id, most)
      const refused = await listen(used.secret, { resourcesListChanged: true })
      expect(refused).toMatchObject({ status: 429, problem: { error: { data: { error: 'rate_limited' } } } })
      counts.set(used.actor.key_id, most - 1)
      const ear = await listen(used.secret, { resourcesListChanged: true })
      expect(ear.status).toBe(200)
      expect(counts.get(used.actor.key_id)).toBe(most)
      ear.leave()
      await expect.poll(() => counts.get(used.actor.key_id)).toBe(most - 1)
      counts.delete(used.actor.key_id)
    })

    it('are not followed after a wrong request, or one that follows nothing', async () => {
      const nothing = await listen(key.secret, {})
      await expect.poll(() => nothing.hasEnded()).toBe(true)
      expect(nothing.heard).toHaveLength(2)
      const { body, headers } = modern('subscriptions/listen')
      expect(await messageIn(await mcp.post(key.secret, body, headers))).toMatchObject({ error: { code: -32_602 } })
      const { 'mcp-method': _gone, ...lacking } = headers
      const right = modern('subscriptions/listen', { notifications: { resourcesListChanged: true } })
      expect((await mcp.post(key.secret, right.body, lacking)).status).toBe(400)
    })
  })

  it('know no other operation than those of the list', () => {
    expect(getMilestoneOperation.resource?.listed?.by.routes).toEqual([])
  })
})
