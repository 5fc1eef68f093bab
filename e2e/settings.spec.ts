import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { type MailServer, startMailServer } from '../lib/testing/mail-server'
import { type ProvidersStub, standInForProviders } from '../lib/testing/providers'
import { freePort } from '../tools/port.mjs'
import { expect, test } from './test'

test.use({ storageState: { cookies: [], origins: [] } })
test.describe.configure({ mode: 'serial', timeout: 240_000 })

let folder: string
let server: ChildProcess
let link: string
let providers: ProvidersStub
let mail: MailServer

// An instance of its own, which is set up with GitHub, with Google and with a mail server.
test.beforeAll(async () => {
  providers = await standInForProviders({ id: 7, email: 'octo@example.com', verified: true })
  mail = await startMailServer()
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-settings-'))
  chmodSync(folder, 0o755)
  const port = String(await freePort())
  server = spawn('node', ['--import', './lib/testing/provider-fetch.mjs', 'start.mjs'], {
    env: {
      ...process.env,
      PORT: port,
      CAIRN_URL: `http://127.0.0.1:${port}`,
      CAIRN_DATA_DIR: path.join(folder, 'data'),
      CAIRN_TEST_PROVIDERS: providers.origin,
      CAIRN_GITHUB_CLIENT_ID: 'github_client',
      CAIRN_GITHUB_CLIENT_SECRET: 'github_secret',
      CAIRN_GOOGLE_CLIENT_ID: 'google_client',
      CAIRN_GOOGLE_CLIENT_SECRET: 'google_secret',
      SMTP_URL: mail.url,
      CAIRN_MAIL_FROM: 'Cairn <cairn@example.com>',
    },
  })
  link = await new Promise<string>((resolve, reject) => {
    let said = ''
    const hear = (chunk: unknown) => {
      said += chunk
      const found = said.match(/https?:\/\/\S*token=\S+/)?.[0]
      if (found) resolve(found)
    }
    server.stdout?.on('data', hear)
    server.stderr?.on('data', hear)
    server.once('exit', () => reject(new Error(`The server ended. It said:\n${said}`)))
  })
})

test.afterAll(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
  await Promise.all([providers.close(), mail.close()])
  rmSync(folder, { recursive: true, force: true })
})

/** The pages of the providers, on which a person says yes at once. */
const sayYes = async (page: Page) => {
  for (const asked of ['https://github.com/login/oauth/authorize*', 'https://accounts.google.com/o/oauth2/v2/auth*'])
    await page.route(asked, (route) => {
      const url = new URL(route.request().url())
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.search = String(new URLSearchParams({ code: 'code', state: url.searchParams.get('state') ?? '' }))
      return route.fulfill({ status: 302, headers: { location: back.href } })
    })
}

const at = (path: string) => new URL(path, link).href

for (const [name, javaScriptEnabled] of [
  ['GitHub', true],
  ['Google', false],
] as const) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled })

    test(`${name} signs nobody in before it is linked, then its person, and nobody again`, async ({ page, context }) => {
      await sayYes(page)
      await page.goto(at('/sign-in'))
      await page.getByRole('link', { name: `Sign in with ${name}` }).click()
      await expect(page.getByRole('alert').filter({ hasText: `That account of ${name} is not linked with anybody here.` })).toBeVisible()
      if (javaScriptEnabled) {
        await page.goto(link)
        await page.goto(at('/settings/account'))
        await page.getByLabel('New password').fill('seven green lanterns')
        await page.getByRole('button', { name: 'Set password' }).click()
        await expect(page.getByRole('status').filter({ hasText: 'Your password is saved.' })).toBeVisible()
      } else {
        await page.getByLabel('E-mail address').fill('owner@cairn.local')
        await page.getByLabel('Password').fill('seven green lanterns')
        await page.getByRole('button', { name: 'Sign in', exact: true }).click()
        await page.goto(at('/settings/account'))
        const part = page.locator('#providers')
        await part.getByLabel('Present password').fill('a wrong guess')
        await part.getByRole('button', { name: `Link ${name}` }).click()
        await expect(part.getByRole('alert')).toContainText('That is not your present password.')
        await part.getByLabel('Present password').fill('seven green lanterns')
      }
      await page.getByRole('button', { name: `Link ${name}` }).click()
      await expect(page).toHaveURL(/saved=providers/)
      await expect(page.locator('#providers').getByRole('listitem').filter({ hasText: name })).toContainText('is linked')
      if (javaScriptEnabled) {
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id }) => id)).toEqual([])
      }
      const cookies = await context.cookies()
      await context.clearCookies()

      await page.goto(at('/sign-in'))
      await page.getByRole('link', { name: `Sign in with ${name}` }).click()
      await expect(page).toHaveURL(at('/'))
      await page.goto(at('/settings/account'))
      await expect(page.locator('#sessions').getByRole('listitem').filter({ hasText: 'This browser' })).toContainText(`with ${name}`)
      await context.clearCookies()
      await context.addCookies(cookies)
      await page.goto(at('/settings/account'))
      await page.getByRole('button', { name: `Unlink ${name}` }).click()
      await expect(page.locator('#providers').getByRole('listitem').filter({ hasText: name })).toContainText('is not linked')
      await context.clearCookies()
      await page.goto(at('/sign-in'))
      await page.getByRole('link', { name: `Sign in with ${name}` }).click()
      await expect(page.getByRole('alert').filter({ hasText: 'is not linked with anybody here' })).toBeVisible()
    })

    test(`an invitation is mailed, and one that the mail server refuses is shown all the same, beside ${name}`, async ({ page }) => {
      await page.goto(at('/sign-in'))
      await page.getByLabel('E-mail address').fill('owner@cairn.local')
      await page.getByLabel('Password').fill('seven green lanterns')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.goto(at('/g/backend-team'))
      const invite = async () => {
        await page.getByLabel('Mail it to (optional)').fill('maria@example.com')
        await page.getByRole('button', { name: 'Make a link' }).click()
      }
      mail.mails.length = 0
      await invite()
      await expect(page.getByText('It is on its way by mail.')).toBeVisible()
      const shown = await page.getByLabel('The link for one new member').inputValue()
      expect(mail.mails.map(({ to, data }) => [to, data.replace(/=\n/g, '').includes(shown)])).toEqual([[['maria@example.com'], true]])
      await page.goto(at('/g/backend-team'))
      mail.answerToAddress = '550 no such user'
      await invite()
      await expect(page.getByRole('alert').filter({ hasText: 'It was not mailed: the mail server did not take it.' })).toBeVisible()
      mail.answerToAddress = '250 ok'
      const refused = await page.getByLabel('The link for one new member').inputValue()
      await page.context().clearCookies()
      await page.goto(refused)
      await expect(page.getByRole('heading', { name: 'You are invited' })).toBeVisible()
    })
  })
}
