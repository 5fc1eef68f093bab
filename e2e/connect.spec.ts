import AxeBuilder from '@axe-core/playwright'
import type { APIRequestContext, Page } from '@playwright/test'
import { agent } from './plan'
import { expect, test, withoutFailedLoads } from './test'

const connection = (page: Page) => page.getByRole('region', { name: 'Connection' })
const waiting = (name: string) => `Waiting for the first call from ${name}.`

/** Opens the page for a group of its own. */
async function open(page: Page, request: APIRequestContext, key: string) {
  const bot = agent(request, key)
  const { group, group_id, project_id } = await bot.makeProject('Connected')
  await page.goto(`/settings/connect?group=${group}`)
  await page.waitForLoadState('networkidle')
  return { bot, group, group_id, project_id, path: `/settings/connect?group=${group}` }
}

async function create(page: Page, name: string) {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByRole('heading', { name: `The key ${name} is created` })).toBeFocused()
}

/** The secret as it is copied. It must be nowhere on the page before it is asked for. */
async function copied(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Copy the key' }).click()
  const secret = await page.evaluate(() => navigator.clipboard.readText())
  expect(secret).toMatch(/^sk_live_g_[a-z2-7]{38}$/)
  return secret
}

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

test('a key is made, hidden, copied as it is, and the page turns by itself when its first call arrives', async ({ page, request, key }) => {
  const { group } = await open(page, request, key)
  await create(page, 'My client')
  await expect(connection(page)).toContainText(waiting('My client'))
  await expect(connection(page)).toContainText(`What is ready to work on in Cairn, in the group ${group}?`)

  const secret = await copied(page)
  expect((await page.content()).includes(secret)).toBe(false)
  expect(page.url()).not.toContain('sk_live')
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, document.cookie]))
  expect(stored).not.toContain(secret.slice(10, -4))

  await page.getByRole('button', { name: 'Copy for Claude Code: In a terminal, in the folder of your project' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`--header "Authorization: Bearer ${secret}"`)
  await expect(page.getByRole('tabpanel', { name: 'Claude Code' })).toContainText(`sk_live_g_••••••••${secret.slice(-4)}`)
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByRole('tabpanel', { name: 'Claude Code' })).toContainText(secret)
  await page.getByRole('button', { name: 'Hide' }).click()

  const headers = { authorization: `Bearer ${secret}`, 'user-agent': 'claude-code/2.1.0 (cli)' }
  const answer = await request.get(`/api/groups/${group}/milestones`, { headers })
  expect(answer.ok()).toBe(true)
  await expect(connection(page)).toContainText(
    new RegExp(`Connected: Claude Code, key …${secret.slice(-4)}, (\\d+ s ago|just now)\\.\\s*It called list_milestones\\.`),
  )
  await expect(page.getByRole('status').filter({ hasText: 'Connected: Claude Code. It called list_milestones.' })).toBeVisible()

  // What it calls after that is shown in place, and not said again and again.
  expect((await request.get('/api/groups', { headers })).ok()).toBe(true)
  await expect(connection(page)).toContainText('It called list_groups.')
  await expect(page.getByRole('status').filter({ hasText: 'It called list_groups.' })).toHaveCount(0)
})

test('a key works as far as it was chosen: for a new agent, without the right to loosen a plan', async ({ page, request, key }) => {
  const { group, group_id } = await open(page, request, key)
  const relax = page.getByRole('checkbox', { name: 'It may loosen plans' })
  await relax.check()
  await page.getByLabel('Acts as').selectOption({ label: 'A new agent with this name' })
  await expect(relax).toBeDisabled()
  await page.getByLabel('Expires').selectOption({ label: 'Never' })
  await create(page, 'robin')
  await expect(page.getByText('It acts as robin, an agent, and never expires.')).toBeVisible()
  const mine = await agent(request, await copied(page)).done('get', '/api-keys/me/permissions')
  expect(mine).toMatchObject({ owner_type: 'agent_profile', scope_type: 'group', scope_id: group_id })
  expect(mine.permissions).toMatchObject({ 'milestones:relax': false, 'milestones:complete': true })

  await page.goto(`/settings/connect?group=${group}`)
  await page.getByLabel('Acts as').selectOption({ label: 'robin (agent)' })
  await create(page, 'robin again')
  expect(await agent(request, await copied(page)).done('get', '/api-keys/me/permissions')).toMatchObject({ owner_type: 'agent_profile' })
})

test('a key of a person loosens plans only if that is chosen', async ({ page, request, key }) => {
  await open(page, request, key)
  await create(page, 'Careful')
  const careful = await agent(request, await copied(page)).done('get', '/api-keys/me/permissions')
  expect(careful).toMatchObject({ owner_type: 'user', permissions: { 'milestones:relax': false } })

  await open(page, request, key)
  await page.getByRole('checkbox', { name: 'It may loosen plans' }).check()
  await create(page, 'Bold')
  await expect(page.getByText(/may loosen plans/)).toBeVisible()
  const bold = await agent(request, await copied(page)).done('get', '/api-keys/me/permissions')
  expect(bold.permissions['milestones:relax']).toBe(true)
})

