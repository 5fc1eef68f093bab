import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { agent, CHAIN, row } from './plan'
import { expect, test } from './test'

type Agent = ReturnType<typeof agent>

/** What a checkpoint waits for, by titles: these stay the same whatever the numbers are. */
async function titlesBefore(bot: Agent, milestone_id: string, title: string): Promise<string[]> {
  const { checkpoints } = await bot.done('get', `/milestones/${milestone_id}`)
  const { depends_on } = checkpoints.find((checkpoint: { title: string }) => checkpoint.title === title)
  return depends_on.map((ref: number | string) => (typeof ref === 'number' ? checkpoints[ref - 1].title : ref))
}

const insertFirst = (bot: Agent, milestone_id: string, title: string) =>
  bot.done('post', `/milestones/${milestone_id}/checkpoints`, { title, position: 1 })

async function openEdit(page: Page, path: string) {
  await page.goto(path)
  await page.locator('#drawer').getByText('Edit', { exact: true }).click()
  return editForm(page)
}

const editForm = (page: Page) => page.locator('#drawer form').filter({ has: page.getByLabel('Description') })

/** What a browser does when someone comes back to its window: the plan is read again. */
const comeBack = (page: Page) => page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))

const PLAN = [{ title: 'Design' }, { title: 'Build' }, { title: 'Docs' }, { title: 'Ship', depends_on: [1, 2] }]

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'before JavaScript', () => {
    test.use({ javaScriptEnabled })

    test('[D4] a new title leaves the dependencies as they are, although a checkpoint was inserted meanwhile', async ({
      page,
      request,
      key,
    }) => {
      const bot = agent(request, key)
      const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Title'), 'Title', PLAN)
      const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
      await insertFirst(bot, milestone_id, 'Inserted')
      await form.getByLabel('Title').fill('Ship it')
      await form.getByRole('button', { name: 'Save changes' }).click()
      await expect(page.getByRole('heading', { name: 'Ship it' })).toBeVisible()
      expect(await titlesBefore(bot, milestone_id, 'Ship it')).toEqual(['Design', 'Build'])
    })

    test('a new title keeps a dependency that was added meanwhile', async ({ page, request, key }) => {
      const bot = agent(request, key)
      const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Added'), 'Added', PLAN)
      const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
      await bot.done('patch', `/milestones/${milestone_id}/checkpoints/4`, { depends_on: [1, 2, 3] })
      await form.getByLabel('Title').fill('Ship it')
      await form.getByRole('button', { name: 'Save changes' }).click()
      await expect(page.getByRole('heading', { name: 'Ship it' })).toBeVisible()
      expect(await titlesBefore(bot, milestone_id, 'Ship it')).toEqual(['Design', 'Build', 'Docs'])
    })
  })
}

test('dependencies that others changed meanwhile are shown beside what was chosen, and either can be taken', async ({
  page,
  request,
  key,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Both')
  const other = await bot.plan(project, 'Other', [{ title: 'Elsewhere' }])
  const elsewhere = `${other.milestone_id}:1`
  const { milestone_id, checkpoints } = await bot.plan(project, 'Both', [
    ...PLAN.slice(0, 3),
    { title: 'Ship', depends_on: [1, 2, elsewhere] },
  ])
  const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
  await form.getByRole('button', { name: '2 Build' }).click()
  await insertFirst(bot, milestone_id, 'Inserted')
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/${checkpoints[3]}`, { depends_on: checkpoints.slice(0, 3) })
  await form.getByRole('button', { name: 'Save changes' }).click()

  const both = form.getByRole('alert')
  await expect(both).toContainText('Now it waits for: 2 Design, 3 Build and 4 Docs')
  await expect(both).toContainText('You chose: 2 Design and Other · 1 Elsewhere')
  expect(await titlesBefore(bot, milestone_id, 'Ship')).toEqual(['Design', 'Build', 'Docs'])

  await both.getByRole('button', { name: 'Save what I chose' }).click()
  await expect(page.getByRole('heading', { name: 'Ship' })).toBeFocused()
  await expect(form).toBeHidden()
  expect(await titlesBefore(bot, milestone_id, 'Ship')).toEqual(['Design', elsewhere])

  await page.locator('#drawer').getByText('Edit', { exact: true }).click()
  await form.getByRole('button', { name: '4 Docs' }).click()
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/${checkpoints[3]}`, { depends_on: [checkpoints[1]] })
  await comeBack(page)
  await expect(both).toContainText('Now it waits for: 3 Build')
  await both.getByRole('button', { name: 'Use what it waits for now' }).click()
  await expect(both).toBeHidden()
  await expect(form.getByRole('button', { name: '3 Build, remove' })).toBeVisible()
  await expect(form.getByRole('button', { name: '4 Docs, add' })).toBeVisible()
})

