import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test.use({ javaScriptEnabled: false })

test('without JavaScript the plan, its statuses and its links are there', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id } = await bot.plan(await bot.makeProject('Plain'), 'Plain', CHAIN)
  await bot.complete(milestone_id, 1)

  await page.goto(`/p/${project_id}`)
  await expect(
    page.getByRole('region', { name: 'Graph' }).getByRole('link', { name: /^Checkpoint 2, Implementation complete\./ }),
  ).toBeVisible()
  await page.getByRole('link', { name: 'List' }).click()
  await expect(row(page, 'Design approved')).toContainText('Done')
  await expect(row(page, 'Tests passing')).toContainText('Blocked')

  await row(page, 'Tests passing').getByRole('link', { name: 'Tests passing' }).click()
  await expect(page.locator('#drawer')).toContainText('Blocked by 2 Implementation complete, which is pending.')
})

test('without JavaScript a checkpoint is completed, and a milestone is made', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, checkpoints } = await bot.plan(await bot.makeProject('Plain'), 'Plain', CHAIN)
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[0]}`)
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(row(page, 'Design approved')).toContainText('Done')

  await page.goto(`/p/${project_id}/new`)
  await page.getByLabel('Title', { exact: true }).fill('Two steps')
  await page.getByLabel('Title of checkpoint 1').fill('First')
  await page.getByLabel('Title of checkpoint 2').fill('Second')
  await page.getByRole('textbox', { name: 'Waits for' }).nth(1).fill('1')
  await page.getByRole('button', { name: 'Create milestone' }).click()
  await page.getByRole('link', { name: 'Open the milestone' }).click()
  await expect(row(page, 'Second')).toContainText('1 First')
})

test('[S1] without JavaScript a group is made without a slug, and with one', async ({ page }) => {
  const name = `plain-${crypto.randomUUID().slice(0, 8)}`
  for (const [slug, made] of [
    ['', name],
    ['', `${name}-2`],
    [`${name}-mine`, `${name}-mine`],
  ] as const) {
    await page.goto('/?new=group')
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Slug').fill(slug)
    await page.getByRole('button', { name: 'Create group' }).click()
    await page.getByRole('link', { name: 'Open the group' }).click()
    await expect(page).toHaveURL(`/?group=${made}`)
  }
})

test('without JavaScript a refused milestone comes back with all that was entered, and marks the wrong checkpoint', async ({
  page,
  request,
  key,
}) => {
  const { project_id } = await agent(request, key).makeProject('Refused')
  await page.goto(`/p/${project_id}/new`)
  await page.getByRole('link', { name: 'Load this form with 12 rows' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Many steps')
  await page.getByLabel('Description').fill('First line\nSecond line')
  for (const [number, title, waits] of [
    [1, 'First', ''],
    [3, 'Third', '1'],
    [9, 'Ninth', '3, ms_none:1'],
  ] as const) {
    await page.getByLabel(`Title of checkpoint ${number}`, { exact: true }).fill(title)
    await page
      .getByRole('textbox', { name: 'Waits for' })
      .nth(number - 1)
      .fill(waits)
  }
  await page.getByRole('checkbox').nth(2).check()
  await page.getByRole('button', { name: 'Create milestone' }).click()

  // The rows come back under the numbers with which they were sent.
  const link = page.getByRole('link', { name: 'Checkpoint 3 cannot depend on ms_none:1' })
  await expect(link).toBeVisible()
  await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Many steps')
  await expect(page.getByLabel('Description')).toHaveValue('First line\nSecond line')
  await expect(page.getByRole('checkbox')).toHaveCount(12)
  for (const [number, title, waits] of [
    [1, 'First', ''],
    [2, 'Third', '1'],
    [3, 'Ninth', '2, ms_none:1'],
  ] as const) {
    await expect(page.getByLabel(`Title of checkpoint ${number}`, { exact: true })).toHaveValue(title)
    await expect(page.getByRole('textbox', { name: 'Waits for' }).nth(number - 1)).toHaveValue(waits)
  }
  await expect(page.getByRole('checkbox').nth(1)).toBeChecked()
  await expect(page.locator('[aria-invalid]')).toHaveCount(1)
  await link.click()
  await expect(page.getByRole('textbox', { name: 'Waits for' }).nth(2)).toBeInViewport()

  await page.getByRole('textbox', { name: 'Waits for' }).nth(2).fill('2')
  await page.getByRole('button', { name: 'Create milestone' }).click()
  await page.getByRole('link', { name: 'Open the milestone' }).click()
  await expect(row(page, 'Ninth')).toContainText('2 Third')
})

test('without JavaScript a refused group and a refused project come back with all that was entered', async ({ page, request, key }) => {
  const slug = `plain-${crypto.randomUUID().slice(0, 8)}`
  const bot = agent(request, key)
  const { group_id } = await bot.done('post', '/groups', { name: 'Taken', slug })
  await page.goto('/?new=group')
  await page.getByLabel('Name').fill('Another')
  await page.getByLabel('Slug').fill(slug)
  await page.getByLabel(/^Private/).check()
  await page.getByRole('button', { name: 'Create group' }).click()
  await expect(page.getByLabel('Slug')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Name')).toHaveValue('Another')
  await expect(page.getByLabel('Slug')).toHaveValue(slug)
  await expect(page.getByLabel(/^Private/)).toBeChecked()

  await page.goto('/?new=project')
  await page.getByLabel('Title').fill(' ')
  await page.getByLabel('Group', { exact: true }).selectOption(group_id)
  await page.getByTitle('Teal').click()
  await page.getByRole('button', { name: 'Create project' }).click()
  await expect(page.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Title')).toHaveValue(' ')
  await expect(page.getByLabel('Group', { exact: true })).toHaveValue(group_id)
  await expect(page.getByLabel('Teal')).toBeChecked()
})
