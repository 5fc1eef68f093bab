import type { Page } from '@playwright/test'
import { agent } from './plan'
import { expect, test } from './test'

/** What is on the clipboard, put into a field that a test adds. */
async function pasted(page: Page): Promise<string> {
  await page.evaluate(() => {
    const field = document.createElement('textarea')
    field.id = 'pasted'
    document.body.append(field)
    field.focus()
  })
  await page.keyboard.press('ControlOrMeta+V')
  return page.locator('#pasted').inputValue()
}

test.beforeEach(async ({ page }) => {
  // As in a page that came over http from another machine.
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
})

test('a page that has no clipboard of its own copies all the same', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, project_id } = await bot.plan(await bot.makeProject('Copied'), 'Copied', [{ title: 'One' }])
  await page.goto(`/m/${milestone_id}`)
  await page.waitForLoadState('networkidle')
  const button = page.getByRole('button', { name: "Copy the milestone's id" })
  await button.click()
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1)
  await expect(button).toBeFocused()
  expect(await pasted(page)).toBe(milestone_id)

  await page.goto(`/p/${project_id}/instructions`)
  await page.waitForLoadState('networkidle')
  await page.getByRole('button', { name: 'Copy the instructions' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1)
  expect(await pasted(page)).toContain('## Cairn')
})

test('a browser that copies nothing is said to, with what to do instead', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Refused'), 'Refused', [{ title: 'One' }])
  await page.addInitScript(() => {
    document.execCommand = () => false
  })
  await page.goto(`/m/${milestone_id}`)
  await page.waitForLoadState('networkidle')
  await page.getByRole('button', { name: "Copy the milestone's id" }).click()
  await expect(page.getByRole('status').filter({ hasText: 'did not allow copying. Select the text and copy it by hand.' })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(0)
})