test('the page is left without a question only after the key was copied', async ({ page, request, key }) => {
  await open(page, request, key)
  await create(page, 'Uncopied')
  const home = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' })
  const question = page.getByRole('alertdialog', { name: 'Leave without the key?' })
  await home.click()
  await expect(question).toContainText('It was not copied, and it cannot be shown again.')
  await question.getByRole('button', { name: 'Stay here' }).click()
  await page.getByRole('tab', { name: 'VS Code' }).click()
  await page.getByRole('button', { name: 'Copy for VS Code: .vscode/mcp.json' }).click()
  await home.click()
  await question.getByRole('button', { name: 'Stay here' }).click()

  await copied(page)
  await home.click()
  await expect(page).toHaveURL('/')
  await page.goBack()
  await expect(page.getByRole('button', { name: 'Create key' })).toBeVisible()
  expect((await page.content()).includes('sk_live_g_')).toBe(false)
})

test('what is entered wrong is said at its field, and what was entered stays', async ({ page, request, key, complaints }) => {
  await open(page, request, key)
  const name = page.getByLabel('Name', { exact: true })
  await name.fill(' ')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(name).toHaveAttribute('aria-invalid', 'true')
  await expect(name).toBeFocused()
  await expect(page.getByText('It is empty.')).toBeVisible()

  await page.context().clearCookies()
  await name.fill('Signed out')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('You are signed out, so this was not saved.')).toBeVisible()
  await expect(name).toHaveValue('Signed out')
  withoutFailedLoads(complaints)
})

test('a group in which one is no member, and one that does not exist, are the same', async ({ page }) => {
  await page.goto('/settings/connect?group=there-is-no-such-group')
  await expect(page.getByRole('heading', { name: 'You are not a member of this group' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create key' })).toHaveCount(0)
})

test('a key that was made earlier is checked too, without its secret, and says when it is revoked', async ({ page, request, key }) => {
  const { bot, group, group_id } = await open(page, request, key)
  const made = await bot.done('post', `/groups/${group_id}/keys`, { name: 'Earlier' })
  await page.reload()
  await page.getByText('Or use the existing key').click()
  await page.getByRole('link', { name: 'Earlier' }).click()
  await expect(page).toHaveURL(`/settings/connect?group=${group}&key=${made.key_id}`)
  await expect(connection(page)).toContainText(waiting('Earlier'))
  await expect(page.getByRole('tabpanel', { name: 'Claude Code' })).toContainText('Bearer YOUR_KEY')

  await agent(request, made.secret).done('get', `/groups/${group}/ready`)
  await expect(connection(page)).toContainText(/Connected: .+, key ….{4}, .+\.\s*It called list_ready\./)
  await page.reload()
  await expect(connection(page)).toContainText('It called list_ready.')

  await request.delete(`/api/api-keys/${made.key_id}`, { headers: { authorization: `Bearer ${key}` } })
  await expect(connection(page)).toContainText(`The key …${made.hint} was revoked.`)
})

test('a key whose secret got lost on its way is of no use, and is revoked in place', async ({ page, request, key, complaints }) => {
  const { bot, group_id } = await open(page, request, key)
  await page.route('**/settings/connect**', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    await route.fetch()
    return route.abort()
  })
  await page.getByLabel('Name', { exact: true }).fill('Lost')
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByText('It is not known whether this was saved.')).toBeVisible()
  await page.unroute('**/settings/connect**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.locator('#content').getByRole('alert')).toContainText('was created, but its secret did not arrive here.')
  expect((await bot.done('get', `/groups/${group_id}/keys`)).keys).toHaveLength(1)
  await page.getByRole('button', { name: 'Revoke it and start again' }).click()
  await expect(page.getByRole('button', { name: 'Create key' })).toBeVisible()
  expect((await bot.done('get', `/groups/${group_id}/keys`)).keys).toEqual([])
  withoutFailedLoads(complaints)
})

test('who is signed out meanwhile is told that the page cannot look', async ({ page, request, key, complaints }) => {
  await open(page, request, key)
  await create(page, 'Alone')
  const cookies = await page.context().cookies()
  await page.context().clearCookies()
  await expect(connection(page)).toContainText('You are signed out, so this page cannot look.')
  await page.context().addCookies(cookies)
  await connection(page).getByRole('button', { name: 'Look again' }).click()
  await expect(connection(page)).toContainText(waiting('Alone'))
  withoutFailedLoads(complaints)
})

test('after a minute without a call, the page says what may be wrong', async ({ page, request, key }) => {
  await page.clock.install()
  await open(page, request, key)
  await create(page, 'Silent')
  await expect(page.getByText('What does your client say?')).toHaveCount(0)
  await page.clock.runFor(61_000)
  await expect(page.getByRole('heading', { name: /What does your client say/ })).toBeVisible()
  for (const said of ['401', '403', '404', 'Nothing at all', 'It cannot connect'])
    await expect(page.getByText(said, { exact: true })).toBeVisible()
  await expect(page.getByText(/Set HOST so that Cairn listens there and CAIRN_URL to the address/)).toBeVisible()
  await page.clock.runFor(15 * 60_000)
  await expect(page.getByText('This page has stopped looking.')).toBeVisible()
  const secret = await copied(page)
  await agent(request, secret).done('get', '/groups')
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(connection(page)).toContainText('It called list_groups.')
})

test('all of it works with the keyboard', async ({ page, request, key }) => {
  await open(page, request, key)
  await page.getByLabel('Name', { exact: true }).focus()
  await page.keyboard.type('By hand')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'The key By hand is created' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Show' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Copy the key' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('tab', { name: 'Claude Code' })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'Cursor' })).toBeFocused()
  await expect(page.getByRole('tabpanel')).toHaveCount(1)
  await expect(page.getByRole('tabpanel', { name: 'Cursor' })).toContainText('~/.cursor/mcp.json')
  await page.keyboard.press('End')
  await expect(page.getByRole('tab', { name: 'Clink client' })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'Claude Code' })).toBeFocused()
})

