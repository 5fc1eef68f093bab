import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { agent } from './plan'
import { expect, test } from './test'

// A whole life of an account: each of these walks goes through many pages.
test.describe.configure({ timeout: 240_000 })

const PASSWORD = 'seven green lanterns'

/** A browser of its own, in which nobody is signed in. */
const strangersPage = async (browser: Browser, complaints: string[]): Promise<Page> => {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } })
  const page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} (${message.location().url})`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  return page
}

/** What the browser posts itself needs no script, so it only waits for the page that comes. */
const signIn = async (page: Page, email: string, password: string) => {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const signUp = async (page: Page, { name, email, password }: { name: string; email: string; password: string }) => {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign up and join' }).click()
}

const WRONG = 'The e-mail address and the password do not belong together.'

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('the owner invites Maria, who signs up, signs out, mistypes, signs in and ends another session', async ({
      page,
      browser,
      request,
      key,
      complaints,
    }) => {
      const bot = agent(request, key)
      const { group } = await bot.makeProject('Hired')
      const email = `maria-${javaScriptEnabled}@people.example`
      await page.goto(`/g/${group}`)
      await page.getByRole('button', { name: 'Make a link' }).click()
      const link = await page.getByLabel('The link for one new member').inputValue()

      const maria = await strangersPage(browser, complaints)
      await maria.goto(link)
      await expect(maria.getByRole('heading', { name: 'You are invited' })).toBeVisible()
      // Whoever looks whether they have an account already, and comes back without one, is led to the group all the same.
      await maria.getByRole('link', { name: 'Sign in' }).click()
      await expect(maria).toHaveURL('/sign-in')
      await maria.goto(link)
      await signUp(maria, { name: 'Maria Lopez', email, password: 'password1' })
      await expect(maria.getByRole('alert').filter({ hasText: 'among those that are guessed first' })).toBeVisible()
      await expect(maria.getByLabel('Your name')).toHaveValue('Maria Lopez')
      await signUp(maria, { name: 'Maria Lopez', email, password: PASSWORD })
      await expect(maria).toHaveURL(/\/\?group=/)
      const { members } = await bot.done('get', `/groups/${group}/members`)
      expect(members.map(({ name, role }: { name: string; role: string }) => `${name}: ${role}`)).toContain('Maria Lopez: member')

      await maria.goto('/settings/account')
      if (javaScriptEnabled) {
        await maria.getByRole('button', { name: 'Account of Maria Lopez' }).click()
        await maria.getByRole('button', { name: 'Sign out' }).click()
      } else await maria.getByRole('button', { name: 'Sign out', includeHidden: true }).dispatchEvent('click')
      await expect(maria).toHaveURL('/sign-in')
      await signIn(maria, email, 'another thing')
      await expect(maria.getByText(WRONG)).toBeVisible()
      await expect(maria.getByLabel('E-mail address')).toHaveValue(email)
      await signIn(maria, 'nobody@people.example', PASSWORD)
      await expect(maria.getByText(WRONG)).toBeVisible()
      await signIn(maria, email, PASSWORD)
      await expect(maria.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(maria).toHaveURL('/')

      const elsewhere = await strangersPage(browser, complaints)
      await elsewhere.goto('/sign-in')
      await signIn(elsewhere, email, PASSWORD)
      await expect(elsewhere).toHaveURL('/')
      await maria.goto('/settings/account#sessions')
      const sessions = maria.locator('#sessions').getByRole('listitem')
      await expect(sessions).toHaveCount(2)
      await expect(sessions.filter({ hasText: 'This browser' })).toHaveCount(1)
      await sessions.getByRole('button', { name: /^End the session/ }).click()
      await expect(maria.getByRole('status').filter({ hasText: 'The session has ended.' })).toBeVisible()
      await expect(sessions).toHaveCount(1)
      await elsewhere.reload()
      await expect(elsewhere).toHaveURL('/sign-in')
      await maria.reload()
      await expect(maria).toHaveURL(/\/settings\/account/)

      // Whoever used a link up is not told that it does not work, but everybody else is.
      await maria.goto(link)
      await expect(maria.getByRole('heading', { name: 'You have joined' })).toBeVisible()
      await elsewhere.goto(link)
      await expect(elsewhere.getByRole('heading', { name: 'This invitation does not work' })).toBeVisible()
    })

    test('somebody who has an account joins with it, and a link that was revoked, is over or mistyped says so', async ({
      page,
      browser,
      request,
      key,
      complaints,
    }) => {
      const bot = agent(request, key)
      const [first, second] = [await bot.makeProject('First'), await bot.makeProject('Second')]
      const invite = async (group: string, given = {}) =>
        (await bot.done('post', `/groups/${group}/invitations`, given)) as { link: string; invitation_id: string }
      const email = `noah-${javaScriptEnabled}@people.example`
      const noah = await strangersPage(browser, complaints)
      await noah.goto((await invite(first.group)).link)
      await signUp(noah, { name: 'Noah Reed', email, password: PASSWORD })
      await expect(noah).toHaveURL(/\/\?group=/)

      const { link } = await invite(second.group)
      const other = await strangersPage(browser, complaints)
      await other.goto(link)
      await other.getByRole('link', { name: 'Sign in' }).click()
      await signIn(other, email, PASSWORD)
      await expect(other).toHaveURL(link)
      await expect(other.getByText('You are signed in as Noah Reed')).toBeVisible()
      await other.getByRole('button', { name: 'Join the group' }).click()
      if (!javaScriptEnabled) await other.getByRole('link', { name: 'Go to the group' }).click()
      await expect(other).toHaveURL(/\/\?group=/)
      expect((await bot.done('get', `/groups/${second.group}/members`)).members).toHaveLength(2)

      const revoked = await invite(first.group)
      await page.goto(`/g/${first.group}`)
      await page.getByRole('list', { name: 'Open invitations' }).getByRole('button', { name: 'Revoke' }).click()
      await expect(page.getByRole('list', { name: 'Open invitations' })).toHaveCount(0)
      const over = await invite(first.group, { expires_at: new Date(Date.now() + 1_500).toISOString() })
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      const open = await invite(first.group)
      const stranger = await strangersPage(browser, complaints)
      for (const dead of [revoked.link, over.link, `${open.link.slice(0, -1)}a`, `${open.link}x`, `${open.link.slice(0, -3)}%00`]) {
        await stranger.goto(dead)
        await expect(stranger.getByRole('heading', { name: 'This invitation does not work' }), dead).toBeVisible()
        await expect(stranger.getByRole('button', { name: /Sign up|Join/ })).toHaveCount(0)
      }
    })
  })
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing when signing in, joining and looking at one's account, ${theme}`, async ({
    page,
    browser,
    request,
    key,
    baseURL,
    complaints,
  }) => {
    const bot = agent(request, key)
    const { group } = await bot.makeProject('Clean')
    const { link } = await bot.done('post', `/groups/${group}/invitations`, {})
    const stranger = await strangersPage(browser, complaints)
    for (const { context } of [{ context: page.context() }, { context: stranger.context() }])
      await context.addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    for (const path of ['/sign-in', '/sign-in?error=WRONG_PASSWORD', link, `${link}?error=EMAIL_TAKEN`, '/join/unknown'])
      await expectClean(stranger, path)
    for (const path of [link, '/settings/account', '/settings/account?error=SHORT&in=password', '/settings/account?saved=sessions'])
      await expectClean(page, path)
  })
}

async function expectClean(page: Page, path: string) {
  await page.goto(path)
  await expect(page.locator('#content')).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`)
  expect(found, path).toEqual([])
}
