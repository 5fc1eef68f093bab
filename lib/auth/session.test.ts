import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { setInstance } from '@/db/instance'
import { getSigningSecret } from '@/db/sign-in/accounts'
import { endSessions, listSessions } from '@/db/sign-in/sessions'
import { NOWHERE } from '@/lib/domain/events'
import { administer } from '@/lib/testing/administer'
import { makePerson, record } from '@/lib/testing/client'
import { cookiesOf } from '@/lib/testing/cookies'
import { useInstance } from '@/lib/testing/instance'
import { beginSession } from './begin'
import { sessionCookie } from './cookie'
import { openLink } from './handler'
import { sha256 } from './key'
import { findSession, getAuth } from './session'

describe('a session', () => {
  const test = useInstance()
  beforeAll(() => setInstance(test.instance))

  const sql = (statement: string) => administer(test.database.ownerUrl, statement)
  const headersOf = (cookie: string) => new Headers({ cookie, 'user-agent': 'Firefox on Fedora', 'x-cairn-address': '192.0.2.7' })
  const open = async (cookie = '') => {
    const { makeSignInLink } = await getAuth(test.instance)
    return openLink(test.instance, new Request(await makeSignInLink('owner@cairn.local'), { headers: headersOf(cookie) }))
  }
  const begin = async (cookie = '') => cookiesOf(await open(cookie))
  const find = (cookie: string) => findSession(new Headers({ cookie }))
  const tokenOf = (cookie: string) => /session_token=([^.%;]+)/.exec(cookie)?.[1] ?? ''

  it('is stored with the hash of its token, with which nobody can sign in', async () => {
    const ours = cookiesOf(
      new Response(null, {
        headers: (await beginSession(test.instance, new Headers(), test.owner.actor_id, 'password')).cookies.map(
          (set): [string, string] => ['set-cookie', set],
        ),
      }),
    )
    const cookies = [await begin(), ours]
    const stored = (await sql('select token from auth.session')).map(({ token }) => String(token))
    const secret = await getSigningSecret(test.instance)
    for (const cookie of cookies) {
      expect(await find(cookie)).toMatchObject({ principal_id: test.owner.actor_id })
      expect(stored).toContain(sha256(tokenOf(cookie)))
      expect(stored).not.toContain(tokenOf(cookie))
    }
    for (const hash of stored) {
      for (const token of [hash, hash.slice(0, 32)]) {
        const signature = createHmac('sha256', secret).update(token).digest('base64')
        expect(await find(`cairn.session_token=${encodeURIComponent(`${token}.${signature}`)}`)).toBeNull()
      }
    }
  })

  it('is known by whoever has its cookie whole', async () => {
    const cookie = await begin()
    expect(await find(`a=b; ${cookie}; c=d`)).not.toBeNull()
    const [name, value = ''] = cookie.split('=')
    for (const other of [value.slice(0, -4), value.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')), '%', `${value}x.y`, ''])
      expect(await find(`${name}=${other}`), other).toBeNull()
    expect(sessionCookie('https://cairn.test')).toBe('__Host-cairn.session_token')
  })

  it('ends the older one of the same browser, and no other', async () => {
    const [first, other] = [await begin(), await begin()]
    const second = await begin(first)
    expect([await find(first), (await find(other)) !== null, (await find(second)) !== null]).toEqual([null, true, true])
  })

  it('is listed with what its person recognises it by, and can be ended alone or with all others', async () => {
    await sql('delete from auth.session')
    const cookies = [await begin(), await begin(), await begin()]
    const [one, two, three] = await Promise.all(cookies.map(async (cookie) => (await find(cookie))?.id ?? ''))
    const { actor_id } = test.owner
    const listed = await listSessions(test.instance, actor_id)
    expect(listed).toHaveLength(3)
    expect(listed[0]).toMatchObject({ by: 'link', user_agent: 'Firefox on Fedora', address: '192.0.2.7' })
    expect(await endSessions(test.instance, 'usr_somebody', { only: one ?? '' })).toEqual([])
    expect(await endSessions(test.instance, actor_id, { only: one ?? '' })).toEqual([one])
    expect(await endSessions(test.instance, actor_id, { but: two ?? '' })).toEqual([three])
    expect(await Promise.all(cookies.map(async (cookie) => (await find(cookie)) !== null))).toEqual([false, true, false])
  })

  it('lives on while it is used, for 90 days at most', async () => {
    const cookie = await begin()
    const hash = sha256(tokenOf(cookie))
    const left = async () =>
      Number((await sql(`select extract(day from expires_at - now()) as days from auth.session where token = '${hash}'`))[0]?.days)
    expect(await left()).toBeGreaterThanOrEqual(29)
    await sql(
      `update auth.session set updated_at = now() - interval '1 hour', expires_at = now() + interval '1 day' where token = '${hash}'`,
    )
    await find(cookie)
    await expect.poll(left).toBeGreaterThanOrEqual(29)
    await sql(
      `update auth.session set updated_at = now() - interval '1 hour', created_at = now() - interval '88 days' where token = '${hash}'`,
    )
    await find(cookie)
    await expect.poll(left).toBeLessThanOrEqual(2)
    await sql(`update auth.session set expires_at = now() where token = '${hash}'`)
    expect(await find(cookie)).toBeNull()
  })
})

describe('the people who can sign in', () => {
  const test = useInstance()

  it('are those of the log, which the sign-in library can only read', async () => {
    await makePerson(test, 'Zoe')
    const names = () => administer(test.database.url, 'select name, email from auth."user" order by name')
    expect(await names()).toEqual([
      { name: 'Owner', email: 'owner@cairn.local' },
      { name: 'Zoe', email: 'zoe@cairn.test' },
    ])
    for (const statement of [
      `update auth."user" set name = 'X'`,
      `insert into auth."user" (id, name) values ('x', 'X')`,
      'delete from auth."user"',
    ])
      await expect(administer(test.database.url, statement), statement).rejects.toThrow()
    expect((await names()).map(({ name }) => name)).toEqual(['Owner', 'Zoe'])
  })

  it('have an address each, which the database guards in whatever case it is written', async () => {
    const data = { principal_id: 'usr_other', name: 'Other', email: 'ZOE@cairn.test', instance_owner: false }
    await expect(record(test, [{ ...NOWHERE, type: 'person.registered', data }])).rejects.toThrow()
  })
})
