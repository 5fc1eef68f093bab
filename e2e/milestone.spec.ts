import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test('a person plans a milestone, and completes it in order until it closes', async ({ page, request, key }) => {
  const { project_id } = await agent(request, key).makeProject('Feature X')
  await page.goto(`/p/${project_id}`)
  await expect(page.getByRole('heading', { name: 'No milestones yet' })).toBeVisible()

  await page.getByRole('link', { name: 'New milestone' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Ship Feature X')
  for (const [index, { title }] of CHAIN.entries()) {
    await page.getByLabel(`Title of checkpoint ${index + 1}`).fill(title)
    if (index > 0) await page.getByRole('textbox', { name: 'Waits for' }).nth(index).fill(String(index))
  }
  await page.getByRole('button', { name: 'Create milestone' }).click()
  await expect(page.getByRole('heading', { name: 'Ship Feature X', level: 1 })).toBeVisible()

  const drawer = page.locator('#drawer')
  await row(page, 'Tests passing').getByRole('link', { name: 'Tests passing' }).click()
  await expect(drawer).toContainText('Blocked by 2 Implementation complete, which is pending.')
  await expect(drawer.getByRole('button', { name: 'Complete' })).toBeDisabled()

  for (const { title } of CHAIN) {
    await row(page, title).getByRole('link', { name: title }).first().click()
    await drawer.getByRole('button', { name: 'Complete' }).click()
    await expect(row(page, title)).toContainText('Done')
  }
  await expect(page.getByRole('main')).toContainText('4 of 4 done')
  await expect(page.getByRole('main')).toContainText(/closed/)
})

test('a completion that the page thought possible is refused with the sentence that agents get', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Race'), 'Race', CHAIN)
  await bot.complete(milestone_id, 1)
  await page.goto(`/m/${milestone_id}?cp=${checkpoints[1]}`)
  await expect(page.getByRole('button', { name: 'Complete' })).toBeEnabled()

  await bot.reopen(milestone_id, 1)
  await page.getByRole('button', { name: 'Complete' }).click()

  const refusal = page.getByRole('alert').filter({ hasText: 'depends on' })
  await expect(refusal).toContainText('Checkpoint 2 depends on checkpoint 1 which is pending')
  await refusal.getByRole('link', { name: 'Go to blocker' }).click()
  await expect(page.getByRole('heading', { name: 'Design approved' })).toBeVisible()
})

test('a reopened checkpoint takes along what depends on it, after the list was shown', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Reopen'), 'Reopen', CHAIN)
  for (const order of [1, 2, 3]) await bot.complete(milestone_id, order)
  await page.goto(`/m/${milestone_id}?cp=${checkpoints[0]}`)

  await page.locator('#drawer summary').filter({ hasText: 'Reopen' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: '2 Implementation complete' })).toBeVisible()
  await page.getByLabel('Why are you reopening it?').fill('The design has to change')
  await page.getByRole('button', { name: 'Reopen 3 checkpoints' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'cannot be reopened alone' })).toContainText('3 Tests passing')
  await page.getByRole('button', { name: 'Confirm: reopen all of these' }).click()

  await expect(row(page, 'Design approved')).toContainText('Ready')
  await expect(row(page, 'Tests passing')).toContainText('Blocked')
})

test('a checkpoint is added in between, and what the others wait for stays the same', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Insert'), 'Insert', CHAIN)
  await page.goto(`/m/${milestone_id}`)

  await page.getByText('Add a checkpoint', { exact: true }).click()
  await page.getByLabel('Title', { exact: true }).last().fill('Security review')
  await page.getByLabel('Position').selectOption('3')
  await page.getByRole('button', { name: '2 Implementation complete' }).click()
  await page.getByRole('button', { name: 'Add checkpoint' }).click()

  await expect(row(page, 'Security review')).toContainText('2 Implementation complete')
  await expect(row(page, 'Tests passing')).toContainText('2 Implementation complete')
  await expect(row(page, 'Deployed to production')).toContainText('4 Tests passing')
})

