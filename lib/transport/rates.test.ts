import { beforeAll, describe, expect, it } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import { makeKey } from '@/lib/auth/key'
import { createKey } from '@/lib/operations/keys'
import { agentKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { handle } from '@/lib/transport/handle'
import { Rates } from './rates'

describe('a rate', () => {
  let time = 0
  const rates = (per_second: number, burst: number, most?: number) => new Rates({ per_second, burst }, () => time, most)
  /** How many of so many calls pass now. */
  const passing = (all: Rates, name: string, calls: number) =>
    Array.from({ length: calls }, () => all.take(name)).filter((early) => early === 0).length

  it('lets so many pass at once, so many more each second, and never more', () => {
    const all = rates(50, 200)
    expect(passing(all, 'a', 1_000)).toBe(200)
    for (const [later, passes] of [
      [20, 1],
      [19, 0],
      [1, 1],
      [1_000, 50],
      [4_000, 200],
      [3_600_000, 200],
    ] as const) {
      time += later
      expect(passing(all, 'a', 1_000), `after ${later} ms`).toBe(passes)
    }
  })

  it('tells when the next call passes, and a refused call takes nothing', () => {
    const all = rates(1, 1)
    expect(all.take('a')).toBe(0)
    time += 250
    expect([all.take('a'), all.take('a')]).toEqual([750, 750])
    time += 750
    expect(all.take('a')).toBe(0)
  })

  it('keeps names apart, in a bounded memory', () => {
    const all = rates(1, 2, 100)
    expect(passing(all, 'a', 3)).toBe(2)
    for (let name = 0; name < 10_000; name++) expect(all.take(`n${name}`)).toBe(0)
    expect(all.known).toBeLessThanOrEqual(100)
  })

  it('costs little beside a call', () => {
    const all = new Rates({ per_second: 50, burst: 200 })
    const before = performance.now()
    for (let call = 0; call < 200_000; call++) all.take(`key_${call % 500}`)
    expect((performance.now() - before) / 200).toBeLessThan(50)
  })
})

describe('calls', () => {
  const test = useInstance()
  let limited: Instance
  let group_id: string

  beforeAll(async () => {
    group_id = await makeGroup(test)
    limited = { ...test.instance, rate: { per_second: 1, burst: 5 } }
  })

  const call = (instance: Instance, secret: string, headers: Record<string, string> = {}) =>
    handle(instance, new Request('http://cairn.test/api/groups', { headers: { authorization: `Bearer ${secret}`, ...headers } }))
  const statuses = async (instance: Instance, secret: string, calls: number, headers = {}) => {
    const all = await Promise.all(Array.from({ length: calls }, () => call(instance, secret, headers)))
    return all.map(({ status }) => status).sort()
  }
  const times = (count: number, status: number) => Array.from({ length: count }, () => status)

  it('of one key pass as often as the rate says, and then are refused with the time to wait', async () => {
    const [one, other] = [await userKey(test), await userKey(test)]
    expect(await statuses(limited, one.secret, 30)).toEqual([...times(5, 200), ...times(25, 429)])
    const refused = await call(limited, one.secret)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ error: 'rate_limited', details: { limit: 1, retry_after_seconds: 1 } })
    const text = await call(limited, one.secret, { accept: 'text/plain' })
    expect([text.status, text.headers.get('retry-after'), await text.text()]).toEqual([
      429,
      '1',
      expect.stringMatching(/^rate_limited: This key/),
    ])
    expect(await statuses(limited, other.secret, 5)).toEqual(times(5, 200))
  })

  it('of all keys of an agent profile count together', async () => {
    const one = await agentKey(test, group_id)
    const { data: other } = await test.run(createKey, { group_id, agent_profile_id: one.actor.actor_id, name: 'Another' })
    const all = await Promise.all([statuses(limited, one.secret, 10), statuses(limited, other.secret, 10)])
    expect(all.flat().sort()).toEqual([...times(5, 200), ...times(15, 429)])
  })

  it('of one key pass over three processes at most three times as often', async () => {
    const { secret } = await userKey(test)
    const others = await Promise.all(
      [1, 2].map(() => openInstance(test.database.url, 'http://cairn.test', { rate: { per_second: 1, burst: 5 } })),
    )
    try {
      const all = await Promise.all([limited, ...others].map((instance) => statuses(instance, secret, 20)))
      expect(all.flat().sort()).toEqual([...times(15, 200), ...times(45, 429)])
    } finally {
      await Promise.all(others.map((instance) => instance.close()))
    }
  })

  it('over MCP count with those by REST, and are refused with an error of the protocol', async () => {
    const { secret } = await userKey(test)
    await statuses(limited, secret, 5)
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/list', params: {} })
    const refused = await handle(limited, new Request('http://cairn.test/mcp', { method: 'POST', headers, body }))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await refused.json()).toMatchObject({ id: 7, error: { code: -32_000, data: { error: 'rate_limited' } } })
  })

  it('in a batch over MCP count each', async () => {
    const { secret } = await userKey(test)
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const body = JSON.stringify(Array.from({ length: 8 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'tools/list', params: {} })))
    const answered = await handle(limited, new Request('http://cairn.test/mcp', { method: 'POST', headers, body }))
    expect((await answered.text()).match(/rate_limited/g)).toHaveLength(3)
    expect((await call(limited, secret)).status).toBe(429)
  })

  it('about health are never refused, and without a rate no call is', async () => {
    const { secret } = await userKey(test)
    for (let turn = 0; turn < 10; turn++) expect(await statuses(test.instance, secret, 30)).toEqual(times(30, 200))
    for (let asked = 0; asked < 50; asked++) expect((await handle(limited, new Request('http://cairn.test/api/health'))).status).toBe(200)
  })

  const from = (address: string) => ({ 'x-cairn-address': address })
  const wrong = () => makeKey('user').secret

  it('with wrong keys are slowed by address after 20, exactly over two processes, and never those with a right key', async () => {
    const other = await openInstance(test.database.url, 'http://cairn.test', { rate: { per_second: 1, burst: 5 } })
    try {
      const sent = Array.from({ length: 200 }, (_, turn) =>
        call(turn % 2 ? limited : other, turn % 3 ? wrong() : 'no key', from('1.1.1.1')),
      )
      const answers = await Promise.all(sent)
      expect(answers.map(({ status }) => status).sort()).toEqual([...times(20, 401), ...times(180, 429)])
      expect(Number(answers.find(({ status }) => status === 429)?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect((await call(limited, wrong(), from('2.2.2.2'))).status).toBe(401)
      // A key that this process never saw.
      expect((await call(limited, (await userKey(test)).secret, from('1.1.1.1'))).status).toBe(200)
    } finally {
      await other.close()
    }
  })

  it('with wrong keys are counted only where calls are', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => call(test.instance, wrong(), from('3.3.3.3'))))
    expect(all.filter(({ status }) => status !== 401)).toEqual([])
  })
})
