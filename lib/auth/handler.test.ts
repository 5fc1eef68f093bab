import { format } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { setInstance } from '@/db/instance'
import { cookiesOf } from '@/lib/testing/cookies'
import { useInstance } from '@/lib/testing/instance'
import { useProxied } from '@/lib/testing/proxied'
import { openLink, signOut } from './handler'
import { findSession, getAuth } from './session'

const HOST = 'cairn.test'
const EMAIL = 'owner@cairn.local'

describe('while the database is away', () => {
  const test = useInstance()
  const proxied = useProxied(test)

  beforeAll(async () => {
    setInstance(proxied.instance)
  })

  const open = (link: string) => openLink(proxied.instance, new Request(link, { headers: { host: HOST } }))
  const leave = (cookie: string) =>
    signOut(
      proxied.instance,
      new Request(`http://${HOST}/auth/sign-out`, { method: 'POST', headers: { cookie, host: HOST, origin: `http://${HOST}` } }),
    )
  const newLink = async () => (await getAuth(proxied.instance)).makeSignInLink(EMAIL)

  it('a sign-in link is answered 503, and signs in when the database is back', async () => {
    const link = await newLink()
    proxied.wire.behave('down')
    const refused = await open(link)
    proxied.wire.behave('up')
    expect([refused.status, refused.headers.get('retry-after'), cookiesOf(refused)]).toEqual([503, '2', ''])
    expect(await refused.text()).toContain('The database is out of reach. Try again shortly. The link is not used up.')
    const opened = await open(link)
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/'])
    expect(await findSession(new Headers({ cookie: cookiesOf(opened) }))).toMatchObject({ principal_id: test.owner.actor_id })
  })

  it('a sign-out is answered 503, and the cookie stays as long as the session does', async () => {
    const cookie = cookiesOf(await open(await newLink()))
    proxied.wire.behave('down')
    const refused = await leave(cookie)
    proxied.wire.behave('up')
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([503, []])
    expect(await refused.text()).toContain('You are still signed in')
    expect(await findSession(new Headers({ cookie }))).not.toBeNull()
    const left = await leave(cookie)
    expect([left.status, left.headers.get('location')]).toEqual([303, '/sign-in'])
    expect(left.headers.getSetCookie().join()).toMatch(/session_token=;.*Max-Age=0/)
    expect(await findSession(new Headers({ cookie }))).toBeNull()
  })

  it('and the lane knows it, every call is refused without asking the database', async () => {
    const cookie = cookiesOf(await open(await newLink()))
    const link = await newLink()
    proxied.wire.behave('down')
    await leave(cookie)
    await expect.poll(() => proxied.instance.lane.presentFault?.reads).toBe(true)
    const asked = vi.spyOn(proxied.instance.pool, 'connect')
    const statuses = [await open(link), await leave(cookie)].map(({ status }) => status)
    await expect(findSession(new Headers({ cookie }))).rejects.toMatchObject({ code: 'unavailable' })
    expect(statuses).toEqual([503, 503])
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
    proxied.wire.behave('up')
    await expect.poll(() => proxied.instance.lane.presentFault).toBeNull()
    expect((await open(link)).status).toBe(303)
  })

  it('the token of a session and of a link do not come into the log', async () => {
    const cookie = cookiesOf(await open(await newLink()))
    const link = await newLink()
    const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    proxied.wire.behave('down')
    await expect(findSession(new Headers({ cookie }))).rejects.toThrow()
    await leave(cookie)
    await open(link)
    proxied.wire.behave('up')
    const log = [...said.mock.calls.map(([line]) => String(line)), ...printed.mock.calls.map((given) => format(...given))].join('')
    said.mockRestore()
    printed.mockRestore()
    for (const secret of [/session_token=([^.%;]+)/.exec(cookie)?.[1], new URL(link).searchParams.get('token')]) {
      expect(secret?.length).toBeGreaterThanOrEqual(32)
      expect(log).not.toContain(secret)
    }
  })
})