test('a plan is written by keyboard: Enter makes the next row, chips and one button say what waits for what', async ({
  page,
  request,
  key,
}) => {
  const { project_id } = await agent(request, key).makeProject('Keyboard')
  await page.goto(`/p/${project_id}/new`)
  await expect(page.getByLabel('Title', { exact: true })).toBeFocused()
  await page.keyboard.type('By keyboard')
  for (const title of ['One', 'Two', 'Three', 'Four', 'Five']) {
    await page.keyboard.press('Enter')
    await page.keyboard.type(title)
  }
  await expect(page.getByLabel('Title of checkpoint 5')).toHaveValue('Five')

  const rows = page.getByRole('group', { name: 'Checkpoints' }).getByRole('listitem')
  await rows.nth(4).getByRole('button', { name: '2 Two' }).click()
  await page.getByRole('button', { name: 'Let each wait for the one above' }).click()
  const waits = page.getByRole('textbox', { name: 'Waits for' })
  await expect(waits.nth(3)).toHaveValue('3')
  await expect(waits.nth(4)).toHaveValue('2')

  await waits.nth(4).fill('2, 9')
  await page.keyboard.press('Control+Enter')
  await expect(rows.nth(4).getByRole('alert')).toContainText('Checkpoint 5 cannot depend on 9')
  await waits.nth(4).fill('2')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('heading', { name: 'By keyboard', level: 1 })).toBeVisible()
  await expect(row(page, 'Five')).toContainText('2 Two')
})

test('the drawer tells who did what, as soon as they did it, and names the tab', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('History'), 'Told', CHAIN)
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/1`, { git_branch_url: 'https://github.com/org/repo/tree/feature' })
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[0]}`)
  await expect(page).toHaveTitle('1 Design approved - Told - Cairn')

  const entries = page.getByRole('region', { name: 'Activity' }).getByRole('listitem')
  await expect(entries).toHaveCount(2)
  await expect(entries.first()).toContainText('linked the branch · just now')
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(entries.first()).toContainText('completed it')

  await row(page, 'Tests passing').getByRole('link', { name: 'Tests passing' }).click()
  await expect(page).toHaveTitle('3 Tests passing - Told - Cairn')
  await expect(entries).toHaveText(/added it/)
  await page.keyboard.press('Escape')
  await expect(page).toHaveTitle(/^History - team-/)
})

test('the drawer begins with the newest of thousands of events, and shows earlier ones on demand', async ({
  page,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const sources = Array.from({ length: 50 }, (_, at) => ({ title: `Source ${at + 1}` }))
  const steps = [...sources, { title: 'Rewired' }, { title: 'Quiet' }]
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Long history'), 'Long', steps)
  // Each of these calls makes 50 events of the same checkpoint.
  for (let round = 0; round < 100; round += 1) {
    const depends_on = round % 2 === 0 ? sources.map((_, at) => at + 1) : []
    await bot.done('patch', `/milestones/${milestone_id}/checkpoints/51`, { depends_on })
  }
  await bot.complete(milestone_id, 52)

  const entries = page.getByRole('region', { name: 'Activity' }).getByRole('listitem')
  const earlier = page.getByRole('button', { name: 'Show earlier activity' })
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[51]}`)
  await expect(entries).toHaveText([/completed it/, /added it/])
  await expect(earlier).toBeHidden()

  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[50]}`)
  await expect(entries).toHaveCount(20)
  await page.route('**/api/events?**', (route) => route.abort())
  await earlier.click()
  await expect(page.getByText('Earlier activity could not be read')).toBeVisible()
  await expect(entries).toHaveCount(20)
  await page.unroute('**/api/events?**')
  complaints.splice(0)
  await earlier.click()
  await expect(entries).toHaveCount(40)
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(entries.first()).toContainText('completed it')
  await expect(entries, 'what was opened stays open').toHaveCount(40)
})

test('closing the drawer gives the focus back to what opened it', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id } = await bot.plan(await bot.makeProject('Focus'), 'Focus', CHAIN)
  await page.goto(`/p/${project_id}?view=list`)

  const link = row(page, 'Tests passing').getByRole('link', { name: 'Tests passing' })
  await link.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Tests passing' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
  await expect(page).toHaveURL(`/p/${project_id}?view=list`)
})
