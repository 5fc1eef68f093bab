import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setInstance } from '@/db/instance'
import { setPassword } from '@/db/sign-in/accounts'
import { createGroup, createInvitation } from '@/lib/operations'
import { changeEmail, readOffer, signUp } from '@/lib/operations/people'
import { administer } from '@/lib/testing/administer'
import { cookiesOf } from '@/lib/testing/cookies'
import { useInstance } from '@/lib/testing/instance'
import { changeEmailByForm, changePassword, endOwnSessions } from './account'
import { beginSession } from './begin'
import { openLink } from './handler'
import { signUpByForm } from './join'
import { hashPassword, isPassword } from './password'
import { signInByPassword } from './password-sign-in'
import { findSession, getAuth } from './session'
import { wayBackCookie } from './way-back'

const HOST = 'cairn.test'
const OWNER = 'owner@cairn.local'
const PASSWORD = 'seven green lanterns'

describe('passwords', { timeout: 60_000 }, () => {
  const test = useInstance()
  beforeAll(() => setInstance(test.instance))
  beforeEach(() => sql('delete from auth.attempt; delete from auth.session; delete from auth.account'))

  const sql = (statement: string) => administer(test.database.ownerUrl, statement)
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    new Request(`http://${HOST}${path}`, {
      method: 'POST',
      headers: { host: HOST, origin: `http://${HOST}`, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  const signIn = (email: string, password: string, headers = {}) =>
    signInByPassword(test.instance, post('/auth/sign-in', { email, password }, headers))
  const to = ({ headers }: Response) => headers.get('location')
  const isIn = async (response: Response) => (await findSession(new Headers({ cookie: cookiesOf(response) }))) !== null
  const give = async (password = PASSWORD) =>
    setPassword(test.instance, { principal_id: test.owner.actor_id, hash: await hashPassword(password) })
  const sessionBy = async (by: 'link' | 'password') => {
    const { cookies } = await beginSession(test.instance, new Headers(), test.owner.actor_id, by)
    return cookies.map((set) => set.split(';', 1)[0]).join('; ')
  }

  it('are stored so that each is another text, and only the right one is recognised', async () => {
    const [one, two] = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)]
    expect(one).not.toBe(two)
    expect(one).not.toContain(PASSWORD)
    expect(await isPassword(PASSWORD, one)).toBe(true)
    for (const [password, hash] of [
      [`${PASSWORD} `, one],
      ['', one],
      [PASSWORD, null],
      [PASSWORD, 'scrypt$1'],
      [PASSWORD, ''],
    ] as const)
      expect(await isPassword(password, hash)).toBe(false)
  })

  it('sign in whoever has the address in any case, and refuse all others alike', async () => {
    await give()
    const right = await signIn(' Owner@CAIRN.local ', PASSWORD)
    expect([right.status, to(right), await isIn(right)]).toEqual([303, '/', true])
    const answers = [await signIn(OWNER, 'wrong'), await signIn('nobody@cairn.local', PASSWORD), await signIn('no address', 'x')]
    for (const answer of answers) expect([answer.status, to(answer)]).toEqual([303, '/sign-in?error=WRONG_PASSWORD'])
    await sql('delete from auth.account')
    expect(to(await signIn(OWNER, PASSWORD))).toBe('/sign-in?error=WRONG_PASSWORD')
    expect(await sql('select count(*)::int as n from auth.session')).toEqual([{ n: 1 }])
  })

  it('are slowed after five wrong ones from an address, and never for others', async () => {
    await give()
    const here = { 'x-cairn-address': '192.0.2.1' }
    const tries = await Promise.all(Array.from({ length: 12 }, () => signIn(OWNER, 'wrong', here)))
    expect(tries.filter((tried) => to(tried) === '/sign-in?error=WRONG_PASSWORD')).toHaveLength(5)
    // The machine may have needed longer for these than one has to wait.
    await sql('update auth.attempt set failures = 12, last_at = now()')
    const refused = await signIn(OWNER, PASSWORD, here)
    expect(to(refused)).toMatch(/^\/sign-in\?error=TOO_SOON&wait=[1-9]\d*$/)
    expect(await isIn(refused)).toBe(false)
    expect(await isIn(await signIn(OWNER, PASSWORD, { 'x-cairn-address': '192.0.2.2' }))).toBe(true)
    await sql(`update auth.attempt set last_at = now() - interval '20 minutes'`)
    expect(await isIn(await signIn(OWNER, PASSWORD, here))).toBe(true)
  })

  it('come from a page of ours', async () => {
    await give()
    const foreign = await signIn(OWNER, PASSWORD, { origin: 'http://evil.test' })
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []])
    const json = await signIn(OWNER, PASSWORD, { 'content-type': 'application/json' })
    expect([to(json), json.headers.getSetCookie()]).toEqual(['/sign-in', []])
  })

  it('end the session that this browser had before', async () => {
    await give()
    const older = cookiesOf(await signIn(OWNER, PASSWORD))
    const newer = await signIn(OWNER, PASSWORD, { cookie: older })
    expect([await findSession(new Headers({ cookie: older })), await isIn(newer)]).toEqual([null, true])
  })

  it('are changed by whoever knows the old one, which ends all other sessions', async () => {
    await give()
    const [cookie, other] = [await sessionBy('password'), await sessionBy('password')]
    const change = async (password: string, new_password: string) =>
      to(await changePassword(test.instance, post('/auth/password', { password, new_password }, { cookie })))
    expect(await change('wrong', 'another fine day')).toContain('error=WRONG_PASSWORD')
    for (const [weak, why] of [
      ['short', 'SHORT'],
      ['password', 'COMMON'],
      ['Password1', 'COMMON'],
      ['aaaaaaaaaaaa', 'COMMON'],
      [OWNER, 'PERSONAL'],
      ['x'.repeat(257), 'LONG'],
    ] as const)
      expect(await change(PASSWORD, weak), weak).toContain(`error=${why}`)
    expect(await isIn(await signIn(OWNER, PASSWORD))).toBe(true)
    expect(await change(PASSWORD, 'another fine day')).toContain('saved=password')
    expect(await findSession(new Headers({ cookie }))).not.toBeNull()
    expect(await findSession(new Headers({ cookie: other }))).toBeNull()
    expect([await isIn(await signIn(OWNER, PASSWORD)), await isIn(await signIn(OWNER, 'another fine day'))]).toEqual([false, true])
  })

  it('are set without the old one only shortly after a link was opened', async () => {
    await give()
    const { makeSignInLink } = await getAuth(test.instance)
    const cookie = cookiesOf(await openLink(test.instance, new Request(await makeSignInLink(OWNER))))
    const set = async (new_password: string) =>
      to(await changePassword(test.instance, post('/auth/password', { new_password }, { cookie })))
    expect(await set('a lost one found')).toContain('saved=password')
    await sql(`update auth.session set created_at = now() - interval '16 minutes'`)
    expect(await set('a lost one again')).toContain('error=WRONG_PASSWORD')
    await sql('delete from auth.account')
    expect(await set('a lost one again')).toContain('error=LINK_NEEDED')
  })

  it('are asked for by a change of the address, because whoever finds a browser open must not take the account over', async () => {
    await give()
    const change = async (email: string, fields: Record<string, string>, cookie: string) => {
      const request = post('/auth/email', { email, ...fields }, { cookie, 'x-cairn-address': '192.0.2.9' })
      return to(await changeEmailByForm(test.instance, request, ({ principal_id }, email) => changeTo(principal_id, email)))
    }
    const changeTo = (actor_id: string, email: string) =>
      test.run(changeEmail, { email }, { actor_id, key_id: null, session_id: null, via: 'web' })
    const address = async () => (await sql(`select email from auth."user" where id = '${test.owner.actor_id}'`))[0]?.email
    const found = await sessionBy('password')
    expect(await change('thief@example.com', {}, found)).toBe('/settings/account?error=WRONG_PASSWORD&in=email#email')
    expect(await change('thief@example.com', { password: 'a guess' }, found)).toContain('error=WRONG_PASSWORD')
    expect(await change('no address', { password: PASSWORD }, found)).toContain('error=EMAIL&in=email')
    expect(await address()).toBe(OWNER)
    expect(await change('Mine@Example.com', { password: PASSWORD }, found)).toContain('saved=email')
    expect(await address()).toBe('mine@example.com')
    expect([await isIn(await signIn(OWNER, PASSWORD)), await isIn(await signIn('mine@example.com', PASSWORD))]).toEqual([false, true])

    // Guesses are slowed as those of a sign-in are.
    await sql('delete from auth.attempt')
    for (let guess = 0; guess < 5; guess++) await change('thief@example.com', { password: `guess ${guess}` }, found)
    await sql('update auth.attempt set failures = 12, last_at = now()')
    expect(await change('thief@example.com', { password: PASSWORD }, found)).toMatch(/error=TOO_SOON&wait=\d+&in=email/)

    const linked = await sessionBy('link')
    expect(await change(OWNER, {}, linked)).toContain('saved=email')
    await sql(`update auth.session set created_at = now() - interval '16 minutes'; delete from auth.attempt; delete from auth.account`)
    expect(await change('thief@example.com', { password: '' }, linked)).toContain('error=LINK_NEEDED&in=email')
    expect(await address()).toBe(OWNER)
  })

  it('that are changed while they are tried sign nobody in', async () => {
    await give()
    const racing = Promise.all(Array.from({ length: 4 }, () => signIn(OWNER, PASSWORD)))
    await expect.poll(async () => (await sql('select count(*)::int as n from auth.attempt'))[0]?.n).toBeGreaterThan(0)
    await sql(`update auth.account set password = 'changed'`)
    for (const raced of await racing) expect(await isIn(raced)).toBe(false)
  })

  it('are not needed to end sessions, of oneself only', async () => {
    const [cookie, other] = [await sessionBy('password'), await sessionBy('link')]
    const end = (fields: Record<string, string>) => endOwnSessions(test.instance, post('/auth/sessions', fields, { cookie }))
    await end({ session: 'unknown' })
    expect(await findSession(new Headers({ cookie: other }))).not.toBeNull()
    await end({})
    expect(await findSession(new Headers({ cookie: other }))).toBeNull()
    expect(await findSession(new Headers({ cookie }))).not.toBeNull()
    expect(to(await endOwnSessions(test.instance, post('/auth/sessions', {})))).toBe('/sign-in/to?page=%2Fsettings%2Faccount')
  })

  describe('of somebody who is invited', () => {
    const invitations = {
      isOpen: async (token: string) => (await readOffer(test.instance, token)) !== null,
      signUp: (person: Parameters<typeof signUp>[1]) => signUp(test.instance, person),
    }
    const join = (fields: Record<string, string>, headers = {}) =>
      signUpByForm(test.instance, post('/auth/join', fields, headers), invitations)
    let group = 0
    const invite = async () => {
      const { data } = await test.run(createGroup, { name: `Invited ${++group}` })
      const invitation = await test.run(createInvitation, { group_id: data.group_id, role: 'admin' })
      return { token: String(invitation.data.link.split('/').at(-1)), group_id: data.group_id, slug: data.slug }
    }
    const people = async () => Number((await sql('select count(*)::int as n from principals'))[0]?.n)

    it('[O2] register them, make them a member and sign them in, once', async () => {
      const { token, slug, group_id } = await invite()
      const maria = { token, name: 'María', email: ' Maria@Example.com ', password: 'lighthouse on the hill' }
      const joined = await join(maria)
      expect([to(joined), await isIn(joined)]).toEqual([`/?group=${slug}`, true])
      expect(
        await sql(
          `select p.name, p.email, m.role from principals p join group_members m using (principal_id) where m.group_id = '${group_id}' and m.role = 'admin'`,
        ),
      ).toEqual([{ name: 'María', email: 'maria@example.com', role: 'admin' }])
      expect(await isIn(await signIn('maria@example.com', maria.password))).toBe(true)
      // Who was on the way to sign in, and then signed up, is not led back to an invitation that is used up.
      const other = await invite()
      const back = { cookie: wayBackCookie(`/join/${other.token}`, test.instance.origin).split(';', 1)[0] ?? '' }
      const turned = await join({ ...maria, email: 'turned@example.com', token: other.token }, back)
      expect([to(turned), turned.headers.getSetCookie().join()]).toEqual([`/?group=${other.slug}`, expect.stringContaining('way_back=;')])
      const before = await people()
      const again = await join({ ...maria, email: 'second@example.com' })
      expect([await isIn(again), await people()]).toEqual([false, before])
      const log = JSON.stringify(await sql('select data from events'))
      for (const secret of [token, maria.password]) expect(log).not.toContain(secret)
    })

    it('[O2] leave nothing behind if they are refused, however many come at once', async () => {
      const { token } = await invite()
      const before = await people()
      const form = { token, name: 'Ned', email: 'ned@example.com', password: 'lighthouse on the hill' }
      for (const [change, error] of [
        [{ name: '\u202eNed' }, 'NAME'],
        [{ name: ' ' }, 'NAME'],
        [{ email: 'ned' }, 'EMAIL'],
        [{ email: 'ned\u200b@example.com' }, 'EMAIL'],
        [{ password: '12345678' }, 'COMMON'],
        [{ email: 'OWNER@cairn.local' }, 'EMAIL_TAKEN'],
      ] as const)
        expect(to(await join({ ...form, ...change })), error).toBe(`/join/${token}?error=${error}`)
      expect(to(await join({ ...form, token: 'a'.repeat(32) }))).toBe(`/join/${'a'.repeat(32)}`)
      expect([await people(), await sql('select 1 from auth.account')]).toEqual([before, []])
      const raced = await Promise.all([1, 2, 3].map((one) => join({ ...form, email: `ned${one}@example.com` })))
      expect((await Promise.all(raced.map(isIn))).filter(Boolean)).toHaveLength(1)
      expect(await people()).toBe(before + 1)
      expect(await sql('select 1 as one from auth.account')).toHaveLength(1)
    })
  })
})
