import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInstance } from '@/db/instance'
import { getAuth } from '@/lib/auth/session'
import { administer } from '@/lib/testing/administer'
import { type App, isReady, until } from '@/lib/testing/app'
import { databaseOf, terminate, useApps } from '@/lib/testing/apps'
import { cookiesOf } from '@/lib/testing/cookies'
import { linkOf, signIn, tokenLike } from '@/lib/testing/links'

describe('the sign-in paths of a running app', () => {
  const apps = useApps()
  let app: App
  let cookie: string

  beforeAll(async () => {
    app = await apps.start('sign-in')
    await until(app, () => isReady(app))
    cookie = await signIn(linkOf(app))
  })
  afterAll(() => terminate(app))

  const reach = (path: string, method: string, headers = {}) => fetch(app.origin + path, { method, headers, redirect: 'manual' })

  it('are these, and every other one that the library knows is a 404 for everybody', async () => {
    const instance = await openInstance((await databaseOf(app)).appUrl, app.origin)
    const { auth } = await getAuth(instance)
    // What has no path cannot be called from outside.
    const paths = Object.values(auth.api).flatMap((endpoint) => (endpoint.path ? [`/auth${endpoint.path}`.replace(/:\w+/g, 'x')] : []))
    await instance.close()
    expect(paths).toEqual(expect.arrayContaining(['/auth/magic-link/verify', '/auth/sign-out', '/auth/update-user', '/auth/list-sessions']))
    const others = [...paths, '/auth', '/auth/magic-link', '/auth/magic-link/verify/x', '/auth/sign-out/x']
    const served: string[] = []
    for (const path of new Set(others)) {
      for (const method of ['GET', 'POST']) {
        for (const headers of [{}, { cookie, origin: app.origin, 'content-type': 'application/json' }]) {
          const { status } = await reach(path, method, headers)
          if (status !== 404) served.push(`${method} ${path}`)
        }
      }
      // The session ends when the loop comes to the sign-out.
      if (path === '/auth/sign-out') cookie = await signIn(await newLink())
    }
    expect([...new Set(served)].sort()).toEqual([
      'GET /auth/magic-link/verify',
      'GET /auth/sign-out',
      // For every provider, only what it sends a browser back with is read.
      'POST /auth/callback/x',
      'POST /auth/magic-link/verify',
      'POST /auth/sign-out',
    ])
    expect((await reach('/auth/magic-link/verify', 'POST')).status).toBe(405)
    expect((await reach('/auth/sign-out', 'GET')).status).toBe(405)
    expect((await reach('/auth/callback/x', 'POST')).status).toBe(405)
  })

  async function newLink(): Promise<string> {
    const instance = await openInstance((await databaseOf(app)).appUrl, app.origin)
    try {
      return await (await getAuth(instance)).makeSignInLink(`${await ownerEmail()}`)
    } finally {
      await instance.close()
    }
  }

  async function ownerEmail(): Promise<unknown> {
    return (await administer((await databaseOf(app)).ownerUrl, 'select email from auth."user"'))[0]?.email
  }

  it('let nobody lock the owner out, and take no address to go on to from a stranger', async () => {
    for (let tries = 0; tries < 20; tries++) {
      const refused = await reach(
        `/auth/magic-link/verify?token=${tokenLike(linkOf(app))}&callbackURL=https://evil.test&errorCallbackURL=//evil.test`,
        'GET',
      )
      expect([refused.status, refused.headers.get('location')]).toEqual([303, '/sign-in?error=INVALID_TOKEN'])
      expect(refused.headers.getSetCookie()).toEqual([])
    }
    const link = new URL(await newLink())
    link.searchParams.set('callbackURL', 'https://evil.test')
    link.searchParams.set('newUserCallbackURL', 'https://evil.test')
    const opened = await fetch(link, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/'])
    expect(opened.headers.getSetCookie().join()).toContain('session_token')
  })

  it('lead back to the page that was asked for, once, and to no address that a stranger names', async () => {
    const asked = await reach('/p/prj_x?view=list&cp=cp_y', 'GET', { 'x-cairn-page': 'https://evil.test' })
    expect([asked.status, asked.headers.get('location')]).toEqual([307, '/sign-in/to?page=%2Fp%2Fprj_x%3Fview%3Dlist%26cp%3Dcp_y'])
    const kept = await reach(asked.headers.get('location') ?? '', 'GET')
    expect([kept.status, kept.headers.get('location')]).toEqual([303, '/sign-in'])
    const way_back = cookiesOf(kept)
    const refused = await reach(`/auth/magic-link/verify?token=${tokenLike(linkOf(app))}`, 'GET', { cookie: way_back })
    expect([refused.headers.get('location'), refused.headers.getSetCookie()]).toEqual(['/sign-in?error=INVALID_TOKEN', []])
    const opened = await fetch(await newLink(), { redirect: 'manual', headers: { cookie: way_back } })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/p/prj_x?view=list&cp=cp_y'])
    expect(opened.headers.getSetCookie().find((set) => set.startsWith(`${way_back.split('=')[0]}=`))).toContain('Max-Age=0')

    for (const page of [
      '//evil.test',
      '/\\evil.test',
      'https://evil.test',
      '/.//evil.test',
      '/%2f%2fevil.test',
      '/auth/sign-out',
      '/api/groups',
    ]) {
      const { headers, status } = await reach(`/sign-in/to?page=${encodeURIComponent(page)}`, 'GET')
      expect([status, headers.get('location'), headers.get('set-cookie')], page).toEqual([303, '/sign-in', expect.stringContaining('=; ')])
      const cookie = `${way_back.split('=')[0]}=${encodeURIComponent(page)}`
      const strange = await fetch(await newLink(), { redirect: 'manual', headers: { cookie } })
      expect([strange.status, strange.headers.get('location')], page).toEqual([303, '/'])
    }
  })

  it('keep a link that is not opened but looked at', async () => {
    const link = await newLink()
    for (const [method, headers] of [
      ['HEAD', {}],
      ['OPTIONS', {}],
      ['POST', {}],
      ['GET', { 'sec-purpose': 'prefetch;prerender' }],
      ['GET', { purpose: 'prefetch' }],
    ] as const) {
      const looked = await fetch(link, { method, headers, redirect: 'manual' })
      expect(looked.headers.getSetCookie(), method).toEqual([])
      expect(looked.status, method).not.toBe(303)
    }
    expect(await signIn(link)).toContain('session_token')
  })

  it('refuse a token that cannot be one with a redirect', async () => {
    for (const query of [
      '',
      '?token=',
      '?token=a&token=b',
      '?token=%00',
      '?token=a%00b',
      '?token=%ff%fe',
      `?token=${'x'.repeat(12_000)}`,
      '?token[]=x',
    ]) {
      const { status, headers } = await reach(`/auth/magic-link/verify${query}`, 'GET')
      expect([status, headers.get('location')], query.slice(0, 20)).toEqual([303, '/sign-in?error=INVALID_TOKEN'])
    }
  })

  it('explain a refused link, and survive any name of a reason', async () => {
    for (const query of ['error=__proto__', 'error=constructor', 'error=toString', 'error=a&error=b', 'error=', 'error=%00'])
      expect((await reach(`/sign-in?${query}`, 'GET')).status, query).toBe(200)
    expect(await (await reach('/sign-in?error=INVALID_TOKEN', 'GET')).text()).toContain('That link does not work')
  })
})
