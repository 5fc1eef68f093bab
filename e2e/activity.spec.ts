import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { agent, CHAIN } from './plan'
import { expect, test } from './test'

const rows = (page: Page) => page.getByRole('main').getByRole('listitem')

/** Which events are in one group depends on the minute in which they happened. */
const openAll = (page: Page) =>
  page.locator('main details').evaluateAll((all) => {
    for (const details of all) details.setAttribute('open', '')
  })

test('what an agent does is told with links, grouped, filtered by the search and by the form, and linked to', async ({
  page,
  request,
  key,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Audit')
  const { milestone_id, checkpoints } = await bot.plan(project, `Plan ${crypto.randomUUID().slice(0, 8)}`, CHAIN)
  await bot.complete(milestone_id, 1)
  await bot.complete(milestone_id, 2)

  await page.goto('/')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Activity' }).click()
  await expect(page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
  await page.getByRole('searchbox').fill(`ms:${milestone_id} action:completed`)
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(page).toHaveURL(`/activity?action=project.completed,checkpoint.completed&ms=${milestone_id}`)
  await expect(page.getByRole('searchbox')).toHaveValue(`action:project.completed,checkpoint.completed ms:${milestone_id}`)

  await openAll(page)
  const first = page.getByRole('main').getByRole('link', { name: '1 Design approved' })
  await expect(first).toHaveAttribute('href', `/m/${milestone_id}?cp=${checkpoints[0]}`)
  await expect(page.getByRole('main').getByRole('link', { name: '2 Implementation complete' })).toBeVisible()

  await page.getByLabel('Action').selectOption('milestone.created')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page).toHaveURL(/action=milestone\.created&ms=/)
  await expect(rows(page).filter({ hasText: /Plan/ })).toHaveCount(1)

  await page.getByRole('link', { name: /^#\d+$/ }).click()
  await expect(page.getByRole('heading', { name: /^Event \d+$/, level: 1 })).toBeVisible()
  await expect(rows(page)).toHaveCount(1)
  await page.getByRole('link', { name: 'The log from here back' }).click()
  await expect(page.getByRole('link', { name: 'Newest events' })).toBeVisible()
})

test('a search that is not understood says why, one that finds nothing says so, and what is not there is not found', async ({ page }) => {
  await page.goto('/activity?q=actor:nobody-of-this-name')
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Nobody whom you may see is named “nobody-of-this-name”.')
  await expect(page.getByRole('searchbox')).toHaveValue('actor:nobody-of-this-name')
  await page.goto('/activity?since=2026-02-31')
  await expect(page.getByRole('main').getByRole('alert')).toContainText('“2026-02-31” is no day')
  await page.goto('/activity?until=2001-01-01')
  await expect(page.getByText('Nothing fits')).toBeVisible()
  await page.getByRole('link', { name: 'Show all activity' }).click()
  await expect(page).toHaveURL('/activity')
  await page.goto('/activity?ms=ms_nothere&action=checkpoint.completed')
  await expect(page.getByText('No event that you may read is about the milestone ms_nothere')).toBeVisible()
  await expect(page.getByLabel('Milestone')).toHaveValue('ms_nothere')
  await page.goto('/activity?group=no-such-group')
  await expect(page.getByRole('main').getByRole('alert')).toContainText('There is no group “no-such-group” here, or you may not read it.')
  await page.goto('/activity?event=999999999')
  await expect(page.getByText('There is no event 999999999 here')).toBeVisible()
})

test('the filtered events are saved as a table and as lines of JSON', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { group } = await bot.makeProject('=Saved')
  await page.goto(`/activity?group=${group}&action=project.created`)
  for (const [name, file, text] of [
    ['CSV', 'cairn-events.csv', /^seq,type,at,[\s\S]*\r\n\d+,project\.created,/],
    ['JSON lines', 'cairn-events.ndjson', /"type":"project\.created"[^\n]*=Saved/],
  ] as const) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()])
    expect(download.suggestedFilename()).toBe(file)
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toMatch(text)
  }
})

test('the pages of a long log lead to its beginning and back', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Long')
  const steps = Array.from({ length: 60 }, (_, at) => ({ title: `Step ${at + 1}` }))
  for (const title of ['One', 'Two']) await bot.plan(project, title, steps)
  await page.goto(`/activity?group=${project.group}`)
  await page.getByRole('link', { name: 'Older events' }).click()
  await expect(page).toHaveURL(/group=team-\w+&before=\d+$/)
  await openAll(page)
  await expect(
    page
      .getByRole('main')
      .getByText(/created .*team-/)
      .first(),
  ).toBeVisible()
  await expect(page.getByRole('link', { name: 'Older events' })).toBeHidden()
  await page.getByRole('link', { name: 'Newest events' }).click()
  await expect(page).toHaveURL(`/activity?group=${project.group}`)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the log is searched, filtered and opened', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const project = await bot.makeProject('Plain log')
    const { milestone_id } = await bot.plan(project, 'Plain log', CHAIN)
    await page.goto('/activity')
    await page.getByRole('searchbox').fill(`group:${project.group}`)
    await page.getByRole('button', { name: 'Search' }).click()
    await expect(page).toHaveURL(`/activity?group=${project.group}`)
    await page.getByLabel('Milestone').fill(milestone_id)
    await page.getByLabel('Action').selectOption('checkpoint.*')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('added 4 checkpoints in').click()
    await expect(page.getByRole('link', { name: '4 Deployed to production' })).toBeVisible()
  })
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the log, ${theme}`, async ({ page, request, key, baseURL }) => {
    // Five screens in one test.
    test.slow()
    const bot = agent(request, key)
    const project = await bot.makeProject('Log')
    await bot.plan(project, 'Log', CHAIN)
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    for (const path of [
      '/activity',
      `/activity?group=${project.group}`,
      '/activity?event=1',
      '/activity?q=what',
      '/activity?until=2001-01-01',
    ]) {
      await page.goto(path)
      await openAll(page)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`),
        path,
      ).toEqual([])
    }
  })
}
