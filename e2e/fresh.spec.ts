import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test('Back shows the plan as it is now', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id } = await bot.plan(await bot.makeProject('Back'), 'Back to it', CHAIN)
  await page.goto(`/p/${project_id}?view=list`)
  await page.getByRole('link', { name: 'Back to it' }).click()
  await expect(page).toHaveURL(`/m/${milestone_id}`)
  await expect(page.getByRole('heading', { name: 'Back to it', level: 1 })).toBeVisible()
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/1`, { title: 'Renamed by an agent' })
  await page.goBack()
  await expect(row(page, 'Renamed by an agent')).toBeVisible()
})

test('Back shows the list of projects as it is now', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, group } = await bot.plan(await bot.makeProject('Counted'), 'Counted', CHAIN)
  await page.goto(`/?group=${group}`)
  const project = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Counted' }).first()
  const before = await project.innerText()
  await project.getByRole('link', { name: 'Counted' }).first().click()
  await expect(page).toHaveURL(new RegExp(`/p/${project_id}`))
  await bot.complete(milestone_id, 1)
  await page.goBack()
  await expect(page).toHaveURL(`/?group=${group}`)
  await expect.poll(() => project.innerText()).not.toBe(before)
})

test('a page that is visited again shows its new plan at once', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id } = await bot.plan(await bot.makeProject('Again'), 'Again to it', CHAIN)
  await page.goto(`/m/${milestone_id}`)
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Again', exact: true }).click()
  await expect(page).toHaveURL(`/p/${project_id}`)
  await bot.done('patch', `/milestones/${milestone_id}`, { title: 'Renamed by an agent' })
  await page.getByRole('link', { name: 'List', exact: true }).click()
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(window, { seen })
    new MutationObserver(() => seen.add(document.querySelector('h1')?.textContent ?? '')).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
    })
  })
  await page.getByRole('link', { name: 'Again to it' }).click()
  await expect(page.getByRole('heading', { name: 'Renamed by an agent', level: 1 })).toBeVisible()
  expect(await page.evaluate(() => [...(Reflect.get(window, 'seen') as Set<string>)])).not.toContain('Again to it')
})
