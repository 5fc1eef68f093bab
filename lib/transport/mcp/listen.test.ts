import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { hubOf } from '@/lib/operations/follow'
import { userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { modern } from '@/lib/testing/mcp'
import { handleMcp } from './handle'

describe('a client that listens', () => {
  const test = useInstance({ each: true })

  const listen = async (signal?: AbortSignal, id: string | number = 1): Promise<Response> => {
    const { secret } = await userKey(test)
    const { body: sent, headers } = modern('subscriptions/listen', { notifications: { resourcesListChanged: true } })
    const body = { ...sent, id }
    const init = {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    return handleMcp(test.instance, new Request('http://cairn.test/mcp', signal ? { ...init, signal } : init))
  }

  it('is cut off if it takes nothing of what it is sent', async () => {
    const hub = hubOf(test.instance, 1_000)
    const response = await listen()
    expect(hub.size).toBe(1)
    await expect.poll(() => hub.size).toBe(0)
    await expect(response.text()).rejects.toThrow('slow')
  })

  it('is kept as long as it takes what it is sent, until it leaves', async () => {
    const hub = hubOf(test.instance, 30)
    const reader = (await listen()).body?.getReader()
    await reader?.read()
    await sleep(300)
    expect(hub.size).toBe(1)
    await reader?.cancel()
    expect(hub.size).toBe(0)
  })

  it('is refused under a long id, which each notification that waits for it would repeat', async () => {
    const hub = hubOf(test.instance)
    const refused = await listen(undefined, 'i'.repeat(101))
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: -32_602, message: expect.stringContaining('100 characters') } })
    expect(hub.size).toBe(0)
    const accepted = await listen(undefined, 'i'.repeat(100))
    expect(hub.size).toBe(1)
    await accepted.body?.cancel()
  })

  it('is noticed if it leaves while the stream begins', async () => {
    const hub = hubOf(test.instance)
    const controller = new AbortController()
    const beginning = listen(controller.signal)
    await expect.poll(() => hub.size).toBe(1)
    controller.abort()
    await beginning
    await expect.poll(() => hub.size).toBe(0)
  })
})
