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