test('typed numbers and references become chips, which mean the same checkpoint after numbers have moved', async ({
  page,
  request,
  key,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Typed')
  const other = await bot.plan(project, 'Other', [{ title: 'Elsewhere' }])
  const { milestone_id, checkpoints } = await bot.plan(project, 'Typed', PLAN)
  const form = await openEdit(page, `/p/${project.project_id}?view=list&cp=${checkpoints[3]}`)
  const waits = form.getByRole('textbox', { name: 'Waits for' })
  await waits.pressSequentially(`3,${other.milestone_id}:1`)
  await waits.press('Enter')
  await waits.pressSequentially('99')
  await waits.blur()
  await expect(form.getByRole('button', { name: '3 Docs, remove' })).toBeVisible()
  await expect(form.getByRole('button', { name: 'Other · 1 Elsewhere, remove' })).toBeVisible()
  await expect(waits).toHaveValue('99')

  await insertFirst(bot, milestone_id, 'Inserted')
  await comeBack(page)
  await expect(form.getByRole('button', { name: '4 Docs, remove' })).toBeVisible()
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(form.getByRole('alert')).toContainText('there is no such checkpoint')
  await waits.fill('')
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(form).toBeHidden()
  const { checkpoints: now } = await bot.done('get', `/milestones/${milestone_id}`)
  expect(now[4].depends_on).toEqual([2, 3, 4, `${other.milestone_id}:1`])
})

test('what is typed before the script is there is kept when it comes', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Early'), 'Early', PLAN)
  let release = () => {}
  const typed = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/_next\/static\/.*\.js/, async (route) => {
    await typed
    await route.continue()
  })
  await page.goto(`/m/${milestone_id}?cp=${checkpoints[3]}`, { waitUntil: 'commit' })
  await page.locator('#drawer').getByText('Edit', { exact: true }).click()
  const form = editForm(page)
  const waits = form.getByRole('textbox', { name: 'Waits for' })
  await expect(waits).toHaveValue('1, 2')
  await form.getByLabel('Title').fill('Ship it')
  await waits.fill('1, 3')
  release()
  await expect(form.getByRole('button', { name: '3 Docs, remove' })).toBeVisible()
  await expect(form.getByRole('button', { name: '2 Build, add' })).toBeVisible()
  await expect(waits).toHaveValue('')
  await expect(form.getByLabel('Title')).toHaveValue('Ship it')
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { name: 'Ship it' })).toBeVisible()
  expect(await titlesBefore(bot, milestone_id, 'Ship it')).toEqual(['Design', 'Docs'])
})

