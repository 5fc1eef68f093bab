import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInstance } from '@/db/instance'
import { ensureOwner } from '@/lib/operations/setup'
import { administer } from '@/lib/testing/administer'
import { type App, isReady, until } from '@/lib/testing/app'
import { databaseOf, terminate, useApps } from '@/lib/testing/apps'
import { makeSecret } from '@/lib/testing/client'
import { cookiesOf } from '@/lib/testing/cookies'
import type { Data } from '@/lib/testing/instance'
import { linkOf } from '@/lib/testing/links'
import { type Listening, listenTo } from '@/lib/testing/listening'

const WITHIN = { interval: 20 }

describe('streams of two processes on one database', () => {
  const apps = useApps()
  let one: App
  let two: App
  let secret: string
  let url: string

  beforeAll(async () => {
    one = await apps.start('one')
    await until(one, () => isReady(one))
    const { appUrl, ownerUrl } = await databaseOf(one)
    url = ownerUrl
    two = await apps.start('two', { DATABASE_URL: ownerUrl })
    await until(two, () => isReady(two))
    const instance = await openInstance(appUrl, one.origin)
    const { principal_id } = await ensureOwner(instance)
    const actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'cli' } as const
    secret = await makeSecret(instance, actor)
    await instance.close()
  })
  afterAll(async () => {
    two.child.kill('SIGTERM')
    await two.ended
    await terminate(one)
  })

  const call = async (app: App, path: string, body: object): Promise<Data> => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const response = await fetch(`${app.origin}/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()).data
  }
  const open = async (app: App, headers: Record<string, string> = { authorization: `Bearer ${secret}` }): Promise<Listening> => {
    const stream = await listenTo(`${app.origin}/api/events/stream`, headers)
    await expect.poll(() => stream.heard.length, WITHIN).toBeGreaterThan(0)
    return stream
  }

  it('[E4] tell each event once and in order, whoever writes it, while connections to PostgreSQL are killed', async () => {
    const streams = [await open(one), await open(two)]
    const from = streams[0]?.heard[0]?.data.seq
    const { group_id } = await call(one, '/groups', { name: 'Two' })
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('cairn feed', 'cairn read') and datname = current_database()`
    for (let round = 0; round < 6; round++) {
      await Promise.all([one, two].map((app) => call(app, `/groups/${group_id}/projects`, { title: `Project ${round} ${app.port}` })))
      if (round % 2) await administer(url, kill)
      await sleep(50)
    }
    await expect.poll(() => call(one, `/groups/${group_id}/projects`, { title: 'Last' }), WITHIN).toBeDefined()
    const [{ seq } = { seq: 0 }] = await administer(url, 'select seq::int from workspaces')
    const wanted = Array.from({ length: Number(seq) - from }, (_, at) => from + at + 1)
    for (const stream of streams) {
      await expect.poll(stream.seqs, WITHIN).toEqual(wanted)
      expect(stream.ended()).toBeNull()
      stream.leave()
    }
  })

  it('[F2] end at once for a browser that signs out on a page of Next', async () => {
    const opened = await fetch(linkOf(one), { redirect: 'manual' })
    const cookie = cookiesOf(opened)
    const stream = await open(one, { cookie })
    const left = await fetch(`${one.origin}/auth/sign-out`, { method: 'POST', redirect: 'manual', headers: { cookie, origin: one.origin } })
    expect(left.status).toBe(303)
    // A heartbeat would end it too, but only after 15 seconds.
    await expect.poll(stream.ended, { timeout: 10_000 }).toBe('closed')
  })

  it('end when their process stops, which does not wait for them', async () => {
    const stream = await open(two)
    const began = performance.now()
    two.child.kill('SIGTERM')
    expect(await two.ended).toBe(0)
    expect(performance.now() - began).toBeLessThan(8_000)
    await expect.poll(stream.ended, WITHIN).not.toBeNull()
  })
})
