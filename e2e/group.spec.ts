import { execFileSync } from 'node:child_process'
import AxeBuilder from '@axe-core/playwright'
import type { APIRequestContext, Browser, Page } from '@playwright/test'
import { agent } from './plan'
import { expect, test } from './test'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })
// Putting people into a group starts a process of its own.
test.describe.configure({ timeout: 120_000 })

/** Puts people into a group. @returns the link by which the first of them signs in */
function addPeople(group: string, names: readonly string[], role: 'admin' | 'member' = 'member'): string {
  const args = ['tsx', 'lib/testing/people.ts', '--group', group, '--names', names.join(','), '--role', role]
  const said = execFileSync('npx', args, { encoding: 'utf8' })
  const link = said.match(/https?:\/\/\S+/)?.[0]
  if (!link) throw new Error(`No link was printed, but:\n${said}`)
  return link
}

async function signIn(browser: Browser, link: string): Promise<Page> {
  const page = await browser.newPage({ storageState: { cookies: [], origins: [] } })
  await page.goto(link)
  if (new URL(page.url()).pathname.startsWith('/sign-in')) await page.getByRole('button').first().click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  return page
}

async function makeGroup(request: APIRequestContext, key: string) {
  const bot = agent(request, key)
  return { bot, ...(await bot.makeProject('Team')) }
}

const said = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text })
/** The button that asks before something is done. */
const asking = (page: Page, name: string) =>
  page.locator('summary').and(page.getByLabel(name, { exact: true }).or(page.getByText(name, { exact: true })))
/** The question that is open. */
const asked = (page: Page, title: string | RegExp = /\?$/) => page.getByRole('region', { name: title })
const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

/** Goes to a page and waits until its scripts run. */
async function open(page: Page, path: string) {
  await page.goto(path)
  await page.waitForLoadState('networkidle')
}

test('an admin changes a role and removes somebody, after having been told what happens', async ({ page, request, key }) => {
  const { bot, group } = await makeGroup(request, key)
  addPeople(group, ['Maria Lopez', 'Sam Hill'])
  await page.goto(`/?group=${group}`)
  await page.getByRole('link', { name: 'Members and agents' }).click()
  await expect(page.getByRole('heading', { name: '3 people' })).toBeVisible()
  await page.waitForLoadState('networkidle')

  await page.getByLabel('Role of Maria Lopez', { exact: true }).selectOption('admin')
  await page.getByRole('button', { name: 'Save the role of Maria Lopez' }).click()
  await expect(said(page, 'Maria Lopez is an admin now.')).toBeVisible()
  await expect(page.getByLabel('Role of Maria Lopez', { exact: true })).toHaveValue('admin')

  await asking(page, 'Remove Sam Hill').click()
  const question = asked(page, 'Remove Sam Hill from this group?')
  await expect(question).toContainText('their keys of this group end for good')
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(question).toBeHidden()
  await expect(rowOf(page, 'Sam Hill')).toBeVisible()
  await asking(page, 'Remove Sam Hill').click()
  await question.getByRole('button', { name: 'Remove Sam Hill' }).click()
  await expect(said(page, 'Sam Hill is removed from the group.')).toBeVisible()
  await expect(rowOf(page, 'Sam Hill')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()

  const { members } = await bot.done('get', `/groups/${group}/members`)
  expect(members.map(({ name, role }: { name: string; role: string }) => `${name}: ${role}`).sort()).toContain('Maria Lopez: admin')
  expect(members).toHaveLength(2)
})

test('a link invites one person: it is shown once, guarded until it is copied, and revoked', async ({ page, request, key }) => {
  const { bot, group } = await makeGroup(request, key)
  await open(page, `/g/${group}`)
  await page.getByLabel('Joins as').selectOption('admin')
  await page.getByLabel('The link works').selectOption({ label: 'for one day' })
  await page.getByRole('button', { name: 'Make a link' }).click()
  const link = page.getByLabel('The link for one new admin')
  await expect(link).toBeFocused()
  await page.getByRole('navigation', { name: 'Group' }).getByRole('link', { name: 'Agents' }).click()
  const question = page.getByRole('alertdialog', { name: 'Leave without the link?' })
  await question.getByRole('button', { name: 'Stay here' }).click()
  await page.getByRole('button', { name: 'Copy the link' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await link.inputValue())
  expect(await link.inputValue()).toMatch(/\/join\/\S{20,}$/)

  const { invitations } = await bot.done('get', `/groups/${group}/invitations`)
  expect(invitations).toHaveLength(1)
  expect(Date.parse(invitations[0].expires_at) - Date.now()).toBeLessThan(25 * 3_600_000)
  const list = page.getByRole('list', { name: 'Open invitations' })
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await list.getByRole('button', { name: 'Revoke' }).click()
  await expect(said(page, 'The invitation is revoked.')).toBeVisible()
  await expect(list).toHaveCount(0)
  expect((await bot.done('get', `/groups/${group}/invitations`)).invitations).toEqual([])
})

test('a member sees who belongs to the group without addresses, is told who can help, and can leave', async ({ browser, request, key }) => {
  const { bot, group } = await makeGroup(request, key)
  const page = await signIn(browser, addPeople(group, ['Nia Okoro', 'Ben Frost']))
  await open(page, `/g/${group}`)
  await expect(page.getByText(/To invite or remove somebody, ask an admin of the group/)).toBeVisible()
  await expect(rowOf(page, 'Ben Frost')).not.toContainText('@')
  for (const name of [/^Save the role/, 'Make a link']) await expect(page.getByRole('button', { name })).toHaveCount(0)
  await expect(page.locator('main summary')).toHaveText(['What each role may do', 'Leave the group'])
  await page.getByText('What each role may do').click()
  await expect(rowOf(page, 'Give the group to another owner').getByText('yes')).toHaveCount(1)

  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText('Only an admin of the group can change these.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save changes' })).toHaveCount(0)

  await open(page, `/g/${group}`)
  await asking(page, 'Leave the group').click()
  await asked(page)
    .getByRole('button', { name: `Leave ${group}` })
    .click()
  await expect(page).toHaveURL('/')
  expect((await bot.done('get', `/groups/${group}/members`)).members).toHaveLength(2)
  await page.close()
})

