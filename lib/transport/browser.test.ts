import { beforeAll, describe, expect, it } from 'vitest'
import { setInstance } from '@/db/instance'
import { openLink, signOut } from '@/lib/auth/handler'
import { getAuth } from '@/lib/auth/session'
import { type Reply, replyOf, userKey } from '@/lib/testing/client'
import { cookiesOf } from '@/lib/testing/cookies'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf } from '@/lib/testing/watch'
import { handleRest } from './rest'

const HOST = 'cairn.test'
const OWN = `http://${HOST}`

describe('a browser session', () => {
  const test = useInstance()
  let cookie: string
  let milestone_id: string

  const signIn = async (): Promise<string> => {
    const { makeSignInLink } = await getAuth(test.instance)
    const link = await makeSignInLink('owner@cairn.local')
    const signedIn = await openLink(test.instance, new Request(link, { headers: { host: HOST } }))
    return cookiesOf(signedIn)
  }

  beforeAll(async () => {
    setInstance(test.instance)
    cookie = await signIn()
    milestone_id = (await makeMilestone(test, await makeGroup(test), { A: [] })).milestone_id
  })

  const send = async (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Reply> => {
    const given = { cookie, host: HOST, ...headers }
    const init = { method, headers: given, ...(body === undefined ? {} : { body }) }
    return replyOf(await handleRest(test.instance, new Request(`${OWN}/api${path}`, init)))
  }

  /** [Origin, Sec-Fetch-Site, whether a change may pass]; null is a header that is not sent. */
  const CELLS: [string | null, string | null, boolean][] = [
    [null, 'same-origin', true],
    [OWN, 'same-origin', true],
    [OWN, null, true],
    [null, null, false],
    [null, 'none', false],
    [null, 'same-site', false],
    [null, 'cross-site', false],
    [OWN, 'none', false],
    [OWN, 'same-site', false],
    [OWN, 'cross-site', false],
    ['null', null, false],
    ['null', 'same-origin', false],
    ['', null, false],
    ['http://evil.test', null, false],
    ['http://evil.test', 'same-origin', false],
    ['http://evil.test', 'cross-site', false],
    ['http://cairn.test.evil.test', null, false],
    ['http://cairn.test:8080', null, false],
    ['http://cairn.test@evil.test', null, false],
    ['http://sub.cairn.test', null, false],
    ['cairn.test', null, false],
    ['file://cairn.test', null, false],
    ['javascript://cairn.test', null, false],
  ]

  it.each(CELLS)('[F4] may change by Origin %s and Sec-Fetch-Site %s: %s; it may read all the same', async (origin, site, passes) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (origin !== null) headers.origin = origin
    if (site !== null) headers['sec-fetch-site'] = site
    for (const [method, path, body] of [
      ['PATCH', `/milestones/${milestone_id}`, '{}'],
      ['POST', `/milestones/${milestone_id}/checkpoints/1/complete`, undefined],
      ['DELETE', '/milestones/ms_nowhere', undefined],
    ] as const) {
      const before = await positionOf(test)
      const reply = await send(method, path, headers, body)
      if (passes) expect(reply.status, method).not.toBe(403)
      if (passes) continue
      expect(reply, method).toMatchObject({ status: 403, error: 'forbidden' })
      expect(await positionOf(test)).toEqual(before)
    }
    expect((await send('GET', '/groups', headers)).status).toBe(200)
  })

  /** [Host, Origin, whether a change may pass]. The Host of a proxy may be any name of this machine. */
  const CALLED: [string, string, boolean][] = [
    ['127.0.0.1:3000', OWN, true],
    ['localhost:3000', 'http://localhost:3000', true],
    ['[::1]:3000', 'http://[::1]:3000', true],
    [HOST, `https://${HOST}`, false],
    ['localhost:3000', 'https://localhost:3000', false],
    ['localhost:3000', 'http://127.0.0.1:3000', false],
    ['localhost:3000', 'http://localhost:3001', false],
    ['evil.test', 'https://evil.test', false],
    ['evil.test', 'http://evil.test', false],
    ['cairn.test.evil.test', 'http://cairn.test.evil.test', false],
  ]

  it.each(CALLED)('[F4] may change, called as %s from a page of %s: %s', async (host, origin, passes) => {
    const headers = { host, origin, 'content-type': 'application/json' }
    const before = await positionOf(test)
    const reply = await send('PATCH', `/milestones/${milestone_id}`, headers, '{}')
    if (passes) expect(reply.status).toBe(200)
    else expect(reply).toMatchObject({ status: 403, error: 'forbidden', message: expect.stringContaining(`a page of ${OWN}`) })
    expect(await positionOf(test)).toEqual(before)
  })

  it('[F4] what a form of a foreign page can send is refused by its media type already', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect(await send('POST', '/groups', { 'content-type': type, origin: OWN }, '{"name":"x"}')).toMatchObject({ status: 415 })
  })

  it('[F4] an answer allows no other origin to read it', async () => {
    const { headers } = await send('GET', '/groups', { origin: 'http://evil.test' })
    for (const [name] of headers) expect(name).not.toMatch(/^access-control-/)
  })

  it('writes events as the person, by the web, with the session', async () => {
    const { data } = await send('POST', '/groups', { origin: OWN, 'content-type': 'application/json' }, '{"name":"By the web"}')
    const { events } = (await send('GET', `/events?group_id=${data.group_id}`, {})).data
    expect(events[0]).toMatchObject({ via: 'web', actor_id: test.owner.actor_id, session_id: expect.stringMatching(/^web_/) })
  })

  it('beside a key the key counts: no page is asked for, and a wrong key is not made good by a cookie', async () => {
    const { secret } = await userKey(test)
    const foreign = { origin: 'http://evil.test', 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' }
    const keyed = await send('PATCH', `/milestones/${milestone_id}`, { ...foreign, authorization: `Bearer ${secret}` }, '{}')
    expect(keyed.status).toBe(200)
    for (const authorization of ['Bearer sk_live_u_no', 'Bearer', 'Basic eDp5', ''])
      expect(await send('GET', '/groups', { authorization }), authorization).toMatchObject({ status: 401, error: 'unauthenticated' })
  })

  it('that is forged, cut or over is 401', async () => {
    const cut = cookie.slice(0, -8)
    for (const forged of [cut, 'cairn.session_token=x', 'cairn.session_token=x.y', 'a=b', ''])
      expect(await send('GET', '/groups', { cookie: forged }), forged).toMatchObject({ status: 401 })
    const over = await signIn()
    expect((await send('GET', '/groups', { cookie: over })).status).toBe(200)
    await signOut(
      test.instance,
      new Request(`${OWN}/auth/sign-out`, { method: 'POST', headers: { cookie: over, host: HOST, origin: OWN } }),
    )
    expect(await send('GET', '/groups', { cookie: over })).toMatchObject({ status: 401, error: 'unauthenticated' })
  })

  it('a foreign page cannot sign the person out', async () => {
    const headers = { cookie, host: HOST, origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' }
    await signOut(test.instance, new Request(`${OWN}/auth/sign-out`, { method: 'POST', headers }))
    expect((await send('GET', '/groups', {})).status).toBe(200)
  })

  it('a sign-in link works once', async () => {
    const { makeSignInLink } = await getAuth(test.instance)
    const link = await makeSignInLink('owner@cairn.local')
    const follow = () => openLink(test.instance, new Request(link, { headers: { host: HOST } }))
    expect((await follow()).headers.getSetCookie().join()).toContain('session')
    expect((await follow()).headers.getSetCookie().join()).not.toMatch(/session_token=[^;]+;/)
  })
})
