import { agent, row } from './plan'
import { expect, test } from './test'

const OVERRIDE = '\u202e'
const HEBREW = 'אישור העיצוב 2'

test('[T3] what people write reads as it was written, beside numbers and other titles', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject(`Pro${OVERRIDE}ject`), `Mile${OVERRIDE}stone`, [
    { title: `Rev${OVERRIDE}ersed` },
    { title: HEBREW, depends_on: [1] },
    { title: 'After both', depends_on: [1, 2] },
  ])
  for (const path of [
    `/p/${project_id}`,
    `/p/${project_id}?view=list&cp=${checkpoints[2]}`,
    `/m/${milestone_id}?cp=${checkpoints[1]}`,
    '/',
  ]) {
    await page.goto(path)
    await expect(page.getByRole('main')).toBeVisible()
    const shown = await page.evaluate(() => `${document.title} ${document.body.innerText}`)
    expect(shown, path).not.toContain(OVERRIDE)
    // A title of its own direction stands in an element of its own, so that the numbers around it stay where they are.
    const loose = await page.evaluate((title) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      const found: string[] = []
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const { parentElement } = text
        if (
          text.nodeValue?.includes(title) &&
          !/SCRIPT|TEXTAREA|OPTION/.test(parentElement?.tagName ?? '') &&
          parentElement?.dir !== 'auto'
        )
          found.push(parentElement?.outerHTML.slice(0, 200) ?? '')
      }
      return found
    }, HEBREW)
    expect(loose, path).toEqual([])
  }
  await page.goto(`/p/${project_id}?view=list&cp=${checkpoints[1]}`)
  await expect(page).toHaveTitle(`2 \u2068${HEBREW}\u2069 - Milestone - Cairn`)
  await expect(row(page, 'Reversed')).toBeVisible()
})

test('the rail has the names of the groups, and one finds the others', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const names = Array.from({ length: 15 }, (_, at) => `Rail ${String.fromCharCode(97 + at)} ${crypto.randomUUID().slice(0, 8)}`)
  for (const name of names) await bot.done('post', '/groups', { name })
  await page.goto('/')
  const rail = page.getByRole('navigation', { name: 'Main' })
  const hidden = names.at(-1) ?? ''
  await expect(rail.getByRole('link', { name: hidden })).toBeHidden()
  await rail.getByText(/\d+ more groups?/).click()
  await rail.getByRole('searchbox', { name: 'Find a group' }).fill(hidden.toUpperCase())
  await rail.getByRole('link', { name: hidden }).click()
  await expect(page.getByRole('heading', { name: hidden, level: 1 })).toBeVisible()
  await expect(rail.getByRole('link', { name: hidden })).toHaveAttribute('aria-current', 'page')
})

test('projects of the same name are told apart by their groups', async ({ page, request, key }) => {
  const bot = agent(request, key)
  for (const name of ['Alpha', 'Beta']) {
    const { group_id } = await bot.done('post', '/groups', { name: `${name} team` })
    const { project_id } = await bot.done('post', `/groups/${group_id}/milestones`, { title: 'Default', checkpoints: [{ title: 'One' }] })
    await page.goto(`/p/${project_id}`)
    await expect(page).toHaveTitle(`General - ${name} team - Cairn`)
    await expect(page.getByRole('navigation', { name: 'Breadcrumb' })).toContainText(`${name} team`)
    await page.goto('/')
    await expect(
      page
        .getByRole('listitem')
        .filter({ hasText: `${name} team` })
        .filter({ has: page.getByRole('link', { name: 'General' }) }),
    ).not.toHaveCount(0)
  }
})
