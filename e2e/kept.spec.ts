import type { Page } from '@playwright/test'
import { agent, CHAIN, row } from './plan'
import { comeBack, expect, test, withoutFailedLoads } from './test'

const drawer = (page: Page) => page.locator('#drawer')
const question = (page: Page) => page.getByRole('alertdialog', { name: 'Discard what you entered?' })
const said = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text)

/** Opens the page of a checkpoint, and waits for its script. */
async function open(page: Page, address: string) {
  await page.goto(address)
  await expect(page.getByRole('region', { name: 'Activity' }).getByRole('listitem').first()).toBeVisible()
}

/** Holds the next action back until it is let go. */
async function holdNext(page: Page) {
  let release = () => {}
  let arrived = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const there = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let held = false
  await page.route('**/*', async (route) => {
    if (held || !route.request().headers()['next-action']) return route.fallback()
    held = true
    arrived()
    await gate
    await route.continue()
  })
  return { there, release }
}

test.describe('what was typed into a form stays, although someone meanwhile', () => {
  test('completed its checkpoint', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Kept'), 'Kept', CHAIN)
    await open(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
    await drawer(page).getByText('Edit', { exact: true }).click()
    await drawer(page).getByLabel('Description').fill('Typed with care')
    await bot.complete(milestone_id, 1)
    await comeBack(page)
    await expect(drawer(page)).toContainText('Done by')
    await expect(drawer(page).getByLabel('Description')).toHaveValue('Typed with care')
    await drawer(page).getByRole('button', { name: 'Save changes' }).click()
    await expect(drawer(page).getByRole('alert')).toBeVisible()
    await expect(drawer(page).getByLabel('Description')).toHaveValue('Typed with care')
  })

  test('reopened its checkpoint', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Kept'), 'Kept', CHAIN)
    await bot.complete(milestone_id, 1)
    await open(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
    await drawer(page).getByText('Reopen', { exact: true }).first().click()
    await drawer(page).getByLabel('Why are you reopening it?').fill('Typed with care')
    await bot.reopen(milestone_id, 1)
    await comeBack(page)
    await expect(drawer(page)).toContainText('nothing blocks it')
    await expect(drawer(page).getByLabel('Why are you reopening it?')).toHaveValue('Typed with care')
  })

  test('deleted its checkpoint', async ({ page, request, key, complaints }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Kept'), 'Kept', CHAIN)
    await open(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
    await drawer(page).getByText('Add a note').click()
    await drawer(page).getByLabel('Note').fill('Typed with care')
    await request.delete(`/api/milestones/${milestone_id}/checkpoints/4`, { headers: { authorization: `Bearer ${key}` } })
    await comeBack(page)
    await expect(row(page, 'Deployed to production')).toHaveCount(0)
    await expect(drawer(page).getByLabel('Note')).toHaveValue('Typed with care')
    withoutFailedLoads(complaints)
  })

  test('set the git link that was being typed', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Kept'), 'Kept', CHAIN)
    await open(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
    await drawer(page).getByLabel('PR URL').fill('https://github.com/a/b/pull/1')
    await bot.done('patch', `/milestones/${milestone_id}/checkpoints/1`, { git_pr_url: 'https://github.com/a/b/pull/2' })
    await comeBack(page)
    await expect(row(page, 'Design approved').locator('a[href$="/pull/2"]')).toBeVisible()
    await expect(drawer(page).getByLabel('PR URL')).toHaveValue('https://github.com/a/b/pull/1')
  })

  test('completed the last checkpoint of its milestone', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id } = await bot.plan(await bot.makeProject('Kept'), 'Kept', [{ title: 'Only' }])
    await page.goto(`/m/${milestone_id}`)
    await page.getByText('Edit milestone').click()
    await page.getByRole('textbox', { name: 'Description' }).first().fill('Typed with care')
    await bot.complete(milestone_id, 1)
    await comeBack(page)
    await expect(row(page, 'Only')).toContainText('Done')
    await expect(page.getByRole('textbox', { name: 'Description' }).first()).toHaveValue('Typed with care')
  })

  test('archived the project', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, project_id } = await bot.plan(await bot.makeProject('Kept'), 'Kept', CHAIN)
    await page.goto(`/m/${milestone_id}`)
    await page.getByText('Add a checkpoint', { exact: true }).click()
    const form = page.getByRole('region', { name: 'Add a checkpoint' })
    await form.getByLabel('Title', { exact: true }).fill('Typed with care')
    await bot.done('post', `/projects/${project_id}/archive`)
    const read = page.waitForResponse('**/graph')
    await comeBack(page)
    await read
    await page.waitForTimeout(300)
    await expect(form.getByLabel('Title', { exact: true })).toHaveValue('Typed with care')
  })
})