test('with the keyboard, an entry of the list counts when it is left, and not at each arrow', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const steps = Array.from({ length: 8 }, (_, at) => ({ title: `Step ${at + 1}` }))
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Long'), 'Long', steps)
  const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[7]}`)
  const chips = form.getByRole('group', { name: 'Waits for' }).getByRole('button')
  await expect(chips).toHaveText(['4Step 4', '5Step 5', '6Step 6', '7Step 7'])
  const list = form.getByRole('combobox', { name: 'Add another checkpoint' })
  await list.selectOption({ label: '1 Step 1' })
  await list.selectOption({ label: '2 Step 2' })
  await expect(chips).toHaveCount(4)
  await list.press('Tab')
  await expect(form.getByRole('button', { name: '2 Step 2, remove' })).toBeVisible()
  // Nothing is lost if the form is sent before the list is left.
  await list.selectOption({ label: '3 Step 3' })
  await form.getByRole('button', { name: 'Save changes' }).click()
  await expect(form).toBeHidden()
  expect(await titlesBefore(bot, milestone_id, 'Step 8')).toEqual(['Step 2', 'Step 3'])
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the open forms, ${theme}`, async ({ page, request, key, baseURL }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Access'), 'Access', PLAN)
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
    await page.getByText('Add a checkpoint', { exact: true }).click()
    await form.getByLabel('Title').fill('Ship to all')
    await form.getByRole('button', { name: '2 Build' }).click()
    await bot.done('patch', `/milestones/${milestone_id}/checkpoints/4`, { title: 'Ship to some', depends_on: [1, 2, 3] })
    await comeBack(page)
    await expect(form).toContainText('You chose: 1 Design')
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)).toEqual([])
  })
}

test('a cycle is told with the titles of its checkpoints, which are links', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Loop')
  const api = await bot.plan(project, 'API', [{ title: 'Schema' }, { title: 'Server', depends_on: [1] }])
  const web = await bot.plan(project, 'Web', [{ title: 'Client', depends_on: [`${api.milestone_id}:2`] }])
  const form = await openEdit(page, `/p/${project.project_id}?view=list&cp=${api.checkpoints[0]}`)
  await form.getByRole('textbox', { name: 'Waits for' }).fill(`${web.milestone_id}:1`)
  await form.getByLabel('Title').focus()
  await form.getByRole('button', { name: 'Save changes' }).click()
  const refusal = form.getByRole('alert')
  await expect(refusal).toContainText('loop')
  await expect(refusal.getByRole('link')).toHaveText(['1 Schema', 'Web · 1 Client', '2 Server'])
  await expect(refusal).not.toContainText('ms_')
  await refusal.getByRole('link', { name: 'Client' }).click()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.locator('#drawer').getByRole('heading', { name: 'Client' })).toBeVisible()
})

test('a text that others change meanwhile is taken over where nothing was typed, and told where something was', async ({
  page,
  request,
  key,
}) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Texts'), 'Texts', PLAN)
  const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
  await form.getByLabel('Title').fill('Ship to all')
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/4`, { title: 'Ship to some', description: 'Ask first' })
  await comeBack(page)
  await expect(form.getByLabel('Description')).toHaveValue('Ask first')
  await expect(form.getByLabel('Title')).toHaveValue('Ship to all')
  await expect(form).toContainText('Meanwhile, it was changed to “Ship to some”.')
  await form.getByRole('button', { name: 'Use this title' }).click()
  await expect(form.getByLabel('Title')).toHaveValue('Ship to some')
  await expect(form).not.toContainText('Meanwhile')

  await page.locator('#drawer').getByText('Add a note', { exact: true }).click()
  await page.getByLabel('Note', { exact: true }).fill('Mine')
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/4`, { note: 'Theirs' })
  await comeBack(page)
  await expect(page.locator('#drawer')).toContainText('Meanwhile, it was changed to “Theirs”.')
  await page.getByRole('button', { name: 'Save the note' }).click()
  await expect(page.locator('#drawer')).toContainText('Mine')

  await page.getByText('Edit milestone', { exact: true }).click()
  const edit = page.locator('details').filter({ has: page.getByRole('button', { name: 'Close milestone' }) })
  await edit.getByLabel('Description').fill('Why')
  await bot.done('patch', `/milestones/${milestone_id}`, { title: 'Renamed' })
  await edit.getByRole('button', { name: 'Save changes', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Renamed', level: 1 })).toBeVisible()
  expect(await bot.done('get', `/milestones/${milestone_id}`)).toMatchObject({ title: 'Renamed', description: 'Why' })
})

