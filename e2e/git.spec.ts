import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test('branch, pull request and commit are pasted, shown short, and lead to their host', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Links'), 'Links', CHAIN)
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[0]}`)
  const drawer = page.locator('#drawer')

  await drawer.getByLabel('PR URL').fill('github.com/org/repo/pull/42')
  await drawer.getByRole('button', { name: 'Save the PR link' }).click()
  await expect(drawer.getByRole('alert')).toContainText('It does not begin with http:// or https://.')
  await expect(drawer.getByLabel('PR URL')).toHaveValue('github.com/org/repo/pull/42')

  await drawer.getByLabel('PR URL').fill('https://github.com/org/repo/pull/42')
  await drawer.getByRole('button', { name: 'Save the PR link' }).click()
  await expect(drawer.getByRole('link', { name: /42/ })).toHaveAttribute('href', 'https://github.com/org/repo/pull/42')
  await drawer.getByLabel('Branch URL').fill('https://github.com/org/repo/tree/feature/auth')
  await drawer.getByRole('button', { name: 'Save the Branch link' }).click()
  await expect(drawer.getByRole('link', { name: /feature\/auth/ })).toBeVisible()

  await bot.complete(milestone_id, 1)
  await page.reload()
  await drawer.getByLabel('Commit URL').fill('https://github.com/org/repo/commit/abc123')
  await drawer.getByRole('button', { name: 'Save the Commit link' }).click()
  await expect(drawer.getByRole('link', { name: /abc123/ })).toBeVisible()
  await expect(row(page, 'Design approved').getByRole('link', { name: /42|feature|abc123/ })).toHaveCount(3)
})
