import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { useMcp } from '@/lib/testing/mcp'
import { makeGroup } from '@/lib/testing/milestones'

const WITHIN = { timeout: 10_000 }

const OLD = { 'mcp-protocol-version': '2025-03-26' }

const callOf = (id: number, name: string, given: Data = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: given },
})

describe('a batch', { timeout: 60_000 }, () => {
  const test = useInstance()
  const mcp = useMcp(test)
  let key: TestKey
  let group_id: string

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
  })

  const messagesIn = (text: string): Data[] => [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data))

  const send = async (batch: unknown[], secret = key.secret) => {
    const response = await mcp.post(secret, batch, OLD)
    return { status: response.status, messages: messagesIn(await response.text()) }
  }

  it('is answered in its order, and what is wrong in one message refuses that one alone', async () => {
    const { status, messages } = await send([
      callOf(1, 'create_milestone', { group: group_id, title: 'First' }),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 5 } },
      { jsonrpc: '2.0', id: 3, method: 'no/such' },
      callOf(4, 'no_such_tool'),
      callOf(5, 'list_milestones', { group: group_id }),
    ])
    expect(status).toBe(200)
    expect(messages.map(({ id, error }) => [id, error?.code])).toEqual([
      [1, undefined],
      [2, -32_602],
      [3, -32_601],
      [4, -32_602],
      [5, undefined],
    ])
    expect(messages[4]?.result.content[0].text).toContain('"First"')
  })

  it('of notifications has no answer', async () => {
    const said = { jsonrpc: '2.0', method: 'notifications/initialized' }
    const response = await mcp.post(key.secret, [said, said], OLD)
    expect([response.status, await response.text()]).toEqual([202, ''])
  })

  it('is refused as a whole if the request is wrong', async () => {
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
    expect((await mcp.post(key.secret, [ping, ping], { accept: 'application/json' })).status).toBe(406)
    expect((await mcp.post(key.secret, [ping, ping], { 'mcp-protocol-version': '1999-01-01' })).status).toBe(400)
    const modern = await mcp.post(key.secret, [ping, ping], { 'mcp-protocol-version': '2026-07-28' })
    expect([modern.status, await modern.json()]).toMatchObject([400, { id: null, error: { code: -32_602 } }])
    const hello = {
      ...ping,
      method: 'initialize',
      params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    }
    expect((await mcp.post(key.secret, [ping, hello], OLD)).status).toBe(400)
  })

  it('[F0] does nothing more once its key is revoked', async () => {
    const used = await userKey(test)
    const { messages } = await send(
      [
        callOf(1, 'list_groups'),
        callOf(2, 'revoke_key', { key_id: used.actor.key_id }),
        callOf(3, 'create_milestone', { group: group_id, title: 'Too late' }),
      ],
      used.secret,
    )
    expect(messages.map(({ id, error }) => [id, error?.data.error])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, 'unauthenticated'],
    ])
    const { data } = await key.call('GET', `/groups/${group_id}/milestones`)
    expect(JSON.stringify(data)).not.toContain('Too late')
  })

  it('lets the calls of others have their turn', async () => {
    const checkpoints = Array.from({ length: 300 }, (_, at) => ({ title: `Task ${at}` }))
    const { data } = await key.call('POST', `/groups/${group_id}/milestones`, { title: 'Many', checkpoints })
    const other = await userKey(test)
    const count = 100
    let isRunning = true
    const batch = Array.from({ length: count }, (_, at) => callOf(at, 'get_milestone', { milestone_id: data.milestone_id }))
    const running = send(batch).finally(() => {
      isRunning = false
    })
    const url = `${new URL(mcp.url()).origin}/api/groups`
    let answered = 0
    while (isRunning) {
      expect((await fetch(url, { headers: { authorization: `Bearer ${other.secret}` } })).status).toBe(200)
      answered++
    }
    expect((await running).messages).toHaveLength(count)
    expect(answered).toBeGreaterThan(count / 5)
  })

  it('is not gone on with after its client has left', async () => {
    const count = 100
    const own = await makeGroup(test)
    const controller = new AbortController()
    const batch = Array.from({ length: count }, (_, at) => callOf(at, 'create_milestone', { group: own, title: `M ${at}` }))
    const response = await mcp.post(key.secret, [callOf(-1, 'list_groups'), ...batch], OLD, '', controller.signal)
    await response.body?.getReader().read()
    controller.abort()
    const made = async () =>
      Number((await test.instance.pool.query('select count(*) from milestones where group_id = $1', [own])).rows[0].count)
    let before = -1
    await expect
      .poll(async () => {
        await sleep(100)
        const [last, now] = [before, await made()]
        before = now
        return now === last
      }, WITHIN)
      .toBe(true)
    expect(before).toBeLessThan(count)
  })

  it('of waits ends when its client leaves', async () => {
    const { data } = await key.call('POST', `/groups/${group_id}/milestones`, { title: 'Waited for', checkpoints: [{ title: 'One' }] })
    const controller = new AbortController()
    const wait = callOf(1, 'wait_for', { milestone_id: data.milestone_id, until: 'closed', timeout_seconds: 50 })
    const sent = mcp.post(key.secret, [wait, wait], OLD, '', controller.signal)
    await expect.poll(() => test.instance.waits.size, WITHIN).toBe(1)
    controller.abort()
    await expect(sent).rejects.toThrow('abort')
    await expect.poll(() => test.instance.waits.size, WITHIN).toBe(0)
    await sleep(100)
    expect(test.instance.waits.size).toBe(0)
  })
})