test.describe('what is typed while a form is under way', () => {
  test('is kept in a note, and is unsent', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Late'), 'Late', CHAIN)
    await open(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
    await drawer(page).getByText('Add a note').click()
    const note = drawer(page).getByRole('textbox', { name: 'Note' })
    await note.fill('Sent')
    const { there, release } = await holdNext(page)
    await drawer(page).getByRole('button', { name: 'Save the note' }).click()
    await there
    await note.fill('Sent, and typed since')
    release()
    await expect(said(page, /The note is saved\./)).toHaveCount(1)
    await expect(note).toHaveValue('Sent, and typed since')
    await drawer(page).getByRole('link', { name: 'Close' }).click()
    await expect(question(page)).toBeVisible()
    await question(page).getByRole('button', { name: 'Keep editing' }).click()
    await drawer(page).getByRole('button', { name: 'Save the note' }).click()
    await expect(note).toBeHidden()
    const { checkpoints: after } = await bot.done('get', `/milestones/${milestone_id}`)
    expect(after[0].note).toBe('Sent, and typed since')
  })

  test('is kept in a new milestone, which does not go away with it', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { group, project_id } = await bot.makeProject('Late')
    await page.goto(`/p/${project_id}/new`)
    await page.getByLabel('Title', { exact: true }).fill('Sent')
    await page.getByLabel('Title of checkpoint 1').fill('First')
    const { there, release } = await holdNext(page)
    await page.getByRole('button', { name: 'Create milestone' }).click()
    await there
    await page.getByLabel('Description').fill('Typed since')
    release()
    await expect(said(page, /The milestone Sent is created\./)).toHaveCount(1)
    await expect(page.getByRole('link', { name: 'Open the milestone' })).toBeVisible()
    await expect(page.getByLabel('Description')).toHaveValue('Typed since')
    await expect(page).toHaveURL(/new$/)
    // It is created once, however the form is sent.
    await expect(page.getByRole('button', { name: 'Create milestone' })).toHaveCount(0)
    await page.getByLabel('Description').press('Control+Enter')
    await page.waitForLoadState('networkidle')
    const { milestones } = await bot.done('get', `/groups/${group}/milestones`)
    expect(milestones).toHaveLength(1)
  })
})

test('the way to a page follows when its milestone is renamed, here or elsewhere', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Named'), 'Old name', CHAIN)
  await page.goto(`/m/${milestone_id}`)
  await page.getByText('Edit milestone').click()
  await page.getByRole('textbox', { name: 'Title' }).first().fill('New name')
  await page.getByRole('button', { name: 'Save changes', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'New name', level: 1 })).toBeFocused()
  const crumbs = page.getByRole('navigation', { name: 'Breadcrumb' })
  await expect(crumbs).toContainText('New name')
  await bot.done('patch', `/milestones/${milestone_id}`, { title: 'Third name' })
  await comeBack(page)
  await expect(page.getByRole('heading', { name: 'Third name', level: 1 })).toBeVisible()
  await expect(crumbs).toContainText('Third name')
})

test('a form in a linked drawer asks nothing once a change is taken back', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Back'), 'Back', CHAIN)
  await open(page, `/m/${milestone_id}?cp=${checkpoints[1]}`)
  await drawer(page).getByText('Edit', { exact: true }).click()
  await drawer(page).getByLabel('Title').fill('Other')
  await drawer(page).getByLabel('Title').fill('Implementation complete')
  await drawer(page).getByRole('link', { name: 'Close' }).click()
  await expect(drawer(page)).toHaveCount(0)
})

test('a dependency that is taken back asks nothing', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Back'), 'Back', CHAIN)
  await open(page, `/m/${milestone_id}?cp=${checkpoints[1]}`)
  await drawer(page).getByText('Edit', { exact: true }).click()
  await drawer(page)
    .getByRole('button', { name: /^1 .*remove/ })
    .click()
  await drawer(page)
    .getByRole('button', { name: /^1 .*add/ })
    .click()
  await drawer(page).getByRole('link', { name: 'Close' }).click()
  await expect(drawer(page)).toHaveCount(0)
})

