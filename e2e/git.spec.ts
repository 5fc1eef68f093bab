import type { Locator } from '@playwright/test'
import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test('branch, pull request and commit are pasted, shown short, and lead to their host', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Links'), 'Links', CHAIN)
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[0]}`)
  const drawer = page.locator('#drawer')

  await drawer.getByLabel('PR URL').fill('ftp://github.com/org/repo/pull/42')
  await drawer.getByRole('button', { name: 'Save the pull request link' }).click()
  await expect(drawer.getByRole('alert')).toContainText('It does not begin with http:// or https://.')
  await expect(drawer.getByLabel('PR URL')).toHaveValue('ftp://github.com/org/repo/pull/42')

  await drawer.getByLabel('PR URL').fill('github.com/org/repo/pull/42')
  await drawer.getByLabel('PR URL').blur()
  await expect(drawer.getByLabel('PR URL')).toHaveValue('https://github.com/org/repo/pull/42')
  await drawer.getByRole('button', { name: 'Save the pull request link' }).click()
  await expect(drawer.getByRole('link', { name: /42/ })).toHaveAttribute('href', 'https://github.com/org/repo/pull/42')
  await drawer.getByLabel('Branch URL').fill('https://github.com/org/repo/tree/feature/auth')
  await drawer.getByRole('button', { name: 'Save the branch link' }).click()
  await expect(drawer.getByRole('link', { name: /feature\/auth/ })).toBeVisible()

  await bot.complete(milestone_id, 1)
  await page.reload()
  await drawer.getByLabel('Commit URL').fill('https://github.com/org/repo/commit/abc123')
  await drawer.getByRole('button', { name: 'Save the commit link' }).click()
  await expect(drawer.getByRole('link', { name: /abc123/ })).toBeVisible()
  await expect(row(page, 'Design approved').getByRole('link', { name: /42|feature|abc123/ })).toHaveCount(3)
})

test('an address of another kind goes to its own field while that is empty, and stays for who insists', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Links'), 'Links', CHAIN)
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[0]}`)
  const drawer = page.locator('#drawer')
  const branch = drawer.getByLabel('Branch URL')
  const pr = drawer.getByLabel('PR URL')
  const said = drawer.getByRole('region', { name: 'Git' }).getByRole('status').last()

  await paste(branch, 'github.com/org/repo/pull/42')
  await expect(said).toHaveText('That is a pull request, so it was put under PR. Save it there.')
  await expect(pr).toBeFocused()
  await expect(pr).toHaveValue('https://github.com/org/repo/pull/42')
  await expect(branch).toHaveValue('')
  await pr.press('Enter')
  await expect(drawer.getByRole('link', { name: 'org/repo#42' })).toBeVisible()
  await expect(said).toBeEmpty()

  // What is typed is left alone until it is sent.
  await branch.fill('https://github.com/org/repo/pull/7')
  await branch.press('Enter')
  await expect(said).toContainText('PR already has org/repo#42.')
  await expect(branch).toHaveValue('https://github.com/org/repo/pull/7')
  await branch.press('Enter')
  await expect(drawer.getByRole('link', { name: 'org/repo#7' })).toBeVisible()

  const { checkpoints: stored } = await bot.done('get', `/milestones/${milestone_id}`)
  expect(stored[0]).toMatchObject({
    git_branch_url: 'https://github.com/org/repo/pull/7',
    git_pr_url: 'https://github.com/org/repo/pull/42',
    git_commit_url: null,
  })
})

/** Types the text into the field, cuts it out, and pastes it, as the keys of a person do. */
async function paste(field: Locator, text: string) {
  await field.fill(text)
  await field.press('Control+a')
  await field.press('Control+x')
  await field.press('Control+v')
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a refused address stays, and one without a scheme is completed and saved where it was typed', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { project_id, checkpoints } = await bot.plan(await bot.makeProject('Links'), 'Links', CHAIN)
    await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[0]}`)
    const drawer = page.locator('#drawer')
    await drawer.getByLabel('PR URL').fill('ftp://github.com/org/repo/pull/42')
    await drawer.getByLabel('PR URL').press('Enter')
    await expect(drawer.getByRole('alert')).toContainText('It does not begin with http:// or https://.')
    await expect(drawer.getByLabel('PR URL')).toHaveValue('ftp://github.com/org/repo/pull/42')

    await drawer.getByLabel('Branch URL').fill('github.com/org/repo/pull/42')
    await drawer.getByLabel('Branch URL').press('Enter')
    await expect(drawer.getByRole('link', { name: 'org/repo#42' })).toHaveAttribute('href', 'https://github.com/org/repo/pull/42')
    await expect(drawer.getByLabel('PR URL')).toHaveValue('')
  })
})