test('a checkpoint that is added goes before the one that was chosen, whatever its number is now', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Place'), 'Place', PLAN)
  await page.goto(`/m/${milestone_id}`)
  await page.getByText('Add a checkpoint', { exact: true }).click()
  const form = page.getByRole('region', { name: 'Add a checkpoint' }).locator('form')
  await form.getByLabel('Title').fill('Review')
  await form.getByLabel('Position').selectOption({ label: '3, before Docs' })
  await form.getByRole('button', { name: '2 Build' }).click()
  await insertFirst(bot, milestone_id, 'Inserted')
  await form.getByRole('button', { name: 'Add checkpoint' }).click()

  await expect(form.getByRole('alert')).toContainText('You chose number 3, before Docs. That is number 4 now.')
  await expect(form.getByLabel('Title')).toHaveValue('Review')
  await expect(form.getByRole('button', { name: '3 Build, remove' })).toBeVisible()
  await form.getByRole('button', { name: 'Add checkpoint' }).click()
  await expect(row(page, 'Review')).toContainText('3 Build')
  const { checkpoints } = await bot.done('get', `/milestones/${milestone_id}`)
  expect(checkpoints.map(({ title }: { title: string }) => title)).toEqual(['Inserted', 'Design', 'Build', 'Review', 'Docs', 'Ship'])
})

test('[D4] a new milestone waits for the checkpoint that was chosen elsewhere, whatever its number is now', async ({
  page,
  request,
  key,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Far')
  const other = await bot.plan(project, 'Other', [{ title: 'Elsewhere' }])
  await page.goto(`/p/${project.project_id}/new`)
  await page.getByLabel('Title', { exact: true }).fill('New')
  await page.getByLabel('Title of checkpoint 1').fill('One')
  await page.getByLabel('Title of checkpoint 2').fill('Two')
  const second = page.getByRole('group', { name: 'Checkpoints' }).getByRole('listitem').nth(1)
  await second.getByRole('combobox', { name: 'Add from another milestone' }).selectOption({ label: '1 Elsewhere' })
  await second.getByRole('combobox', { name: 'Add from another milestone' }).press('Tab')
  await second.getByRole('button', { name: '1 One, add' }).click()
  await expect(second.getByRole('button', { name: 'Other · 1 Elsewhere, remove' })).toBeVisible()
  await expect(second.getByRole('textbox', { name: 'Waits for' })).toHaveValue('1')

  await insertFirst(bot, other.milestone_id, 'Inserted')
  await page.getByRole('button', { name: 'Create milestone' }).click()
  await expect(page.getByRole('heading', { name: 'New', exact: true, level: 1 })).toBeVisible()
  const milestone_id = new URL(page.url()).pathname.split('/').at(-1)
  const { checkpoints } = await bot.done('get', `/milestones/${milestone_id}`)
  expect(checkpoints[1].depends_on).toEqual([1, `${other.milestone_id}:2`])
})

test('what is ready to paste means the checkpoint that was shown, after one was inserted', async ({ page, request, key, baseURL }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Paste'), 'Paste', [{ title: 'First' }, { title: 'Second' }])
  await page.goto(`/m/${milestone_id}?cp=${checkpoints[1]}`)
  const snippets = page.locator('#drawer pre')
  const url = /POST (\S+)/.exec((await snippets.filter({ hasText: 'curl' }).textContent()) ?? '')?.[1] ?? ''
  expect(url).toMatch(`${baseURL}/api/`)
  await expect(snippets.filter({ hasText: 'complete_checkpoint(' })).toContainText(`order="${checkpoints[1]}"`)
  await insertFirst(bot, milestone_id, 'Inserted')
  const answer = await request.post(url, { headers: { authorization: `Bearer ${key}` } })
  const { data } = await answer.json()
  const done = data.checkpoints.filter(({ status }: { status: string }) => status === 'completed')
  expect(done.map(({ title }: { title: string }) => title)).toEqual(['Second'])

  await page.reload()
  await expect(page.locator('#drawer').getByRole('heading', { name: 'Second' })).toBeVisible()
  await expect(page.locator('#drawer')).not.toContainText('can start')
})

test('the call for a vote shows both answers', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const plan = await bot.plan(await bot.makeProject('Vote'), 'Vote', [{ title: 'Gated', requires_consensus: true }])
  await page.goto(`/m/${plan.milestone_id}?cp=${plan.checkpoints[0]}`)
  const snippet = page.locator('#drawer pre').filter({ hasText: 'cast_vote' })
  await expect(snippet).toContainText('"yes"')
  await expect(snippet).toContainText('"no"')
})