test('on a phone, where the graph of a milestone is hidden, nothing complains', async ({ page, request, key }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Phone'), 'Phone', CHAIN)
  await open(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
  await bot.complete(milestone_id, 1)
  await comeBack(page)
  await drawer(page).getByRole('link', { name: 'Close' }).click()
  await expect(row(page, 'Design approved')).toContainText('Done')
  await row(page, 'Implementation complete').getByRole('link', { name: 'Implementation complete' }).click()
  await expect(drawer(page).getByRole('heading', { name: 'Implementation complete' })).toBeFocused()
  await drawer(page).getByRole('button', { name: 'Complete' }).click()
  await expect(said(page, /is done/)).toBeVisible()
  await page.setViewportSize({ width: 1200, height: 844 })
  await expect(page.getByRole('region', { name: 'Graph' }).getByRole('link').first()).toBeInViewport()
})

test('a refused conflict gets the focus, and asks nothing once it is settled', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Settled'), 'Settled', CHAIN)
  await open(page, `/m/${milestone_id}?cp=${checkpoints[2]}`)
  await drawer(page).getByText('Edit', { exact: true }).click()
  await drawer(page)
    .getByRole('button', { name: /^1 .*add/ })
    .click()
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/3`, { depends_on: [] })
  await drawer(page).getByRole('button', { name: 'Save changes' }).click()
  await expect(drawer(page).getByRole('alert')).toBeFocused()
  await drawer(page).getByRole('button', { name: 'Use what it waits for now' }).click()
  await expect(drawer(page).getByRole('textbox', { name: 'Waits for' })).toBeFocused()
  await drawer(page).getByRole('link', { name: 'Close' }).click()
  await expect(drawer(page)).toHaveCount(0)
})

test('changing a git link and giving it up keeps the focus', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Focus'), 'Focus', [
    { title: 'One', git_pr_url: 'https://github.com/a/b/pull/1' },
  ])
  await open(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  await page.getByRole('button', { name: 'Edit the pull request link' }).click()
  await expect(drawer(page).getByLabel('PR URL')).toBeFocused()
  await drawer(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Edit the pull request link' })).toBeFocused()
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a reopening that has to be confirmed keeps its reason', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Posted'), 'Posted', CHAIN)
    await bot.complete(milestone_id, 1)
    await bot.complete(milestone_id, 2)
    await page.goto(`/m/${milestone_id}?cp=${checkpoints[0]}`)
    await drawer(page).locator('summary').filter({ hasText: 'Reopen' }).click()
    await drawer(page).getByLabel('Why are you reopening it?').fill('Typed with care')
    await drawer(page)
      .getByRole('button', { name: /^Reopen/ })
      .click()
    await expect(drawer(page).getByLabel('Why are you reopening it?')).toHaveValue('Typed with care')
  })

  test('a refused deletion of a milestone is told in sight', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id } = await bot.plan(await bot.makeProject('Posted'), 'Posted', CHAIN)
    await page.goto(`/m/${milestone_id}`)
    await page.getByText('Edit milestone').click()
    await bot.complete(milestone_id, 1)
    await page.getByRole('button', { name: 'Delete milestone' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
  })

  test('a refused step of a project is told in sight', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { project_id } = await bot.makeProject('Posted')
    await page.goto(`/p/${project_id}`)
    await page.getByRole('button', { name: 'More actions for this project' }).click()
    await bot.done('post', `/projects/${project_id}/archive`)
    await page.getByRole('button', { name: /Complete the project/ }).click()
    await expect(page.getByRole('alert')).toBeVisible()
  })
})

test.describe('a form that the browser posted before the script was there, and that came back refused', () => {
  test.use({ waitsForScripts: false })

  test('is left only after a question', async ({ page, request, key, complaints }) => {
    const bot = agent(request, key)
    const { milestone_id } = await bot.plan(await bot.makeProject('Early'), 'Early', CHAIN)
    let withScripts = false
    await page.route('**/*.js', (route) => (withScripts ? route.continue() : route.abort()))
    await page.goto(`/m/${milestone_id}`)
    const form = page.getByRole('region', { name: 'Add a checkpoint' })
    await form.locator('summary').click()
    await form.getByLabel('Title', { exact: true }).fill('Typed with care')
    await form.getByRole('textbox', { name: 'Waits for' }).fill('99')
    withScripts = true
    await form.getByRole('button', { name: 'Add checkpoint' }).click()
    await expect(form.getByRole('alert').first()).toBeVisible()
    await page.waitForLoadState('networkidle')
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).click()
    await expect(question(page)).toBeVisible()
    withoutFailedLoads(complaints)
  })

  test('asks nothing if nothing was entered in it', async ({ page, request, key, complaints }) => {
    const bot = agent(request, key)
    const { milestone_id } = await bot.plan(await bot.makeProject('Early'), 'Early', CHAIN)
    let withScripts = false
    await page.route('**/*.js', (route) => (withScripts ? route.continue() : route.abort()))
    await page.goto(`/m/${milestone_id}`)
    await page.getByText('Edit milestone').click()
    await bot.complete(milestone_id, 1)
    withScripts = true
    await page.getByRole('button', { name: 'Delete milestone' }).click()
    await expect(page.getByRole('alert').first()).toBeVisible()
    await page.waitForLoadState('networkidle')
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).click()
    await expect(page).toHaveURL('/')
    withoutFailedLoads(complaints)
  })
})
