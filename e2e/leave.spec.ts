import type { Page } from '@playwright/test'
import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

const question = (page: Page) => page.getByRole('alertdialog', { name: 'Discard what you entered?' })
const keep = (page: Page) => question(page).getByRole('button', { name: 'Keep editing' }).click()
const discard = (page: Page) => question(page).getByRole('button', { name: 'Discard' }).click()

/** Presses Back, and does not wait for a page to come. */
const back = (page: Page) => page.goBack({ timeout: 1_000 }).catch(() => null)

test.describe('a filled form', () => {
  let from: string

  test.beforeEach(async ({ page, request, key }) => {
    const { project_id } = await agent(request, key).makeProject('Leave')
    from = `/p/${project_id}`
    await page.goto(from)
    await page.getByRole('link', { name: 'New milestone' }).click()
    await expect(page).toHaveURL(`${from}/new`)
    await page.getByLabel('Title of checkpoint 1').fill('Typed with care')
  })

  test('is left by a link only after a question, and keeps what was typed', async ({ page }) => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).click()
    await expect(question(page).getByRole('button', { name: 'Keep editing' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(question(page)).toBeHidden()
    await expect(page.getByLabel('Title of checkpoint 1')).toHaveValue('Typed with care')

    await page.getByRole('link', { name: 'Cancel' }).click()
    await discard(page)
    await expect(page).toHaveURL(from)
  })

  test('is left by Back only after a question', async ({ page }) => {
    await back(page)
    await expect(question(page)).toBeVisible()
    await expect(page).toHaveURL(`${from}/new`)
    await keep(page)
    await expect(page.getByLabel('Title of checkpoint 1')).toHaveValue('Typed with care')
    await back(page)
    await discard(page)
    await expect(page).toHaveURL(from)
    await expect(page.getByRole('heading', { name: 'Leave', level: 1 })).toBeVisible()
  })

  test('is reloaded only after the question of the browser', async ({ page }) => {
    const asked = page.waitForEvent('dialog')
    const reloaded = page.reload().catch(() => null)
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.accept()
    await reloaded
    await expect(page.getByLabel('Title of checkpoint 1')).toHaveValue('')
  })

  test('is left without a question where nothing is in it, or what was in it was taken out', async ({ page }) => {
    await page.getByLabel('Title of checkpoint 1').fill('')
    await page.getByRole('button', { name: 'Add a checkpoint' }).click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await expect(page).toHaveURL(from)
  })

  test('asks nothing after it was saved', async ({ page }) => {
    await page.getByLabel('Title', { exact: true }).fill('Saved')
    await page.getByRole('button', { name: 'Create milestone' }).click()
    await expect(page.getByRole('heading', { name: 'Saved', level: 1 })).toBeVisible()
    await page.goBack()
    await expect(page).toHaveURL(`${from}/new`)
  })
})

test.describe('a changed field of the drawer', () => {
  let checkpoints: string[]

  test.beforeEach(async ({ page, request, key }) => {
    const bot = agent(request, key)
    const planned = await bot.plan(await bot.makeProject('Drawer'), 'Drawer', CHAIN)
    checkpoints = planned.checkpoints
    await page.goto(`/p/${planned.project_id}?view=list&cp=${checkpoints[0]}`)
    await page.locator('#drawer').getByText('Add a note').click()
    await page.getByRole('textbox', { name: 'Note' }).fill('Typed with care')
  })

  test('is left by the first Escape, and closed by the second one only after a question', async ({ page }) => {
    await page.keyboard.press('Escape')
    await expect(page.locator('#drawer summary').filter({ hasText: 'Add a note' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(question(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(question(page)).toBeHidden()
    await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('Typed with care')
    await page.keyboard.press('Escape')
    await discard(page)
    await expect(page.locator('#drawer')).toHaveCount(0)
    await expect(row(page, 'Design approved').getByRole('link', { name: 'Design approved' })).toBeFocused()
  })

  test('is not lost to another checkpoint or to Close without a question, and is to nothing else', async ({ page }) => {
    const drawer = page.locator('#drawer')
    await row(page, 'Tests passing').getByRole('link', { name: 'Tests passing' }).click()
    await keep(page)
    await row(page, 'Tests passing').click()
    await keep(page)
    await drawer.getByRole('link', { name: 'Close' }).click()
    await keep(page)

    await page.getByRole('link', { name: 'Graph', exact: true }).click()
    await expect(page).toHaveURL(/view=graph/)
    await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('Typed with care')
    await page
      .getByRole('region', { name: 'Graph' })
      .getByRole('link', { name: /^Checkpoint 2, / })
      .click()
    await discard(page)
    await expect(drawer.getByRole('heading', { name: 'Implementation complete' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(drawer).toHaveCount(0)
  })

  test('asks nothing after it was saved', async ({ page }) => {
    await page.getByRole('button', { name: 'Save the note' }).click()
    await expect(page.locator('#drawer')).toContainText('Edit the note')
    await row(page, 'Tests passing').getByRole('link', { name: 'Tests passing' }).click()
    await expect(page.locator('#drawer').getByRole('heading', { name: 'Tests passing' })).toBeVisible()
  })

  test('asks nothing after its checkpoint was deleted', async ({ page }) => {
    await row(page, 'Deployed to production').getByRole('link', { name: 'Deployed to production' }).click()
    await discard(page)
    await page.locator('#drawer').getByText('Add a note').click()
    await page.getByRole('textbox', { name: 'Note' }).fill('Typed with care')
    await page.locator('#drawer').getByText('Delete', { exact: true }).click()
    await page
      .locator('#drawer')
      .getByRole('button', { name: /Delete/ })
      .click()
    await expect(page.locator('#drawer')).toHaveCount(0)
    await expect(row(page, 'Deployed to production')).toHaveCount(0)
  })
})

test('a folded form with something unsent is shown when one is asked about it, and a panel with it does not fold', async ({
  page,
  request,
  key,
}) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Folded'), 'Folded', CHAIN)
  await page.goto(`/m/${milestone_id}`)
  await page.waitForLoadState('networkidle')
  await page.getByText('Edit milestone').click()
  const description = page.getByRole('textbox', { name: 'Description' }).first()
  await description.fill('Typed with care')
  await page.getByRole('heading', { name: 'Folded', level: 1 }).click()
  await expect(description).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(description).toBeHidden()

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).click()
  await keep(page)
  await expect(description).toBeVisible()
  await expect(description).toHaveValue('Typed with care')
})
