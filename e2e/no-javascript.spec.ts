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
