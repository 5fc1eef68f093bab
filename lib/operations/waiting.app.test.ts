import { beforeAll, describe, expect, it } from 'vitest'
import { openInstance } from '@/db/instance'
import { ensureOwner } from '@/lib/operations/setup'
import { type App, isReady, until } from '@/lib/testing/app'
import { databaseOf, terminate, useApps } from '@/lib/testing/apps'
import { makeSecret, replyOf } from '@/lib/testing/client'

describe('waits over two app processes on one database', () => {
  const apps = useApps()
  let one: App
  let two: App
  let secret: string
  let group_id: string

  beforeAll(async () => {
    one = await apps.start('one')
    await until(one, () => isReady(one))
    const { ownerUrl, appUrl } = await databaseOf(one)
    two = await apps.start('two', { DATABASE_URL: ownerUrl })
    await until(two, () => isReady(two))
    const instance = await openInstance(appUrl, one.origin)
    const { principal_id } = await ensureOwner(instance)
    const actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'cli' } as const
    secret = await makeSecret(instance, actor)
    await instance.close()
    group_id = (await call(one, 'POST', '/groups', { name: 'Waiters' })).data.group_id
  })

  const call = async ({ origin }: App, method: string, path: string, body?: object, signal?: AbortSignal) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}), ...(signal ? { signal } : {}) }
    return replyOf(await fetch(`${origin}/api${path}`, sent))
  }

  const plan = async (steps: number): Promise<string> => {
    const checkpoints = Array.from({ length: steps }, (_, at) => ({ title: `Step ${at + 1}`, depends_on: at > 0 ? [at] : [] }))
    return (await call(one, 'POST', `/groups/${group_id}/milestones`, { title: 'Plan', checkpoints })).data.milestone_id
  }

  it('return in one when the other completes what they wait for, again and again', async () => {
    const steps = 50
    const milestone_id = await plan(steps)
    const delays: number[] = []
    for (let order = 1; order < steps; order++) {
      const [here, there] = order % 2 ? [one, two] : [two, one]
      const waits = [here, there].map((app) => call(app, 'GET', `/wait?milestone_id=${milestone_id}&order=${order + 1}&until=ready`))
      // Sometimes the waits have begun when the completion comes, and sometimes they have not.
      await new Promise((resolve) => setTimeout(resolve, (order % 4) * 10))
      const done = await call(there, 'POST', `/milestones/${milestone_id}/checkpoints/${order}/complete`)
      const at = performance.now()
      for (const wait of waits) {
        expect(await wait).toMatchObject({ status: 200, data: { reached: true, checkpoint: { order: order + 1, state: 'ready' } } })
      }
      expect((await waits[0])?.seq).toBeGreaterThanOrEqual(done.seq)
      delays.push(performance.now() - at)
    }
    delays.sort((a, b) => a - b)
    // A wait that nothing wakes is answered after 25 seconds.
    expect(delays.at(-1)).toBeLessThan(15_000)
    console.log(`from a completion to the answers of the waits: median ${delays[24]?.toFixed(1)} ms, most ${delays.at(-1)?.toFixed(1)} ms`)
  })

  it('are freed when their callers leave, and answered when the app stops', async () => {
    const milestone_id = await plan(2)
    const path = `/wait?milestone_id=${milestone_id}&order=2&until=ready&timeout_seconds=50`
    const leaving = new AbortController()
    const left = Array.from({ length: 1_000 }, () => call(two, 'GET', path, undefined, leaving.signal).catch(() => 'left'))
    await expect.poll(async () => (await call(two, 'GET', path, undefined, AbortSignal.timeout(200)).catch(() => null))?.status).toBe(429)
    leaving.abort()
    expect(new Set(await Promise.all(left))).toEqual(new Set(['left']))
    const staying = call(two, 'GET', path)
    const began = await Promise.race([staying, new Promise((resolve) => setTimeout(resolve, 1_000, 'waits'))])
    expect(began).toBe('waits')
    two.child.kill('SIGTERM')
    const at = performance.now()
    const answer = await staying
    expect(answer).toMatchObject({ status: 503, error: 'unavailable' })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await two.ended).toBe(0)
    // The wait itself would last for 50 seconds.
    expect(performance.now() - at).toBeLessThan(25_000)
    await terminate(one)
  })
})