test('the page is reached from the menu, and leads to the instructions of a project', async ({ page, request, key }) => {
  const { project_id, path } = await open(page, request, key)
  await page.goto('/')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connect an agent' }).click()
  await expect(page.getByRole('heading', { name: 'Connect an agent', level: 1 })).toBeVisible()
  await page.goto(path)
  await expect(page.getByRole('link', { name: 'Instructions for Connected' })).toHaveAttribute('href', `/p/${project_id}/instructions`)
})

test('another group is chosen, and asks first if something was entered', async ({ page, request, key }) => {
  const other = await agent(request, key).makeProject('Other')
  await open(page, request, key)
  await page.getByLabel('Name', { exact: true }).fill('Typed with care')
  await page.getByLabel('Group', { exact: true }).selectOption(other.group)
  await page.getByRole('alertdialog').getByRole('button', { name: 'Keep editing' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Typed with care')
  await page.getByLabel('Group', { exact: true }).selectOption(other.group)
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
  await expect(page).toHaveURL(`/settings/connect?group=${other.group}`)
  await expect(page.getByLabel('Group', { exact: true })).toHaveValue(other.group)
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing, and on a phone nothing scrolls sideways, ${theme}`, async ({ page, request, key, baseURL }) => {
    test.slow()
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    const { path } = await open(page, request, key)
    const expectFit = async (what: string) => {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 })
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`),
          what,
        ).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), what).toBeLessThanOrEqual(0)
        if (process.env.CAIRN_SHOTS)
          await page.screenshot({ path: `${process.env.CAIRN_SHOTS}/${what}-${theme}-${width}.png`, fullPage: width < 500 })
      }
    }
    await expectFit('empty')
    await page.getByLabel('Name', { exact: true }).fill(' ')
    await page.getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByText('It is empty.')).toBeVisible()
    await expectFit('error')
    await create(page, 'Claude Code on my laptop')
    const secret = await copied(page)
    await expectFit('waiting')
    await agent(request, secret).done('get', '/groups')
    await expect(connection(page)).toContainText('Connected')
    await expectFit('connected')
    await page.goto(path)
    await page.getByText('Or use the existing key').click()
    await expectFit('earlier')
  })
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a key is made, its secret is shown once, and a link tells whether it has called', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { group } = await bot.makeProject('Plain')
    await page.goto(`/settings/connect?group=${group}`)
    await page.getByLabel('Name', { exact: true }).fill('Plain')
    await page.getByLabel('Acts as').selectOption({ label: 'A new agent with this name' })
    await page.getByRole('checkbox', { name: 'It may loosen plans' }).check()
    await page.getByRole('button', { name: 'Create key' }).click()
    await expect(page.getByText('is never granted to an agent')).toBeVisible()
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Plain')

    await page.goto(`/settings/connect?group=${group}`)
    await page.getByLabel('Name', { exact: true }).fill('Plain')
    await page.getByRole('button', { name: 'Create key' }).click()
    const secret = await page.getByText(/^sk_live_g_[a-z2-7]{38}$/).innerText()
    await expect(page.getByRole('heading', { name: 'Cursor' })).toBeVisible()
    await agent(request, secret).done('get', `/groups/${group}/ready`)
    await page.getByRole('link', { name: 'look whether it has called' }).click()
    await expect(connection(page)).toContainText('It called list_ready.')
    expect((await page.content()).includes(secret.slice(10, -4))).toBe(false)
  })
})