test('the owner gives the group away only after having typed its slug', async ({ page, request, key }) => {
  const { bot, group } = await makeGroup(request, key)
  addPeople(group, ['Olga Petrova'])
  await open(page, `/g/${group}`)
  await asking(page, 'Give the group to somebody').click()
  const dialog = asked(page)
  await dialog.getByLabel('New owner').selectOption({ label: 'Olga Petrova' })
  await dialog.getByLabel(/^Type the slug/).fill('something else')
  await dialog.getByRole('button', { name: 'Give the group away' }).click()
  expect((await bot.done('get', `/groups/${group}`)).role).toBe('owner')
  await dialog.getByLabel(/^Type the slug/).fill(group)
  await dialog.getByRole('button', { name: 'Give the group away' }).click()
  await expect(said(page, 'The group has another owner now. You are an admin of it.')).toBeVisible()
  expect((await bot.done('get', `/groups/${group}`)).role).toBe('admin')
})

test('an agent is created, edited, given away, suspended, resumed and deleted', async ({ page, request, key }) => {
  const { bot, group, group_id, project_id } = await makeGroup(request, key)
  addPeople(group, ['Maria Lopez'])
  await open(page, `/g/${group}/agents`)
  await page.getByLabel('Name', { exact: true }).fill('atlas')
  await page.getByLabel('What it is for').fill('Builds the backend')
  await page.getByRole('button', { name: 'Create agent' }).click()
  await expect(said(page, 'The agent atlas is created.')).toBeVisible()
  const item = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^atlas/ }) })
  await expect(item).toContainText('Builds the backend')
  await expect(item).toContainText('Holds nothing · never used · no keys')

  await item.getByText('Edit', { exact: true }).click()
  await item.getByLabel('Who answers for it').selectOption({ label: 'Maria Lopez' })
  await item.getByRole('button', { name: 'Save changes' }).click()
  await expect(item.getByRole('heading')).toContainText('atlas, for Maria Lopez')

  const { agents } = await bot.done('get', `/groups/${group}/agents`)
  const { secret } = await bot.done('post', `/groups/${group}/keys`, { name: 'its key', agent_profile_id: agents[0].agent_profile_id })
  const { milestone_id, checkpoints } = await bot.plan({ group, project_id }, 'Work', [{ title: 'First' }])
  await agent(request, secret).done('post', `/milestones/${milestone_id}/checkpoints/1/claim`)
  await open(page, `/g/${group}/agents`)
  await expect(item).toContainText('one key')
  await expect(item.getByRole('link', { name: '1 First' })).toHaveAttribute('href', `/m/${milestone_id}?cp=${checkpoints[0]}`)

  await page.goto(`/m/${milestone_id}?cp=${checkpoints[0]}`)
  await expect(page.locator('#drawer')).toContainText('atlas, for Maria Lopez')

  await open(page, `/g/${group}/agents`)
  await asking(page, 'Suspend atlas').click()
  await expect(asked(page)).toContainText('All its keys stop at once, and what it holds claimed is released')
  await page.getByRole('button', { name: 'Suspend it now' }).click()
  await expect(said(page, 'atlas is suspended.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Resume atlas' })).toBeFocused()
  await expect(item).toContainText('Suspended')
  expect((await agent(request, secret).call('get', '/groups')).status).toBeGreaterThanOrEqual(400)
  await page.getByRole('button', { name: 'Resume atlas' }).click()
  await expect(item).toContainText('Active')
  await expect(asking(page, 'Suspend atlas')).toBeFocused()
  expect((await agent(request, secret).call('get', '/groups')).status).toBe(200)

  await asking(page, 'Delete atlas').click()
  await page.getByLabel(/^Type the name of the agent/).fill('atlas')
  await page.getByRole('button', { name: 'Delete it for good' }).click()
  await expect(said(page, 'The agent atlas is deleted.')).toBeVisible()
  await expect(page.getByText('This group has no agents yet.')).toBeVisible()
  expect((await agent(request, secret).call('get', '/groups')).status).toBe(401)
  expect((await bot.done('get', `/groups/${group_id}/agents`)).agents).toEqual([])
})

