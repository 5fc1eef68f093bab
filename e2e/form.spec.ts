import type { Page } from '@playwright/test'
import { agent, row } from './plan'
import { expect, test } from './test'

const title = (page: Page, number: number) => page.getByLabel(`Title of checkpoint ${number}`, { exact: true })
const waits = (page: Page, number: number) => page.getByRole('textbox', { name: 'Waits for' }).nth(number - 1)
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const notice = (page: Page) => page.getByRole('status').filter({ hasText: 'Undo' })

async function fill(page: Page, ...rows: [title: string, waits: string][]) {
  await page.getByLabel('Title', { exact: true }).fill('Ship it')
  for (const [index, [text, depends_on]] of rows.entries()) {
    await title(page, index + 1).fill(text)
    if (depends_on) await waits(page, index + 1).fill(depends_on)
  }
}

test.beforeEach(async ({ page, request, key }) => {
  const { project_id } = await agent(request, key).makeProject('Form')
  await page.goto(`/p/${project_id}/new`)
})

test('moving or removing a checkpoint says who no longer waits for whom, and gives it back', async ({ page }) => {
  await fill(page, ['Design', ''], ['Build', '1'], ['Tests', '2, 1'], ['Deploy', '3'])

  await press(page, 'Move checkpoint 2 up')
  await expect(notice(page)).toContainText('"Build" no longer waits for "Design", which now comes after it.')
  await expect(title(page, 1)).toHaveValue('Build')
  await press(page, 'Undo')
  await expect(title(page, 2)).toHaveValue('Build')
  await expect(title(page, 2)).toBeFocused()
  await expect(waits(page, 2)).toHaveValue('1')
  await expect(notice(page)).toHaveCount(0)

  await press(page, 'Remove checkpoint 3')
  await expect(notice(page)).toContainText('"Tests" is removed. "Deploy" no longer waits for it.')
  await expect(page.getByRole('button', { name: 'Remove checkpoint 3', exact: true })).toBeFocused()
  await title(page, 3).fill('Deploy to production')
  await press(page, 'Undo')
  await expect(title(page, 3)).toHaveValue('Tests')
  await expect(waits(page, 3)).toHaveValue('2, 1')
  await expect(title(page, 4)).toHaveValue('Deploy to production')
  await expect(waits(page, 4)).toHaveValue('3')
})

test('the focus stays on the arrow that moves a checkpoint', async ({ page }) => {
  await fill(page, ['Design', ''], ['Build', ''], ['Tests', ''])
  await page.getByRole('button', { name: 'Move checkpoint 3 up', exact: true }).focus()
  for (const number of [2, 1, 1]) {
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: `Move checkpoint ${number} up`, exact: true })).toBeFocused()
    await expect(title(page, number)).toHaveValue('Tests')
  }
  await page.getByRole('button', { name: 'Move checkpoint 1 down', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Move checkpoint 2 down', exact: true })).toBeFocused()
})

for (const [where, focus] of [
  ['the description', (page: Page) => page.getByLabel('Description').focus()],
  ['a title', (page: Page) => title(page, 1).focus()],
  ['a chip', (page: Page) => page.getByRole('button', { name: '1 Design' }).first().focus()],
  ['a checkbox', (page: Page) => page.getByRole('checkbox').first().focus()],
] as const) {
  test(`Ctrl Enter creates the milestone from ${where}`, async ({ page }) => {
    await fill(page, ['Design', ''], ['Build', '1'])
    await focus(page)
    await page.keyboard.press('Control+Enter')
    await expect(page.getByRole('heading', { name: 'Ship it', level: 1 })).toBeVisible()
    await expect(row(page, 'Build')).toContainText('1 Design')
  })
}

test('a refusal names the wrong field by the number on screen, leads to it, and puts the focus there', async ({ page }) => {
  await fill(page, ['Design', ''], ['', ''], ['Build', '1'], ['', '3'])
  await press(page, 'Add a checkpoint')
  await waits(page, 5).fill('1')
  await press(page, 'Create milestone')

  // The blank row went to the end, where it does not count.
  await expect(title(page, 2)).toHaveValue('Build')
  await expect(title(page, 3)).toBeFocused()
  await expect(title(page, 3)).toHaveAttribute('aria-invalid', 'true')
  await expect(title(page, 3)).toHaveAccessibleDescription('It is empty.')
  await expect(waits(page, 3)).toHaveValue('2')
  await expect(page.locator('[aria-invalid]')).toHaveCount(2)
  const summary = page.getByRole('alert').filter({ hasText: 'was not created' })
  await expect(summary.getByRole('link')).toHaveText(['The title of checkpoint 3 is empty.', 'The title of checkpoint 4 is empty.'])
  await summary.getByRole('link').last().click()
  await expect(title(page, 4)).toBeFocused()

  await title(page, 3).fill('Tests')
  await title(page, 4).fill('Deploy')
  await waits(page, 4).fill('1, 9')
  await press(page, 'Create milestone')
  await expect(waits(page, 4)).toBeFocused()
  await expect(summary.getByRole('link')).toHaveText([/^Checkpoint 4 cannot depend on 9/])

  // The mark goes with its row.
  await press(page, 'Move checkpoint 4 up')
  await expect(waits(page, 3)).toHaveAttribute('aria-invalid', 'true')
  await waits(page, 3).fill('01')
  await press(page, 'Create milestone')
  await expect(waits(page, 3)).toHaveAccessibleDescription(/cannot depend on 01/)
})

test('a row for which another waits is refused as empty, and nothing else is waited for instead', async ({ page }) => {
  await fill(page, ['Design', ''], ['', ''], ['Build', '2'])
  await press(page, 'Create milestone')
  await expect(title(page, 2)).toBeFocused()
  await expect(page.getByRole('link', { name: 'The title of checkpoint 2 is empty.' })).toBeVisible()
})

test('typing in one of very many checkpoints draws only the rows that show it', async ({ page }) => {
  await page.goto(`${page.url()}?rows=200`)
  await expect(title(page, 200)).toBeVisible()
  await title(page, 100).fill('Build')
  await page.evaluate(() => {
    const changed = new Set<Element>()
    new MutationObserver((records) => {
      for (const { target } of records) {
        const item = target instanceof Element ? target.closest('li') : target.parentElement?.closest('li')
        if (item) changed.add(item)
      }
    }).observe(document.querySelector('form ol') ?? document, { subtree: true, childList: true, attributes: true, characterData: true })
    Object.assign(window, { changed })
  })
  await title(page, 100).pressSequentially(' it')
  await expect(
    page
      .getByRole('listitem')
      .filter({ has: title(page, 101) })
      .getByRole('button', { name: '100 Build it' }),
  ).toBeVisible()
  expect(await page.evaluate(() => Reflect.get(window, 'changed').size)).toBeLessThan(20)
})
