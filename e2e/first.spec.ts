import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../tools/port.mjs'
import { expect, test } from './test'

test.use({ storageState: { cookies: [], origins: [] } })
test.setTimeout(120_000)

let folder: string
let server: ChildProcess
let link: string

// An instance of its own: it has nothing in it yet, not even the demo.
test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-first-'))
  chmodSync(folder, 0o755)
  const port = String(await freePort())
  server = spawn('node', ['start.mjs'], {
    env: {
      ...process.env,
      PORT: port,
      CAIRN_URL: `http://127.0.0.1:${port}`,
      CAIRN_DATA_DIR: path.join(folder, 'data'),
      CAIRN_DEMO: 'off',
    },
  })
  link = await new Promise<string>((resolve, reject) => {
    let said = ''
    server.stdout?.on('data', (chunk) => {
      said += chunk
      const found = said.match(/https?:\/\/\S*token=\S+/)?.[0]
      if (found) resolve(found)
    })
    server.once('exit', () => reject(new Error(`The server ended. It said:\n${said}`)))
  })
})

test.afterAll(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

test('in an empty instance the first project and its group are made in one form', async ({ page, browser, complaints }) => {
  await page.goto(link)
  if (new URL(page.url()).pathname.startsWith('/sign-in')) await page.getByRole('button').first().click()
  const start = new URL('/?new=project', link).href
  await page.waitForURL((url) => url.pathname === '/')

  // Before JavaScript: a refusal keeps all that was entered, and has made nothing.
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() })
  const plain = await context.newPage()
  await plain.goto(start)
  await plain.getByLabel('Title').fill('Roadmap')
  await plain.getByLabel('Group').fill(' ')
  await plain.getByTitle('Teal').click()
  await plain.getByRole('button', { name: 'Create project' }).click()
  await expect(plain.getByLabel('Group')).toHaveAttribute('aria-invalid', 'true')
  await expect(plain.getByLabel('Title')).toHaveValue('Roadmap')
  await expect(plain.getByLabel('Teal')).toBeChecked()
  await context.close()

  await page.getByRole('link', { name: 'New project' }).click()
  const rail = page.getByRole('navigation', { name: 'Main' })
  await expect(rail.getByRole('listitem')).toHaveCount(0)
  await page.getByLabel('Title').fill('Roadmap')
  await page.getByLabel('Group').fill('Backend team')

  // The answer is lost, although the server has made both. Trying again makes nothing twice.
  await page.route('**/*', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    await route.abort()
  })
  await page.getByRole('button', { name: 'Create project' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'could not reach the server' })).toBeVisible()
  await page.unroute('**/*')
  complaints.splice(0)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: 'Roadmap', level: 1 })).toBeVisible()
  await expect(rail.getByRole('link', { name: 'Backend team' })).toBeVisible()
  await expect(rail.getByRole('listitem')).toHaveCount(1)
  await page.goto(new URL('/', link).href)
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1)

  await page.goto(start)
  await expect(page.getByRole('combobox', { name: 'Group' })).toHaveText('backend-team')
})
