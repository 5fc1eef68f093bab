import { describe, expect, it } from 'vitest'
import { makeKey, sha256 } from '@/lib/auth/key'
import { administer } from '@/lib/testing/administer'
import { isReady, until } from '@/lib/testing/app'
import { databaseOf, terminate, useApps } from '@/lib/testing/apps'
import { linkOf, signIn, tokenLike } from '@/lib/testing/links'

describe('the log of a running app', () => {
  const apps = useApps()
  it('has one line of JSON for an entry, and no secret and no text that people wrote, whatever fails', async () => {
    const app = await apps.start('log')
    await until(app, () => isReady(app))
    const cookie = await signIn(linkOf(app))
    const { ownerUrl } = await databaseOf(app)
    const session = /session_token=([^.%;]+)/.exec(cookie)?.[1]
    const email = String((await administer(ownerUrl, 'select email from auth."user"'))[0]?.email)
    const [setting] = await administer(ownerUrl, 'select value from auth.settings')
    const token = tokenLike(linkOf(app))
    const { secret } = makeKey('user')
    const words = 'Zanzibar quarterly figures\n\tSign in once'
    const before = app.output().length
    const headers = { cookie, origin: app.origin, 'content-type': 'application/json' }
    const send = (path: string, init: RequestInit = {}) =>
      fetch(app.origin + path, { redirect: 'manual', ...init, headers: { ...headers, ...init.headers } })
    const addGroup = () => send('/api/groups', { method: 'POST', body: JSON.stringify({ name: 'Zanzibar', description: words }) })

    await administer(ownerUrl, 'alter table groups rename to groups_away')
    expect((await addGroup()).status).toBe(500)
    expect((await send('/')).status).toBe(500)
    await administer(ownerUrl, 'alter table groups_away rename to groups')

    await administer(ownerUrl, 'alter schema auth rename to auth_away')
    await send('/')
    await addGroup()
    await send('/auth/sign-out', { method: 'POST' })
    await send(`/auth/magic-link/verify?token=${token}`)
    await send('/auth/magic-link/verify?token=x&callbackURL=x%0ASign%20in%20once,%20within%20an%20hour:%20%1b[31m')
    await administer(ownerUrl, 'alter schema auth_away rename to auth')

    await administer(ownerUrl, 'alter table api_keys rename to api_keys_away')
    await send('/api/groups', { headers: { authorization: `Bearer ${secret}` } })
    await administer(ownerUrl, 'alter table api_keys_away rename to api_keys')
    await send('/', { method: 'POST', headers: { 'next-action': `Zanzibar${'f'.repeat(32)}`, origin: 'http://zanzibar.test' }, body: '[]' })
    await terminate(app)

    const log = app.output().slice(before)
    for (const hidden of [
      String(session),
      token,
      secret,
      sha256(secret),
      String(setting?.value),
      email,
      'Zanzibar',
      'zanzibar',
      'Sign in once',
    ])
      expect(log.includes(hidden), `the log contains ${hidden}:\n${log}`).toBe(false)
    const lines = log.split('\n').filter((line) => line !== '')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) })
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096)
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not occur
    expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
  })
})
