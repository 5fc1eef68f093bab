import { execFileSync } from 'node:child_process'
import { agent, CHAIN, row } from './plan'
import { comeBack, expect, test, withoutFailedLoads } from './test'

const newLink = () => execFileSync('npm', ['run', '-s', 'link'], { encoding: 'utf8' }).match(/https?:\/\/\S*token=\S+/)?.[0] ?? ''

test.describe('who is not signed in', () => {
  test.use({ storageState: { cookies: [], origins: [] } })

  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? 'and has JavaScript' : 'and has no JavaScript', () => {
      test.use({ javaScriptEnabled })

      test('opens a link to a checkpoint, signs in, and is there', async ({ page, request, key }) => {
        const bot = agent(request, key)
        const { project_id, checkpoints } = await bot.plan(await bot.makeProject('Deep'), 'Deep', CHAIN)
        const there = `/p/${project_id}?view=list&cp=${checkpoints[1]}`
        await page.goto(there)
        await expect(page).toHaveURL('/sign-in')
        await expect(page.getByText('You are then led to the page that you wanted to open.')).toBeVisible()
        await page.goto(newLink())
        await expect(page).toHaveURL(there)
        await expect(page.locator('#drawer').getByRole('heading', { name: 'Implementation complete' })).toBeVisible()
      })
    })
  }
})

test.describe('who was signed in until now and has no JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('is asked to sign in by a form that they post, and led back to its page', async ({ page, context, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Posted'), 'Posted', CHAIN)
    const there = `/m/${milestone_id}?cp=${checkpoints[0]}`
    await page.goto(there)
    await context.clearCookies()
    await page.getByRole('button', { name: 'Complete' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await expect(page.getByRole('alert')).toContainText('You were signed out, so what you sent was not saved.')
    await page.goto(newLink())
    await expect(page).toHaveURL(there)
    await expect(page.getByRole('button', { name: 'Complete' })).toBeVisible()
  })
})

test.describe('who was signed in until now', () => {
  test('completes a checkpoint after signing in again in another tab', async ({ page, context, request, key, complaints }) => {
    const bot = agent(request, key)
    const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Lost'), 'Lost', CHAIN)
    await page.goto(`/p/${project_id}?view=graph&cp=${checkpoints[0]}`)
    await expect(page.getByRole('region', { name: 'Activity' }).getByRole('listitem')).toHaveCount(1)
    await context.clearCookies()
    await page.getByRole('button', { name: 'Complete' }).click()

    const trouble = page.locator('#drawer').getByRole('alert')
    await expect(trouble).toContainText('You are signed out, so this was not saved.')
    await expect(page.locator('body')).not.toContainText('Send a key')
    await expect(page.getByRole('link', { name: /^Checkpoint 1, Design approved\./ })).not.toContainText(/refused/i)
    const opening = context.waitForEvent('page')
    await trouble.getByRole('link', { name: 'Sign in' }).click()
    const other = await opening
    await expect(other).toHaveURL('/sign-in')
    await other.goto(newLink())
    await expect(other.getByRole('heading', { name: 'Projects' })).toBeVisible()

    await trouble.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('status').filter({ hasText: '1 Design approved is done.' })).toHaveCount(1)
    const { checkpoints: after } = await bot.done('get', `/milestones/${milestone_id}`)
    expect(after[0].status).toBe('completed')
    withoutFailedLoads(complaints)
  })

  test('is told so above a plan that is no longer kept up to date', async ({ page, context, request, key, complaints }) => {
    const bot = agent(request, key)
    const { milestone_id } = await bot.plan(await bot.makeProject('Lost'), 'Lost', CHAIN)
    await page.goto(`/m/${milestone_id}`)
    await expect(row(page, 'Design approved')).toBeVisible()
    const cookies = await context.cookies()
    await context.clearCookies()
    await comeBack(page)
    const told = page.getByRole('status').filter({ hasText: 'Not up to date: you are signed out.' })
    await expect(told.getByRole('link', { name: 'Sign in' })).toBeVisible()
    await expect(told).not.toContainText('key')

    await context.addCookies(cookies)
    await told.getByRole('button', { name: 'Update now' }).click()
    await expect(told).toHaveCount(0)
    withoutFailedLoads(complaints)
  })

  test('follows a link to another page, signs in, and is there', async ({ page, context, request, key, complaints }) => {
    const bot = agent(request, key)
    const { project_id, milestone_id } = await bot.plan(await bot.makeProject('Lost'), 'Lost link', CHAIN)
    await page.goto(`/p/${project_id}?view=list`)
    const link = page.getByRole('link', { name: 'Lost link' })
    await expect(link).toBeVisible()
    await context.clearCookies()
    await link.click()
    await expect(page).toHaveURL('/sign-in')
    await expect(page.getByText('You are then led to the page that you wanted to open.')).toBeVisible()
    await page.goto(newLink())
    await expect(page).toHaveURL(`/m/${milestone_id}`)
    await expect(page.getByRole('heading', { name: 'Lost link', level: 1 })).toBeVisible()
    // While one page takes the place of the other, Chromium may look for an icon that no page names.
    withoutFailedLoads(complaints)
  })
})
