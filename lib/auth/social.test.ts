import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Instance, openInstance, setInstance } from '@/db/instance'
import { administer } from '@/lib/testing/administer'
import { makePerson } from '@/lib/testing/client'
import { cookiesOf } from '@/lib/testing/cookies'
import { useInstance } from '@/lib/testing/instance'
import { type ProvidersStub, SECRET_OF_PROVIDER, standInForProviders } from '@/lib/testing/providers'
import { beginSession } from './begin'
import type { BegunBy } from './own-sign-in'
import type { Provider } from './providers'
import { findSession } from './session'
import { finish, readProviders, startLink, startSignIn, unlink } from './social'

const HOST = 'cairn.test'
const CLIENT = { clientId: 'client', clientSecret: 'client_secret' }

describe('an account elsewhere', { timeout: 60_000 }, () => {
  const test = useInstance()
  let instance: Instance
  let stub: ProvidersStub
  let maria: string

  beforeAll(async () => {
    instance = await openInstance(test.database.url, `http://${HOST}`, { providers: { github: CLIENT, google: CLIENT } })
    setInstance(instance)
    maria = (await makePerson(test, 'Maria')).actor_id
  })
  afterAll(() => instance.close())
  beforeEach(async () => {
    stub = await standInForProviders({ id: 77, email: 'maria@cairn.test', verified: true })
    await sql('delete from auth.attempt; delete from auth.session; delete from auth.account; delete from auth.verification')
    return () => stub.close()
  })

  const sql = (statement: string) => administer(test.database.ownerUrl, statement)
  const to = ({ headers }: Response) => headers.get('location') ?? ''
  const get = (path: string, cookie = '') => new Request(`http://${HOST}${path}`, { headers: { host: HOST, cookie } })
  const post = (path: string, fields: Record<string, string>, cookie: string, origin = `http://${HOST}`) =>
    new Request(`http://${HOST}${path}`, {
      method: 'POST',
      headers: { host: HOST, origin, cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  const signedIn = async (principal_id = maria, by: BegunBy = 'link') => {
    const { cookies } = await beginSession(instance, new Headers(), principal_id, by)
    return cookies.map((set) => set.split(';', 1)[0]).join('; ')
  }
  const whoIs = async (cookie: string) => (await findSession(new Headers({ cookie })))?.principal_id ?? null
  const counts = () =>
    sql(
      'select (select count(*) from principals)::int as people, (select count(*) from auth.account)::int as accounts, (select count(*) from auth.session)::int as sessions',
    )

  /** Goes to the provider and comes back, with the cookies of the way. */
  const comeBack = async (
    provider: Provider,
    started: Response,
    url: string,
    cookie = '',
    query: Record<string, string> = { code: 'c' },
  ) => {
    const state = new URL(url).searchParams.get('state') ?? ''
    const path = `/auth/callback/${provider}?${new URLSearchParams({ state, ...query })}`
    return finish(instance, get(path, [cookie, cookiesOf(started)].filter(Boolean).join('; ')), provider)
  }
  const signIn = async (provider: Provider, query?: Record<string, string>) => {
    const started = await startSignIn(instance, get(`/auth/start/${provider}`), provider)
    return comeBack(provider, started, to(started), '', query)
  }
  const link = async (provider: Provider, cookie: string, query?: Record<string, string>) => {
    const started = await startLink(instance, post(`/auth/link/${provider}`, {}, cookie), provider)
    const url = started.headers.get('refresh')?.replace('0; url=', '') ?? ''
    return comeBack(provider, started, url, cookie, query)
  }

  it.each([
    ['github', 'https://github.com/login/oauth/authorize'],
    ['google', 'https://accounts.google.com/o/oauth2/v2/auth'],
  ] as const)('is linked by its person, and then signs them in by %s', async (provider, page) => {
    const started = await startSignIn(instance, get(`/auth/start/${provider}`), provider)
    const url = new URL(to(started))
    expect([started.status, url.origin + url.pathname]).toEqual([303, page])
    expect(url.searchParams.get('redirect_uri')).toBe(`http://${HOST}/auth/callback/${provider}`)

    const cookie = await signedIn()
    const linked = await link(provider, cookie)
    expect(to(linked)).toBe('/settings/account?saved=providers#providers')
    expect((await readProviders(instance, maria)).filter((one) => one.linked).map(({ id }) => id)).toEqual([provider])
    const back = await signIn(provider)
    expect([to(back), await whoIs(cookiesOf(back))]).toEqual(['/', maria])
    expect((await findSession(new Headers({ cookie: cookiesOf(back) })))?.by).toBe(provider)
    // Linked once more, nothing is kept either.
    await link(provider, cookie)
    expect(await sql('select access_token, refresh_token, id_token from auth.account')).toEqual([
      { access_token: null, refresh_token: null, id_token: null },
    ])
    expect(JSON.stringify([await sql('select * from auth.account'), await sql('select * from auth.verification')])).not.toContain(
      SECRET_OF_PROVIDER,
    )

    const unlinked = await unlink(instance, post('/auth/unlink', { provider }, cookie))
    expect(to(unlinked)).toContain('saved=providers')
    expect([await whoIs(cookiesOf(back)), await whoIs(cookie)]).toEqual([null, maria])
    expect(to(await signIn(provider))).toBe(`/sign-in?error=NOT_LINKED&with=${provider}`)
  })

  it('makes nobody and is nobody by its address alone', async () => {
    const before = await counts()
    for (const [email, verified] of [
      ['maria@cairn.test', true],
      ['maria@cairn.test', false],
      ['owner@cairn.local', true],
      ['stranger@example.com', true],
    ] as const) {
      stub.account = { id: 78, email, verified }
      for (const provider of ['github', 'google'] as const) {
        const refused = await signIn(provider)
        expect(to(refused), `${provider} ${email}`).toBe(`/sign-in?error=NOT_LINKED&with=${provider}`)
        expect(await whoIs(cookiesOf(refused))).toBeNull()
      }
    }
    expect(await counts()).toEqual(before)
  })

  it('is linked only with a confirmed address, with one person, and by whoever proves who they are', async () => {
    const cookie = await signedIn()
    stub.account = { id: 77, email: 'else@example.com', verified: false }
    expect(to(await link('github', cookie))).toBe('/settings/account?error=NOT_LINKABLE&with=github&in=providers#providers')
    stub.account = { id: 77, email: 'else@example.com', verified: true }
    expect(to(await link('github', cookie))).toContain('saved=providers')
    const owner = await signedIn(test.owner.actor_id)
    expect(to(await link('github', owner))).toContain('error=LINKED_TO_ANOTHER&with=github')

    // A browser that somebody finds open must not become theirs for good.
    const found = await signedIn(maria, 'password')
    const refused = await startLink(instance, post('/auth/link/google', { password: 'a guess' }, found), 'google')
    expect([to(refused), refused.headers.get('refresh')]).toEqual(['/settings/account?error=LINK_NEEDED&in=providers#providers', null])
    const foreign = await startLink(instance, post('/auth/link/google', {}, cookie, 'http://evil.test'), 'google')
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []])
    const nobody = await startLink(instance, post('/auth/link/google', {}, ''), 'google')
    expect(to(nobody)).toBe('/sign-in/to?page=%2Fsettings%2Faccount')
    expect(await sql('select user_id, provider_id from auth.account')).toEqual([{ user_id: maria, provider_id: 'github' }])
  })

  it('signs in only the browser that began it, once, and links for nobody who was signed out meanwhile', async () => {
    const cookie = await signedIn()
    await link('github', cookie)
    const started = await startSignIn(instance, get('/auth/start/github'), 'github')
    const state = new URL(to(started)).searchParams.get('state') ?? ''
    const back = (cookies: string) => finish(instance, get(`/auth/callback/github?code=c&state=${state}`, cookies), 'github')
    const stolen = await back('')
    expect([to(stolen), await whoIs(cookiesOf(stolen))]).toEqual(['/sign-in?error=STARTED_ELSEWHERE&with=github', null])
    const twice = await startSignIn(instance, get('/auth/start/github'), 'github')
    expect(await whoIs(cookiesOf(await comeBack('github', twice, to(twice))))).toBe(maria)
    expect(to(await comeBack('github', twice, to(twice)))).toContain('error=STARTED_ELSEWHERE')

    const linking = await startLink(instance, post('/auth/link/google', {}, cookie), 'google')
    await sql('delete from auth.session')
    const late = await comeBack('google', linking, linking.headers.get('refresh')?.replace('0; url=', '') ?? '', cookie)
    expect(to(late)).toContain('error=NOT_LINKABLE&with=google')
    expect(await sql('select provider_id from auth.account')).toEqual([{ provider_id: 'github' }])
  })

  it('that is refused says so in our own words', async () => {
    for (const [query, reason] of [
      [{ error: 'access_denied', error_description: 'Call 555 now' }, 'DENIED'],
      [{ error: 'constructor' }, 'PROVIDER_FAILED'],
      [{ error: '<script>' }, 'PROVIDER_FAILED'],
      [{}, 'PROVIDER_FAILED'],
    ] as const)
      expect(to(await signIn('github', query))).toBe(`/sign-in?error=${reason}&with=github`)
    const bare = await finish(instance, get('/auth/callback/github?error=x'), 'github')
    expect(to(bare)).toBe('/sign-in?error=STARTED_ELSEWHERE&with=github')
  })

  it('is waited for ten seconds, and a session that begins later ends at once', async () => {
    await link('github', await signedIn())
    await sql('delete from auth.session')
    let release = () => {}
    stub.after = new Promise<void>((resolve) => {
      release = resolve
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const asked = signIn('github')
      await vi.waitUntil(() => stub.asked.at(-1) === '/github.com/login/oauth/access_token' && vi.getTimerCount() > 0)
      await vi.advanceTimersByTimeAsync(10_000)
      expect(to(await asked)).toBe('/sign-in?error=PROVIDER_SILENT&with=github')
    } finally {
      vi.useRealTimers()
    }
    release()
    await vi.waitUntil(() => stub.asked.at(-1) === '/api.github.com/user/emails', { timeout: 30_000 })
    await sleep(1_500)
    expect(await sql('select "by" from auth.session')).toEqual([])
  })

  it('that cannot be reached is no fault of the database', async () => {
    for (const path of ['/github.com/login/oauth/access_token', '/api.github.com/user']) {
      stub.cut = path
      expect(to(await signIn('github')), path).toMatch(/error=PROVIDER_(FAILED|SILENT)&with=github/)
    }
    expect(instance.lane.presentFault).toBeNull()
  })

  it('is not offered by an instance that is not set up for it', async () => {
    const plain = test.instance
    for (const answered of [
      await startSignIn(plain, get('/auth/start/github'), 'github'),
      await finish(plain, get('/auth/callback/github?code=c&state=s'), 'github'),
      await startLink(plain, post('/auth/link/github', {}, await signedIn()), 'github'),
      await startSignIn(instance, get('/auth/start/facebook'), 'facebook'),
      await startSignIn(instance, get('/auth/start/x'), 'constructor'),
    ])
      expect(answered.status).toBe(404)
    expect(await readProviders(plain, maria)).toEqual([])
  })
})