test('a key is made for one milestone with chosen permissions, used, and revoked', async ({ page, request, key }) => {
  const { bot, group, project_id } = await makeGroup(request, key)
  const { milestone_id } = await bot.plan({ group, project_id }, 'One job', [{ title: 'First' }])
  const { agent_profile_id } = await bot.done('post', `/groups/${group}/agents`, { name: 'robin' })
  await open(page, `/g/${group}/keys`)
  await page.getByText('New key', { exact: true }).click()
  await page.getByLabel('Name', { exact: true }).fill('Worker')
  await page.getByRole('checkbox', { name: /milestones:relax/ }).check()
  await page.getByLabel('For whom').selectOption({ label: 'robin (agent)' })
  await expect(page.getByRole('checkbox', { name: /milestones:relax/ })).toBeDisabled()
  await page.getByLabel('Works in').selectOption({ label: 'One job' })
  await page.getByLabel('Expires').selectOption({ label: 'In 30 minutes' })
  await page.getByRole('checkbox', { name: /milestones:write/ }).uncheck()
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByRole('heading', { name: 'The key Worker is created' })).toBeFocused()
  await page.getByRole('navigation', { name: 'Group' }).getByRole('link', { name: 'Members' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stay here' }).click()
  await page.getByRole('button', { name: 'Copy the key' }).click()
  const secret = await page.evaluate(() => navigator.clipboard.readText())
  expect((await page.content()).includes(secret)).toBe(false)

  const mine = await agent(request, secret).done('get', '/api-keys/me/permissions')
  expect(mine.permissions).toMatchObject({ 'milestones:write': false, 'milestones:relax': false, 'milestones:complete': true })
  const [made] = (await bot.done('get', `/groups/${group}/keys`)).keys
  expect(made).toMatchObject({ milestone_id, owner_id: agent_profile_id })
  const minutes = (Date.parse(made.expires_at) - Date.parse(made.created_at)) / 60_000
  expect(minutes).toBeGreaterThan(28)
  expect(minutes).toBeLessThan(32)

  await open(page, `/g/${group}/keys`)
  const item = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Worker' }) })
  await expect(item).toContainText(`sk_live_g_…${secret.slice(-4)}`)
  await expect(item.getByRole('link', { name: 'One job' })).toHaveAttribute('href', `/m/${milestone_id}`)
  await asking(page, 'Revoke Worker').click()
  await expect(asked(page)).toContainText('It is in use.')
  await page.getByRole('button', { name: 'Revoke it now' }).click()
  await expect(said(page, 'The key Worker is revoked.')).toBeVisible()
  await expect(page.getByText('There are no keys yet.')).toBeVisible()
  expect((await agent(request, secret).call('get', '/groups')).status).toBe(401)
})

test('the settings are saved, and a taken slug is refused at its field', async ({ page, request, key }) => {
  const { bot, group, group_id } = await makeGroup(request, key)
  const other = await bot.makeProject('Other')
  await open(page, `/g/${group}/settings`)
  await page.getByLabel('Slug').fill(other.group.toUpperCase())
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByLabel('Slug')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Slug')).toBeFocused()
  await page.getByLabel('Slug').fill(`${group}-new`)
  await page.getByLabel('Name', { exact: true }).fill('Renamed team')
  await page.getByLabel('Visibility').selectOption('private')
  await page.getByLabel('Failed attempts in a row').fill('5')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page).toHaveURL(`/g/${group}-new/settings`)
  await expect(page.getByRole('heading', { name: 'Renamed team' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Renamed team' })).toBeVisible()
  expect(await bot.done('get', `/groups/${group_id}`)).toMatchObject({ slug: `${group}-new`, visibility: 'private', max_failures: 5 })

  await page.getByLabel('Failed attempts in a row').fill('0')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByLabel('Failed attempts in a row')).toHaveAttribute('aria-invalid', 'true')
})

test('a private group of others, and one that does not exist, are the same', async ({ browser, request, key, complaints }) => {
  const { group } = await makeGroup(request, key)
  const hidden = await agent(request, key).done('post', '/groups', { name: 'Hidden', visibility: 'private' })
  const page = await signIn(browser, addPeople(group, ['Ines Vogel']))
  for (const slug of [hidden.slug, 'there-is-no-such-group']) {
    for (const tab of ['', '/agents', '/keys', '/settings']) {
      const answer = await page.goto(`/g/${slug}${tab}`)
      expect(answer?.status(), `${slug}${tab}`).toBe(404)
      expect(await page.content()).not.toContain('Hidden')
    }
  }
  await page.close()
  complaints.length = 0
})

test('a refusal and a lost connection are said where the form is, and nothing is lost', async ({ page, request, key, complaints }) => {
  const { bot, group, group_id } = await makeGroup(request, key)
  addPeople(group, ['Tom Gone'])
  await open(page, `/g/${group}`)
  const { members } = await bot.done('get', `/groups/${group}/members`)
  const { user_id } = members.find(({ name }: { name: string }) => name === 'Tom Gone')
  await request.delete(`/api/groups/${group_id}/members/${user_id}`, { headers: { authorization: `Bearer ${key}` } })
  await page.getByRole('button', { name: 'Save the role of Tom Gone' }).click()
  await expect(said(page, 'member')).toBeVisible()
  await expect(rowOf(page, 'Tom Gone')).toHaveCount(0)

  await open(page, `/g/${group}/agents`)
  await page.route('**/g/**', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()))
  await page.getByLabel('Name', { exact: true }).fill('atlas')
  await page.getByRole('button', { name: 'Create agent' }).click()
  await expect(page.getByText('Trying again is safe')).toBeVisible()
  await page.unroute('**/g/**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(said(page, 'The agent atlas is created.')).toBeVisible()
  expect((await bot.done('get', `/groups/${group}/agents`)).agents).toHaveLength(1)
  complaints.splice(0, Infinity, ...complaints.filter((text) => !text.startsWith('Failed to load resource')))
})

test('a refusal is said even if the page, read again, has no such form any more', async ({ browser, request, key, complaints }) => {
  const { bot, group, group_id } = await makeGroup(request, key)
  const page = await signIn(browser, addPeople(group, ['Ada Admin', 'Ben Frost'], 'admin'))
  await open(page, `/g/${group}`)
  const { members } = await bot.done('get', `/groups/${group}/members`)
  const { user_id } = members.find(({ name }: { name: string }) => name === 'Ada Admin')
  await bot.done('patch', `/groups/${group_id}/members/${user_id}`, { role: 'member' })
  await page.getByLabel('Role of Ben Frost', { exact: true }).selectOption('member')
  await page.getByRole('button', { name: 'Save the role of Ben Frost' }).click()
  await expect(said(page, /admin/)).toBeVisible()
  await expect(page.getByRole('button', { name: /^Save the role/ })).toHaveCount(0)
  await page.close()
  complaints.length = 0
})

test('pressing twice makes one agent, one key and one link', async ({ page, request, key }) => {
  const { bot, group } = await makeGroup(request, key)
  await open(page, `/g/${group}/agents`)
  await page.getByLabel('Name', { exact: true }).fill('atlas')
  await page.getByRole('button', { name: 'Create agent' }).dblclick()
  await expect(said(page, 'The agent atlas is created.')).toBeVisible()
  await open(page, `/g/${group}/keys`)
  await page.getByText('New key', { exact: true }).click()
  await page.getByLabel('Name', { exact: true }).fill('Once')
  await page.getByRole('button', { name: 'Create key' }).dblclick()
  await page.getByRole('button', { name: 'Copy the key' }).click()
  await open(page, `/g/${group}`)
  await page.getByRole('button', { name: 'Make a link' }).dblclick()
  await page.getByRole('button', { name: 'Copy the link' }).click()
  expect((await bot.done('get', `/groups/${group}/agents`)).agents).toHaveLength(1)
  expect((await bot.done('get', `/groups/${group}/keys`)).keys).toHaveLength(1)
  expect((await bot.done('get', `/groups/${group}/invitations`)).invitations).toHaveLength(1)
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the pages of a group, and on a phone nothing scrolls sideways, ${theme}`, async ({
    page,
    request,
    key,
    baseURL,
  }) => {
    test.setTimeout(400_000)
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    const expectFit = async (path: string, what: string, act = async () => {}, isLong = false) => {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 })
        await open(page, path)
        await act()
        // While a page is read again, its title is gone for a moment.
        await expect(async () => {
          const { violations } = isLong ? { violations: [] } : await new AxeBuilder({ page }).analyze()
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)
          expect(found, what).toEqual([])
        }).toPass({ timeout: 60_000 })
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), what).toBeLessThanOrEqual(0)
        if (process.env.CAIRN_SHOTS)
          await page.screenshot({
            path: `${process.env.CAIRN_SHOTS}/group-${what}-${theme}-${width}.png`,
            fullPage: width < 500 && !isLong,
          })
      }
    }
    const { bot, group, project_id } = await makeGroup(request, key)
    await expectFit(`/g/${group}`, 'members-alone')
    await expectFit(`/g/${group}/agents`, 'agents-empty')
    await expectFit(`/g/${group}/keys`, 'keys-empty', () => page.getByText('New key', { exact: true }).click())
    await expectFit(`/g/${group}/settings`, 'settings')
    addPeople(
      group,
      Array.from({ length: 199 }, (_, index) => `Person ${index + 1}`),
    )
    const { milestone_id } = await bot.plan({ group, project_id }, 'A milestone with a title of some length', [{ title: 'First' }])
    for (const name of ['atlas', 'robin']) {
      const { agent_profile_id } = await bot.done('post', `/groups/${group}/agents`, { name, description: 'Builds and tests the backend' })
      const { secret } = await bot.done('post', `/groups/${group}/keys`, { name: `${name} at work`, agent_profile_id, milestone_id })
      if (name === 'atlas') await agent(request, secret).done('post', `/milestones/${milestone_id}/checkpoints/1/claim`)
      else await bot.done('post', `/groups/${group}/agents/${agent_profile_id}/suspend`)
    }
    await bot.done('post', `/groups/${group}/invitations`, {})
    // Two hundred rows of the same kind: one of them is looked at below.
    await expectFit(`/g/${group}`, 'members-full', async () => {}, true)
    await expect(page.getByRole('heading', { name: '200 people' })).toBeVisible()
    await expectFit(`/g/${group}?find=person%20199`, 'members-found', () => asking(page, 'Remove Person 199').click())
    await expect(page.getByRole('row')).toHaveCount(2)
    await expectFit(`/g/${group}?find=nobody`, 'members-none')
    await expectFit(`/g/${group}/agents`, 'agents')
    await expectFit(`/g/${group}/keys`, 'keys')
    await expectFit(`/g/${group}/settings`, 'settings-wrong', async () => {
      await page.getByLabel('Slug').fill('No spaces, please')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await expect(page.getByLabel('Slug')).toHaveAttribute('aria-invalid', 'true')
    })
  })
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('roles, removals, invitations, agents, keys and settings all work', async ({ page, request, key }) => {
    test.slow()
    const { bot, group } = await makeGroup(request, key)
    addPeople(group, ['Maria Lopez', 'Sam Hill'])
    await page.goto(`/g/${group}`)
    await page.getByLabel('Role of Maria Lopez', { exact: true }).selectOption('admin')
    await page.getByRole('button', { name: 'Save the role of Maria Lopez' }).click()
    await expect(page.getByLabel('Role of Maria Lopez', { exact: true })).toHaveValue('admin')
    await asking(page, 'Remove Sam Hill').click()
    await asked(page).getByRole('button', { name: 'Remove Sam Hill' }).click()
    await expect(rowOf(page, 'Sam Hill')).toHaveCount(0)
    await page.getByRole('button', { name: 'Make a link' }).click()
    expect(await page.getByLabel('The link for one new member').inputValue()).toMatch(/\/join\/\S{20,}$/)

    await page.goto(`/g/${group}/agents`)
    await page.getByLabel('Name', { exact: true }).fill('atlas')
    await page.getByRole('button', { name: 'Create agent' }).click()
    await asking(page, 'Suspend atlas').click()
    await page.getByRole('button', { name: 'Suspend it now' }).click()
    await expect(page.getByRole('button', { name: 'Resume atlas' })).toBeVisible()

    await page.goto(`/g/${group}/keys`)
    await page.getByText('New key', { exact: true }).click()
    await page.getByLabel('Name', { exact: true }).fill('Plain')
    await page.getByRole('checkbox', { name: /projects:write/ }).uncheck()
    await page.getByRole('button', { name: 'Create key' }).click()
    const secret = await page.getByText(/^sk_live_g_[a-z2-7]{38}$/).innerText()
    const mine = await agent(request, secret).done('get', '/api-keys/me/permissions')
    expect(mine.permissions).toMatchObject({ 'projects:write': false, 'projects:read': true })
    await page.goto(`/g/${group}/keys`)
    await asking(page, 'Revoke Plain').click()
    await page.getByRole('button', { name: 'Revoke it now' }).click()
    await expect(page.getByText('There are no keys yet.')).toBeVisible()

    // What is refused is said where it was asked, with what was entered.
    await page.goto(`/g/${group}/agents`)
    await asking(page, 'Edit atlas').click()
    const editor = page.locator('details[open]').filter({ has: page.getByLabel('What it is for') })
    await editor.getByLabel('What it is for').fill('Kept')
    await editor.getByLabel('Name', { exact: true }).fill('   ')
    await editor.getByRole('button', { name: 'Save changes' }).click()
    await expect(editor.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true')
    await expect(editor.getByLabel('What it is for')).toHaveValue('Kept')
    await page.goto(`/g/${group}/settings`)
    await page.getByLabel('Failed attempts in a row').fill('0')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByLabel('Failed attempts in a row')).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByLabel('Failed attempts in a row')).toHaveValue('0')

    await page.goto(`/g/${group}/settings`)
    await page.getByLabel('Name', { exact: true }).fill('Plainly renamed')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('heading', { name: 'Plainly renamed' })).toBeVisible()
    expect(await bot.done('get', `/groups/${group}`)).toMatchObject({ name: 'Plainly renamed' })
  })
})