test.describe('before JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a refused change keeps every field, and numbers that have moved mean what they meant', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Moved'), 'Moved', PLAN)
    const form = await openEdit(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
    await form.getByLabel('Title').fill('Ship it')
    await form.getByLabel('Description').fill('One\nTwo')
    await form.getByRole('textbox', { name: 'Waits for' }).fill('1, 3')
    await insertFirst(bot, milestone_id, 'Inserted')
    await form.getByRole('button', { name: 'Save changes' }).click()
    await expect(form.getByRole('alert')).toContainText('You chose: 2 Design and 4 Docs')
    await expect(form.getByLabel('Title')).toHaveValue('Ship it')
    await expect(form.getByLabel('Description')).toHaveValue('One\nTwo')
    await expect(form.getByRole('textbox', { name: 'Waits for' })).toHaveValue('2, 4')
    await form.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('heading', { name: 'Ship it' })).toBeVisible()
    expect(await titlesBefore(bot, milestone_id, 'Ship it')).toEqual(['Design', 'Docs'])
  })

  test('a refused change of a milestone is shown, with every field', async ({ page, request, key }) => {
    const { milestone_id } = await agent(request, key).plan(await agent(request, key).makeProject('Panel'), 'Panel', CHAIN)
    await page.goto(`/m/${milestone_id}`)
    await page.getByText('Edit milestone', { exact: true }).click()
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Save changes', exact: true }) })
    await form.getByLabel('Title').fill(' ')
    await form.getByLabel('Description').fill('Why')
    await form.getByRole('button', { name: 'Save changes', exact: true }).click()
    await expect(form.getByRole('alert')).toHaveText('It is empty.')
    await expect(form.getByLabel('Title')).toHaveValue(' ')
    await expect(form.getByLabel('Description')).toHaveValue('Why')
  })

  test('a refused new checkpoint keeps every field', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { milestone_id } = await bot.plan(await bot.makeProject('Kept'), 'Kept', CHAIN)
    await page.goto(`/m/${milestone_id}`)
    await page.getByText('Add a checkpoint', { exact: true }).click()
    const form = page.getByRole('region', { name: 'Add a checkpoint' }).locator('form')
    await form.getByLabel('Title').fill('Review')
    await form.getByLabel('Description').fill('By two')
    await form.getByLabel('Position').selectOption({ label: '3, before Tests passing' })
    await form.getByRole('textbox', { name: 'Waits for' }).fill('2, 77')
    await form.getByLabel('Needs a vote').check()
    await form.getByRole('button', { name: 'Add checkpoint' }).click()

    await expect(form.getByRole('alert')).toContainText('77')
    await expect(form.getByLabel('Title')).toHaveValue('Review')
    await expect(form.getByLabel('Description')).toHaveValue('By two')
    await expect(form.getByLabel('Position')).toHaveValue('3')
    await expect(form.getByRole('textbox', { name: 'Waits for' })).toHaveValue('2, 77')
    await expect(form.getByLabel('Needs a vote')).toBeChecked()
    await form.getByRole('textbox', { name: 'Waits for' }).fill('2')
    await form.getByRole('button', { name: 'Add checkpoint' }).click()
    await expect(row(page, 'Review')).toContainText('2 Implementation complete')
    await expect(form).toBeHidden()
  })
})
