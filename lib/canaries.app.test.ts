import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openInstance } from '@/db/instance'
import { makeKey } from '@/lib/auth/key'
import { getAuth } from '@/lib/auth/session'
import { administer } from '@/lib/testing/administer'
import { isReady, until } from '@/lib/testing/app'
import { databaseOf, terminate, useApps } from '@/lib/testing/apps'
import { cookiesOf } from '@/lib/testing/cookies'
import { linkOf, signIn, tokenLike } from '@/lib/testing/links'

const TABLES = `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'auth')`

/** All rows of all tables, as text. */
const dumpOf = async (url: string): Promise<Map<string, string>> => {
  const dump = new Map<string, string>()
  for (const { name } of await administer(url, TABLES)) {
    const rows = await administer(url, `select t::text as row from ${name} t`)
    dump.set(String(name), rows.map(({ row }) => row).join('\n'))
  }
  return dump
}

const sessionIn = (cookie: string) => decodeURIComponent(/session_token=([^;]+)/.exec(cookie)?.[1] ?? '')
const tokenIn = (cookie: string) => sessionIn(cookie).split('.')[0] ?? ''

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

describe('secrets of a running app', { timeout: 120_000 }, () => {
  const apps = useApps()

  it('[F9] are found in no log, event, row, error or bundle, however they are sent', async () => {
    const app = await apps.start('canaries', { CAIRN_RATE: '50' })
    await until(app, () => isReady(app))
    const link = linkOf(app)
    const cookie = await signIn(link)
    const printed = app.output().length
    const { appUrl, ownerUrl } = await databaseOf(app)
    const instance = await openInstance(appUrl, app.origin)
    const [account] = await administer(ownerUrl, 'select email from auth."user"')
    const unused = new URL(await (await getAuth(instance)).makeSignInLink(String(account?.email)))
    await instance.close()

    const errors: string[] = []
    const send = async (target: string, init: RequestInit = {}) => {
      const response = await fetch(app.origin + target, { redirect: 'manual', ...init })
      const text = await response.text()
      if (response.status >= 400)
        errors.push(
          `${init.method ?? 'GET'} ${target.split('?', 1)[0]}: ${response.status} ${text} ${JSON.stringify([...response.headers])}`,
        )
      return { status: response.status, text }
    }
    const json = (headers: Record<string, string>, body: unknown, method = 'POST'): RequestInit => ({
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const asPerson = { cookie, origin: app.origin }
    const form = (target: string, headers: Record<string, string>, fields: Record<string, string>) =>
      fetch(app.origin + target, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: app.origin, ...headers },
        body: new URLSearchParams(fields),
      })
    const made = async (target: string, body: object) => JSON.parse((await send(target, json(asPerson, body))).text).data
    const { group_id } = await made('/api/groups', { name: 'A group' })
    const { secret: live } = await made('/api/api-keys', { name: 'Live' })
    const { secret: revoked, key_id } = await made('/api/api-keys', { name: 'Revoked' })
    const invite = async () =>
      String((await made(`/api/groups/${group_id}/invitations`, {})).link)
        .split('/')
        .at(-1) ?? ''
    const [invitation, accepted] = [await invite(), await invite()]
    const email = 'canary@example.com'
    const passwordLike = (word: string) => `${word} ${makeKey('user').secret.slice(10)}`
    const [password, changed, mistyped] = [passwordLike('first'), passwordLike('changed'), passwordLike('mistyped')]
    const joined = await form('/auth/join', {}, { token: accepted, name: 'Canary', email, password })
    const ended = cookiesOf(joined)
    const kept = cookiesOf(await form('/auth/sign-in', { cookie: ended }, { email, password }))
    const changing = await form('/auth/password', { cookie: kept }, { password, new_password: changed })
    const wrong = await form('/auth/sign-in', {}, { email, password: mistyped })
    const known = await form('/auth/sign-in', {}, { email, password: changed })
    expect([joined, changing, wrong, known].map((answer) => answer.headers.get('location'))).toEqual([
      expect.stringMatching(/^\/\?group=/),
      expect.stringContaining('saved=password'),
      '/sign-in?error=WRONG_PASSWORD',
      '/',
    ])
    const deleted = await send(`/api/api-keys/${key_id}`, { method: 'DELETE', headers: asPerson })
    expect(deleted.status).toBe(200)

    const secrets: Record<string, string> = {
      'a live key': live,
      'a revoked key': revoked,
      'an unknown key': makeKey('user').secret,
      'a mistyped key': `sk_live_u_${'a'.repeat(38)}`,
      'the cookie of a session': sessionIn(cookie),
      'the token of a session': tokenIn(cookie),
      'the token of a session that a password began': tokenIn(kept),
      'the token of a session that ended': tokenIn(ended),
      'the token of a used sign-in link': new URL(link).searchParams.get('token') ?? '',
      'the token of an unused sign-in link': unused.searchParams.get('token') ?? '',
      'the token of a sign-in link that never was': tokenLike(link),
      'the token of an invitation': invitation,
      'the token of an invitation that was accepted': accepted,
      'a password': changed,
      'a password that was changed': password,
      'a mistyped password': mistyped,
    }
    for (const [name, secret] of Object.entries(secrets)) expect(secret.length, name).toBeGreaterThan(20)

    for (const secret of Object.values(secrets)) {
      const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_groups', arguments: {} } }
      for (const authorization of [`Bearer ${secret}`, `bearer  ${secret} `, `Basic ${btoa(`key:${secret}`)}`, secret]) {
        const headers = { authorization, accept: 'application/json, text/event-stream' }
        await send('/api/groups', { headers })
        await send('/api/groups', { headers: { authorization, accept: 'text/plain' } })
        await send('/api/nowhere', { headers })
        await send('/api/groups', json(headers, { name: '' }))
        await send('/mcp', json(headers, call))
        await send('/mcp', json(headers, { ...call, method: 'nothing' }))
      }
      const session = { cookie: `cairn.session_token=${encodeURIComponent(secret)}` }
      await send('/api/groups', { headers: session })
      await send('/', { headers: session })
      await send('/auth/sign-out', { method: 'POST', headers: { ...session, origin: 'http://evil.test' } })
      await send(`/?token=${encodeURIComponent(secret)}`)
      await send(`/api/groups?key=${encodeURIComponent(secret)}`, { headers: asPerson })
      await send('/api/invitations/accept', json({ authorization: `Bearer ${live}` }, { token: secret }))
      await send('/api/invitations/accept', json({ origin: app.origin }, { token: secret }))
      await send(`/join/${encodeURIComponent(secret)}`)
      await send(`/sign-in?password=${encodeURIComponent(secret)}`)
      for (const target of ['sign-in', 'join', 'password', 'sessions'])
        await form(`/auth/${target}`, { cookie: kept }, { email: secret, password: secret, new_password: 'short', session: secret })
      if (secret !== secrets['the token of an unused sign-in link'])
        await send(`/auth/magic-link/verify?token=${encodeURIComponent(secret)}&callbackURL=https://evil.test`)
    }
    const shown: [string, string][] = []
    for (const page of ['/activity', '/settings/account', '/settings/connect', '/api/events.csv', '/api/events.ndjson', '/api/events'])
      for (const [who, session] of [
        ['owner', cookie],
        ['person', kept],
      ] as const) {
        const { status, text } = await send(page, { headers: { cookie: session } })
        expect(status, `${page} ${who}`).toBe(200)
        shown.push([`${page} as the ${who} sees it`, text])
      }
    const dump = await dumpOf(ownerUrl)
    await terminate(app)

    expect(errors.length).toBeGreaterThan(150)
    expect(dump.get('public.events')?.length).toBeGreaterThan(1_000)
    const places: [string, string][] = [
      ['the log', app.output().slice(printed)],
      ['an error', errors.join('\n')],
      ...[...dump].map(([name, rows]): [string, string] => [`the table ${name}`, rows]),
      ...shown,
      ...filesIn(path.resolve('.next/static')).map((file): [string, string] => [file, readFileSync(file, 'utf8')]),
      // Also what PostgreSQL itself writes: its log, and the log of its changes.
      ...filesIn(app.dataDir).map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
    ]
    const found = Object.entries(secrets).flatMap(([name, secret]) =>
      places.flatMap(([place, text]) => (text.includes(secret) ? [`${name} in ${place}`] : [])),
    )
    expect(found).toEqual([])
  })
})
