import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { completeCheckpoint, listEvents } from '@/lib/operations'
import { hubOf } from '@/lib/operations/follow'
import { type TestKey, userKey, wrongSecret } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { modern, optionsOf, REVISIONS, type Revision } from '@/lib/testing/mcp'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { openProxy, type Wire } from '@/lib/testing/proxy'
import { useServed } from '@/lib/testing/served'
import { type Running, Shell, type Variables } from '@/lib/testing/shell'

const WITHIN = { interval: 20 }
const textIn = ({ content }: Data): string => content[0].text

describe('the bridge from standard input and output', () => {
  const test = useInstance()
  const served = useServed(test)
  let shell: Shell
  let key: TestKey
  let group_id: string
  let wire: Wire
  const clients: Client[] = []

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
    shell = await new Shell({ CAIRN_KEY: key.secret }).download(served.origin)
    wire = await openProxy(served.origin)
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })
  afterAll(async () => {
    await shell.leave()
    await wire.close()
  })

  const connect = async (revision: Revision, variables: Variables = {}) => {
    const client = new Client({ name: 'editor', version: '1.0.0' }, optionsOf(revision))
    const env = { HOME: shell.home, CAIRN_KEY: key.secret, ...variables }
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [shell.script, 'mcp'], env, stderr: 'ignore' }))
    clients.push(client)
    return client
  }
  const farAway = () => ({ CAIRN_URL: new URL(wire.url).origin })
  const eventsOf = async (type: string): Promise<Data[]> =>
    (await test.run(listEvents, { limit: 1_000 })).data.events.filter((event: Data) => event.type === type)

  describe.each(REVISIONS)('in revision %s', (revision) => {
    it('carries tools, prompts and resources', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { Design: [], Build: ['Design'] })
      const client = await connect(revision)
      expect(client.getServerVersion()).toMatchObject({ name: 'cairn' })
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain('complete_checkpoint')
      const done = await client.callTool({ name: 'complete_checkpoint', arguments: { milestone_id, order: 1, note: '→ “ü” 🎉' } })
      expect(done.isError ?? false).toBe(false)
      expect(textIn(done)).toContain(`${milestone_id} active 1/2`)
      const refused = await client.callTool({ name: 'fail_checkpoint', arguments: { milestone_id, order: 1, reason: 'No' } })
      expect(refused).toMatchObject({ isError: true })
      expect(textIn(refused)).toMatch(/^checkpoint_completed: /)
      await expect(client.callTool({ name: 'nö tool', arguments: {} })).rejects.toThrow('There is no tool')
      const { contents } = await client.readResource({ uri: `cairn://milestones/${milestone_id}` })
      expect(JSON.stringify(contents)).toContain('1 done')
      const { prompts } = await client.listPrompts()
      expect(prompts.length).toBeGreaterThan(0)
    })

    it('carries many messages at once', async () => {
      const client = await connect(revision)
      const titles = Array.from({ length: 30 }, (_, at) => `Plan ${revision} ${at}`)
      const made = await Promise.all(
        titles.map((title) => client.callTool({ name: 'create_milestone', arguments: { group: group_id, title } })),
      )
      expect(made.map((answer) => /"([^"]*)"/.exec(textIn(answer))?.[1])).toEqual(titles)
    })

    it('ends a call at the server when the client cancels it', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { Design: [], Build: ['Design'] })
      const client = await connect(revision)
      const controller = new AbortController()
      const waiting = client.callTool(
        { name: 'wait_for', arguments: { milestone_id, order: 2, until: 'ready', timeout_seconds: 50 } },
        { signal: controller.signal },
      )
      await expect.poll(() => test.instance.waits.size, WITHIN).toBe(1)
      controller.abort()
      await expect(waiting).rejects.toThrow()
      await expect.poll(() => test.instance.waits.size, WITHIN).toBe(0)
      expect(textIn(await client.callTool({ name: 'list_groups', arguments: {} }))).toContain('owner')
    })

    it('goes on when the server restarts, also in the middle of a call', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { Design: [], Build: ['Design'] })
      const client = await connect(revision)
      const waiting = client.callTool({ name: 'wait_for', arguments: { milestone_id, order: 2, until: 'ready', timeout_seconds: 50 } })
      await expect.poll(() => test.instance.waits.size, WITHIN).toBe(1)
      await served.stop()
      const completing = client.callTool({ name: 'complete_checkpoint', arguments: { milestone_id, order: 1 } })
      await sleep(500)
      await served.start()
      expect(textIn(await completing)).toContain('1/2')
      expect(textIn(await waiting)).toContain('reached')
    })

    it('[H4] sends a call again whose answer was lost, which takes effect once', async () => {
      const client = await connect(revision, farAway())
      await client.callTool({ name: 'list_groups', arguments: {} })
      const cuts = wire.cuts()
      const before = (await eventsOf('milestone.created')).length
      wire.cutNextAnswer()
      const made = await client.callTool({ name: 'create_milestone', arguments: { group: group_id, title: 'Only once' } })
      expect(textIn(made)).toContain('"Only once"')
      expect(wire.cuts()).toBe(cuts + 1)
      expect(await eventsOf('milestone.created')).toHaveLength(before + 1)
    })

    it('answers with an error if the server stays away, and works again when it is back', async () => {
      const client = await connect(revision, { ...farAway(), CAIRN_RETRY_SECONDS: '1' })
      wire.behave('down')
      await expect(client.callTool({ name: 'list_groups', arguments: {} })).rejects.toThrow('does not answer')
      wire.behave('up')
      expect(textIn(await client.callTool({ name: 'list_groups', arguments: {} }))).toContain('owner')
    })

    it('gives each process a session of its own, so that agents that share a key do not share claims', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { Design: [] })
      const [one, two] = await Promise.all([connect(revision), connect(revision)])
      const address = { milestone_id, order: 1 }
      expect(textIn(await one.callTool({ name: 'claim_checkpoint', arguments: address }))).toContain('claimed')
      expect(textIn(await two.callTool({ name: 'complete_checkpoint', arguments: address }))).toMatch(/^claimed: /)
      expect(textIn(await one.callTool({ name: 'complete_checkpoint', arguments: address }))).toContain('1/1')
    })
  })

  it('carries what a client follows, and goes on with it when the server restarts', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { Design: [], Build: ['Design'], Try: ['Build'] })
    const client = await connect('2026-07-28')
    const uri = `cairn://milestones/${milestone_id}`
    let updates = 0
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      if (params.uri === uri) updates++
    })
    await client.listen({ resourceSubscriptions: [uri] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await expect.poll(() => updates, WITHIN).toBeGreaterThan(0)
    await served.stop()
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
    const before = updates
    await test.run(completeCheckpoint, { milestone_id, order: 2 })
    await served.start()
    // What happened while the server was away is told, too.
    await expect.poll(() => updates, WITHIN).toBe(before + 1)
    await test.run(completeCheckpoint, { milestone_id, order: 3 })
    await expect.poll(() => updates, WITHIN).toBeGreaterThan(before + 1)
    await client.close()
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
  })

  describe('as lines', () => {
    const send = ({ child }: Running, message: object) => child.stdin.write(`${JSON.stringify(message)}\n`)
    const answers = ({ out }: Running): Data[] =>
      out()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))

    it('writes nothing but messages, and ends when its input ends and everything is answered', async () => {
      const bridge = shell.start(['mcp'])
      bridge.child.stdin.write('this is no message\n\n')
      send(bridge, { jsonrpc: '2.0', method: 'notifications/initialized' })
      send(bridge, { jsonrpc: '2.0', id: 'a', method: 'ping' })
      send(bridge, { id: 2 })
      send(bridge, { ...modern('tools/call', { name: 'list_groups', arguments: {} }).body, id: 3 })
      bridge.child.stdin.end(JSON.stringify({ ...modern('no/such/method').body, id: 4 }))
      expect(await bridge.ended).toMatchObject({ exit: 0 })
      const told = answers(bridge)
      expect(told.find(({ id }) => id === null)).toMatchObject({ error: { code: -32_700 } })
      expect(told.find(({ id }) => id === 'a')).toMatchObject({ result: {} })
      expect(told.find(({ id }) => id === 3)).toMatchObject({ result: { content: [{ type: 'text' }] } })
      expect(told.find(({ id }) => id === 4)).toMatchObject({ error: { code: -32_601 } })
    })

    it('says what is wrong with the key, to the client and to the person', async () => {
      const bridge = shell.start(['mcp'], { variables: { CAIRN_KEY: wrongSecret(key.secret) } })
      bridge.child.stdin.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))
      expect(await bridge.ended).toMatchObject({ exit: 0, err: expect.stringContaining('cairn login') })
      expect(answers(bridge)).toMatchObject([
        { id: 1, error: { code: -32_000, message: expect.stringContaining('The key is from CAIRN_KEY') } },
      ])
      expect(await shell.run(['mcp'], { variables: { CAIRN_KEY: '' }, input: '' })).toMatchObject({ exit: 4, out: '' })
    })

    it('passes on no line of an answer that is no message', async () => {
      const odd = createServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const data of ['no json', 'null', '"text"', '[1]', '{"jsonrpc":"2.0","id":1,"result":{}}']) res.write(`data: ${data}\n\n`)
        res.end()
      })
      await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve))
      const address = odd.address()
      const CAIRN_URL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
      const bridge = shell.start(['mcp'], { variables: { CAIRN_URL } })
      bridge.child.stdin.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))
      expect(await bridge.ended).toMatchObject({ exit: 0, out: '{"jsonrpc":"2.0","id":1,"result":{}}\n' })
      odd.close()
    })

    it('lists all tools if it is asked to', async () => {
      const count = async (...args: string[]) => {
        const bridge = shell.start(['mcp', ...args])
        bridge.child.stdin.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))
        await bridge.ended
        return answers(bridge)[0].result.tools.length
      }
      expect(await count('--tools=all')).toBeGreaterThan(await count())
    })
  })
})
