import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

test.use({ viewport: { width: 390, height: 844 } })

test('on a phone nothing scrolls sideways, and a project opens as a list', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Pocket'), 'Pocket', [
    ...CHAIN,
    {
      title:
        'A title that is as long as titles become when someone writes a whole sentence into the field, with averylongwordwithoutanybreaks',
    },
  ])
  for (const path of [
    '/',
    '/?new=project',
    `/p/${project_id}`,
    `/p/${project_id}?view=graph`,
    `/p/${project_id}?cp=${checkpoints[2]}`,
    `/p/${project_id}/new`,
    `/m/${milestone_id}`,
    '/sign-in',
  ]) {
    await page.goto(path)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow, path).toBeLessThanOrEqual(0)
  }
  await page.goto(`/p/${project_id}`)
  await expect(row(page, 'Design approved')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Graph' })).toBeHidden()
})

test('on a phone the menu leads to a group and gets out of the way', async ({ page, request, key }) => {
  const { group } = await agent(request, key).makeProject('Menu')
  await page.goto('/')
  await page.getByRole('button', { name: 'Menu' }).click()
  const menu = page.getByRole('navigation', { name: 'Menu' })
  // Other tests make groups too, so that this one may be among those that are not in sight.
  const others = menu.getByText(/\d+ more groups?/)
  if (await others.isVisible()) {
    await others.click()
    await menu.getByRole('searchbox', { name: 'Find a group' }).fill(group)
  }
  await menu.getByRole('link', { name: group }).click()
  await expect(page.getByRole('heading', { name: group })).toBeVisible()
  await expect(menu).toBeHidden()
})
