import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { agent, CHAIN } from './plan'
import { expect, test } from './test'

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the main screens, ${theme}`, async ({ page, request, key, baseURL }) => {
    // Ten screens in one test.
    test.slow()
    const bot = agent(request, key)
    const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Access'), 'Access', CHAIN)
    await bot.complete(milestone_id, 1)
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])

    await expectClean(page, '/')
    await expectClean(page, '/?new=project')
    await expectClean(page, '/?new=group')
    await expectClean(page, `/p/${project_id}`)
    await expectClean(page, `/p/${project_id}?view=list`)
    await expectClean(page, `/p/${project_id}?view=list&cp=${checkpoints[2]}`)
    await expectClean(page, `/p/${project_id}/new`)
    await expectClean(page, `/m/${milestone_id}`)
    await expectClean(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
    await expectClean(page, '/sign-in')
  })
}

async function expectClean(page: Page, path: string) {
  await page.goto(path)
  await expect(page.locator('#content')).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)
  expect(found, path).toEqual([])
}
