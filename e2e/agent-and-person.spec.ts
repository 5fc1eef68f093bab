import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test('what an agent completes over HTTP, a person sees when they come back to the page', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id } = await bot.plan(await bot.makeProject('Together'), 'Ship Feature X', CHAIN)
  await page.goto(`/p/${project_id}?view=list`)
  await expect(row(page, 'Implementation complete')).toContainText('Blocked')

  const refused = await bot.complete(milestone_id, 3)
  expect(refused.status).toBe(409)
  expect(refused.body.message).toBe('Checkpoint 3 depends on checkpoint 2 which is pending')
  expect((await bot.complete(milestone_id, 1)).status).toBe(200)

  await page.reload()
  await expect(row(page, 'Design approved')).toContainText('Done')
  await expect(row(page, 'Implementation complete')).toContainText('Ready')
})

test('a checkpoint that waits for another team says so, and leads there', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const api = await bot.plan(await bot.makeProject('API'), 'API v2', [
    { title: 'Design API schema' },
    { title: 'Implement endpoints', depends_on: [1] },
    { title: 'Deploy to staging', depends_on: [2] },
  ])
  const dashboard = await bot.plan(await bot.makeProject('Dashboard'), 'New Dashboard', [
    { title: 'Build components' },
    { title: 'Integrate with API', depends_on: [1, `${api.milestone_id}:3`] },
  ])
  await bot.complete(dashboard.milestone_id, 1)

  await page.goto(`/m/${dashboard.milestone_id}?cp=${dashboard.checkpoints[1]}`)
  await expect(page.locator('#drawer')).toContainText('Blocked by API v2 · 3 Deploy to staging, which is pending.')
  await expect(page.getByRole('heading', { name: 'Waits for other milestones' })).toBeVisible()
  await page.getByRole('link', { name: 'Go to blocker' }).click()
  await expect(page).toHaveURL(`/m/${api.milestone_id}?cp=${api.checkpoints[2]}`)
  await expect(page.getByRole('heading', { name: 'Unblocks other milestones' })).toBeVisible()

  for (const order of [1, 2, 3]) await bot.complete(api.milestone_id, order)
  await page.goto(`/m/${dashboard.milestone_id}?cp=${dashboard.checkpoints[1]}`)
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(page.locator('#drawer')).toContainText('Done by')
})
