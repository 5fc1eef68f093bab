import { describe, expect, it } from 'vitest'
import { completeCheckpoint } from '@/lib/operations'
import { userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { handleRest } from './rest'

describe('GET /wait', () => {
  const test = useInstance()
  const plan = async () => (await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })).milestone_id

  it('answers with the envelope of a read and without an ETag, because the same question may have another answer', async () => {
    const { call } = await userKey(test)
    const milestone_id = await plan()
    const answer = call('GET', `/wait?milestone_id=${milestone_id}&order=2&until=ready&timeout_seconds=15`, undefined, {
      'if-none-match': '*',
    })
    const { seq } = await test.run(completeCheckpoint, { milestone_id, order: 1 })
    const reply = await answer
    expect(reply).toMatchObject({ status: 200, success: true, data: { reached: true }, seq })
    expect(reply.headers.get('etag')).toBeNull()
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(Object.keys(reply.json)).toEqual(['success', 'data', 'seq'])
  })

  it('refuses what is no question, before it waits', async () => {
    const { call } = await userKey(test)
    const milestone_id = await plan()
    const ask = (query: string) => call('GET', `/wait?milestone_id=${milestone_id}&${query}`)
    for (const query of ['until=ready', 'until=later', 'order=1', 'until=closed&timeout_seconds=51', 'until=change&since_seq=x'])
      expect(await ask(query), query).toMatchObject({ status: 422, error: 'invalid' })
    expect(await ask('until=ready&order=9')).toMatchObject({ status: 404, error: 'not_found' })
    expect(await ask('until=ready&order=cp_x')).toMatchObject({ status: 404, error: 'not_found' })
    expect(await call('GET', '/wait?milestone_id=ms_x&until=closed')).toMatchObject({ status: 404, error: 'not_found' })
    expect(await ask('until=change&since_seq=999999')).toMatchObject({ status: 409, error: 'log_replaced' })
  })

  it('says when to come back to a key that has too many waits', async () => {
    const { secret } = await userKey(test)
    const milestone_id = await plan()
    const callers = Array.from({ length: 1_001 }, () => new AbortController())
    const replies = callers.map(({ signal }) => {
      const url = `http://cairn.test/api/wait?milestone_id=${milestone_id}&order=2&until=ready`
      return handleRest(test.instance, new Request(url, { headers: { authorization: `Bearer ${secret}` }, signal }))
    })
    const first = await Promise.race(replies)
    expect(first.status).toBe(429)
    expect(first.headers.get('retry-after')).toBe('5')
    expect(await first.json()).toMatchObject({ error: 'rate_limited', details: { limit: 1_000 } })
    for (const caller of callers) caller.abort()
    await Promise.all(replies)
    expect(test.instance.waits.size).toBe(0)
  })
})
