import type { Locator, Page, Route } from '@playwright/test'
import { agent, CHAIN, row } from './plan'
import { comeBack, expect, test, withoutFailedLoads } from './test'

const UNKNOWN = 'We could not reach the server. It is not known whether this was saved.'

/** What can go wrong between a page and the server. The answer to an action is lost in each case; in some, the server has done it. */
const FAULTS = {
  'the network is gone': (route: Route) => route.abort('internetdisconnected'),
  'the answer is lost after it was saved': async (route: Route) => {
    await route.fetch()
    await route.abort('connectionreset')
  },
  'a proxy answers 502': (route: Route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  'a proxy answers 503 after it was saved': async (route: Route) => {
    await route.fetch()
    await route.fulfill({ status: 503, contentType: 'text/html', body: '<h1>Service unavailable</h1>' })
  },
} as const

/** Lets the next action of this page, and no other request, meet a fault. */
async function failNext(page: Page, complaints: string[], fault: (route: Route) => Promise<void>) {
  let met = false
  const handler = async (route: Route) => {
    if (met || !route.request().headers()['next-action']) return route.fallback()
    met = true
    await fault(route)
  }
  await page.route('**/*', handler)
  return {
    over: async () => {
      await page.unroute('**/*', handler)
      expect(met, 'an action was sent').toBe(true)
      withoutFailedLoads(complaints)
    },
  }
}

const trouble = (page: Page) => page.getByRole('alert').filter({ hasText: UNKNOWN })
const said = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text)

/** Opens the page of a checkpoint, and waits for its script: what is pressed before that is posted by the browser itself. */
async function openDrawer(page: Page, address: string) {
  await page.goto(address)
  await expect(page.getByRole('region', { name: 'Activity' }).getByRole('listitem').first()).toBeVisible()
}

for (const [name, fault] of Object.entries(FAULTS)) {
  test.describe(`when ${name}`, () => {
    test('a completion says so where it was, and happens once when it is tried again', async ({ page, request, key, complaints }) => {
      const bot = agent(request, key)
      const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Fault'), 'Fault', CHAIN)
      await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
      const broken = await failNext(page, complaints, fault)
      await page.getByRole('button', { name: 'Complete' }).click()
      await expect(page.locator('#drawer').getByRole('alert')).toContainText(UNKNOWN)
      await expect(page.getByRole('heading', { name: 'Fault', level: 1 })).toBeVisible()
      await broken.over()

      await trouble(page).getByRole('button', { name: 'Try again' }).click()
      await expect(said(page, '1 Design approved is done.')).toHaveCount(1)
      await expect(page.getByRole('heading', { name: 'Design approved' })).toBeFocused()
      await expect(trouble(page)).toHaveCount(0)
      expect(await eventsOf(bot, milestone_id, 'checkpoint.completed')).toBe(1)
    })

    test('a new milestone stays as it was typed, and is made once', async ({ page, request, key, complaints }) => {
      const bot = agent(request, key)
      const { project_id } = await bot.makeProject('Fault')
      await page.goto(`/p/${project_id}/new`)
      await page.getByLabel('Title', { exact: true }).fill('Made once')
      await page.getByLabel('Title of checkpoint 1').fill('First')
      await page.getByLabel('Title of checkpoint 2').fill('Second')
      await page.getByRole('textbox', { name: 'Waits for' }).nth(1).fill('1')
      const broken = await failNext(page, complaints, fault)
      await page.getByRole('button', { name: 'Create milestone' }).click()
      await expect(trouble(page)).toBeVisible()
      await expect(page.getByLabel('Title', { exact: true })).toHaveValue('Made once')
      await expect(page.getByLabel('Title of checkpoint 2')).toHaveValue('Second')
      await expect(page.getByRole('textbox', { name: 'Waits for' }).nth(1)).toHaveValue('1')
      await broken.over()

      await trouble(page).getByRole('button', { name: 'Try again' }).click()
      await expect(page.getByRole('heading', { name: 'Made once', level: 1 })).toBeFocused()
      await expect(row(page, 'Second')).toContainText('1 First')
      const { milestones } = await bot.done('get', `/projects/${project_id}/graph`)
      expect(milestones).toHaveLength(1)
    })

    test('an edit stays as it was typed, and is saved once by its own button', async ({ page, request, key, complaints }) => {
      const bot = agent(request, key)
      const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Fault'), 'Fault', CHAIN)
      await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[1]}`)
      const drawer = page.locator('#drawer')
      await drawer.getByText('Edit', { exact: true }).click()
      await drawer.getByLabel('Title').fill('Implementation reviewed')
      await drawer.getByLabel('Description').fill('By two people')
      const broken = await failNext(page, complaints, fault)
      await drawer.getByRole('button', { name: 'Save changes' }).click()
      await expect(drawer.getByRole('alert')).toContainText(UNKNOWN)
      await expect(drawer.getByLabel('Title')).toHaveValue('Implementation reviewed')
      await expect(drawer.getByLabel('Description')).toHaveValue('By two people')
      await broken.over()

      await drawer.getByRole('button', { name: 'Save changes' }).click()
      await expect(page.getByRole('heading', { name: 'Implementation reviewed' })).toBeFocused()
      await expect(row(page, 'Implementation reviewed')).toBeVisible()
      expect(await eventsOf(bot, milestone_id, 'checkpoint.updated')).toBe(1)
    })

    test('a checkpoint is added once by the button of its form, and the page goes on', async ({ page, request, key, complaints }) => {
      const bot = agent(request, key)
      const { project_id, milestone_id } = await bot.plan(await bot.makeProject('Fault'), 'Fault', CHAIN)
      await page.goto(`/m/${milestone_id}`)
      await page.getByText('Add a checkpoint', { exact: true }).click()
      const form = page.getByRole('region', { name: 'Add a checkpoint' })
      await form.getByLabel('Title', { exact: true }).fill('Security review')
      await form.getByLabel('Position').selectOption('3')
      const broken = await failNext(page, complaints, fault)
      await form.getByRole('button', { name: 'Add checkpoint' }).click()
      await expect(form.getByRole('alert')).toContainText(UNKNOWN)
      await expect(form.getByLabel('Title', { exact: true })).toHaveValue('Security review')
      await expect(form.getByLabel('Position')).toHaveValue('3')
      await broken.over()

      await form.getByRole('button', { name: 'Add checkpoint' }).click()
      await expect(said(page, '3 Security review is added.')).toHaveCount(1)
      const { checkpoints } = await bot.done('get', `/milestones/${milestone_id}`)
      expect(checkpoints.map(({ title }: { title: string }) => title)).toEqual([
        'Design approved',
        'Implementation complete',
        'Security review',
        'Tests passing',
        'Deployed to production',
      ])
      await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Fault' }).click()
      await expect(page).toHaveURL(`/p/${project_id}`)
    })
  })
}

test('an action whose answer never comes is given up, and neither the next one nor a link waits for it', async ({
  page,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Silence'), 'Silence', CHAIN)
  await page.clock.install()
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  let sent = 0
  let answered = false
  await page.route('**/*', (route) => {
    if (!route.request().headers()['next-action']) return route.fallback()
    sent += 1
    // Neither continued nor aborted: the connection stays open and says nothing.
    return answered ? route.continue() : undefined
  })
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(page.getByRole('button', { name: 'Completing' })).toBeVisible()
  await expect.poll(() => sent).toBe(1)
  await page.clock.fastForward(21_000)
  await expect(trouble(page)).toBeVisible()

  answered = true
  await trouble(page).getByRole('button', { name: 'Try again' }).click()
  await expect(said(page, '1 Design approved is done.')).toHaveCount(1)
  expect(sent).toBe(2)
  expect(await eventsOf(bot, milestone_id, 'checkpoint.completed')).toBe(1)

  answered = false
  await row(page, 'Implementation complete').getByRole('link', { name: 'Implementation complete' }).click()
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect.poll(() => sent).toBe(3)
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Silence' }).click()
  await expect(page).toHaveURL(`/p/${project_id}`)
  await expect(page.getByRole('heading', { name: 'Silence', level: 1 })).toBeVisible()
  expect(complaints).toEqual([])
})

test('without a network the page stays, and goes on when the network is back', async ({ page, context, request, key, complaints }) => {
  const bot = agent(request, key)
  const { project_id, milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Offline'), 'Offline', CHAIN)
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  await expect(page.getByRole('region', { name: 'Activity' }).getByRole('listitem')).toHaveCount(1)
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(trouble(page)).toBeVisible()
  await expect(said(page, /^Not up to date: the server cannot be reached\. Last update \d\d:\d\d:\d\d\./)).toBeVisible({ timeout: 15_000 })

  await context.setOffline(false)
  await expect(said(page, 'Not up to date')).toHaveCount(0, { timeout: 15_000 })
  await trouble(page).getByRole('button', { name: 'Try again' }).click()
  await expect(said(page, '1 Design approved is done.')).toHaveCount(1)
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Offline' }).click()
  await expect(page).toHaveURL(`/p/${project_id}`)
  withoutFailedLoads(complaints)
})

test('a plan that was deleted meanwhile says so', async ({ page, request, key, complaints }) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Gone'), 'Gone', CHAIN)
  await page.goto(`/m/${milestone_id}`)
  await expect(row(page, 'Design approved')).toBeVisible()
  const response = await request.delete(`/api/milestones/${milestone_id}`, { headers: { authorization: `Bearer ${key}` } })
  expect(response.status()).toBe(200)
  await comeBack(page)
  await expect(said(page, 'It was deleted, or you may no longer read it.')).toBeVisible()
  withoutFailedLoads(complaints)
})

test('what was changed after an answer was lost is not saved twice, and the page says what was saved', async ({
  page,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Changed'), 'Changed', CHAIN)
  await page.goto(`/m/${milestone_id}`)
  await page.getByText('Add a checkpoint', { exact: true }).click()
  const form = page.getByRole('region', { name: 'Add a checkpoint' })
  await form.getByLabel('Title', { exact: true }).fill('Reviewed')
  const broken = await failNext(page, complaints, FAULTS['the answer is lost after it was saved'])
  await form.getByRole('button', { name: 'Add checkpoint' }).click()
  await expect(form.getByRole('alert')).toContainText(UNKNOWN)
  await broken.over()
  await form.getByLabel('Title', { exact: true }).fill('Reviewed by two')
  await form.getByRole('button', { name: 'Try again' }).click()
  await expect(form.getByRole('alert')).toContainText('What you sent first was saved after all. What you have changed since then was not.')
  await expect(form.getByLabel('Title', { exact: true })).toHaveValue('Reviewed by two')
  expect(await eventsOf(bot, milestone_id, 'checkpoint.added')).toBe(CHAIN.length + 1)
})

test('who leaves while an action is under way stays where they went, and is told what became of it', async ({
  page,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const { project_id } = await bot.makeProject('Leaving')
  for (const [title, end] of [
    ['Saved', (route: Route) => route.continue()],
    ['Lost', (route: Route) => route.abort('connectionreset')],
  ] as const) {
    await page.goto(`/p/${project_id}/new`)
    await page.getByLabel('Title', { exact: true }).fill(title)
    await page.getByLabel('Title of checkpoint 1').fill('First')
    let arrive = () => {}
    const left = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const broken = await failNext(page, complaints, async (route) => {
      await left
      await end(route)
    })
    await page.getByRole('button', { name: 'Create milestone' }).click()
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect(page).toHaveURL('/')
    await expect(page.getByRole('heading', { name: 'Projects', level: 1 })).toBeVisible()
    arrive()
    await expect(said(page, title === 'Saved' ? 'The milestone Saved is created.' : UNKNOWN)).toHaveCount(1)
    await expect(page).toHaveURL('/')
    await broken.over()
  }
})

test('a request that is refused before it comes to the action says why', async ({ page, request, key, complaints }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Foreign'), 'Foreign', CHAIN)
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  const broken = await failNext(page, complaints, async (route) => {
    const response = await route.fetch({ headers: { ...route.request().headers(), origin: 'https://evil.test' } })
    await route.fulfill({ response })
  })
  await page.getByRole('button', { name: 'Complete' }).click()
  const refused = page.locator('#drawer').getByRole('alert')
  await expect(refused).toContainText('This change did not come from a page of')
  await expect(refused.getByRole('button', { name: 'Try again' })).toHaveCount(0)
  await broken.over()
})

test('a deletion whose answer was lost leaves the focus in the drawer', async ({ page, request, key, complaints }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Focus'), 'Focus', CHAIN)
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[3]}`)
  await page.locator('#drawer').getByText('Delete', { exact: true }).click()
  const broken = await failNext(page, complaints, FAULTS['the answer is lost after it was saved'])
  await page.getByRole('button', { name: 'Delete this checkpoint' }).click()
  await expect(page.getByRole('heading', { name: 'This checkpoint is not in this view' })).toBeFocused()
  await broken.over()
})

test('only a page that cannot be drawn is replaced, by words for a stranger', async ({ page, request, key, complaints }) => {
  const bot = agent(request, key)
  const { milestone_id } = await bot.plan(await bot.makeProject('Broken'), 'Broken', CHAIN)
  await page.goto(`/m/${milestone_id}`)
  await expect(row(page, 'Design approved')).toBeVisible()
  await page.route('**/graph', async (route) => {
    const response = await route.fetch()
    const { data, ...body } = await response.json()
    const milestones = data.milestones.map((milestone: object) => ({ ...milestone, title: { not: 'a text' } }))
    await route.fulfill({ response, json: { ...body, seq: body.seq + 1, data: { ...data, milestones } } })
  })
  await comeBack(page)
  await expect(page.getByRole('heading', { name: 'This page could not be shown' })).toBeVisible()
  await expect(page.getByText('Everything that was saved is kept.')).toBeVisible()
  await page.unroute('**/graph')
  await page.getByRole('button', { name: 'Load the page again' }).click()
  await expect(row(page, 'Design approved')).toBeVisible()
  expect(complaints.length).toBeGreaterThan(0)
  complaints.length = 0
})

test('a form of a page that is older than the server says so, and keeps what was typed', async ({ page, request, key, complaints }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Outdated'), 'Outdated', CHAIN)
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  await page.getByText('Add a note').click()
  await page.getByLabel('Note').fill('Learnt')
  const broken = await failNext(page, complaints, (route) =>
    route.continue({ headers: { ...route.request().headers(), 'next-action': '40'.padEnd(42, '0') } }),
  )
  await page.getByRole('button', { name: 'Save the note' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Cairn was updated while this page was open' })).toBeVisible()
  await expect(page.getByLabel('Note')).toHaveValue('Learnt')
  await broken.over()
})

test('pressing twice, or Enter twice, does it once, and two forms at once are both saved', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Twice'), 'Twice', CHAIN)
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  await page.getByText('Add a checkpoint', { exact: true }).click()
  const form = page.getByRole('region', { name: 'Add a checkpoint' })
  await form.getByLabel('Title', { exact: true }).fill('By Enter')
  await page.evaluate(() => {
    const element = document.querySelector<HTMLFormElement>('section[aria-label="Add a checkpoint"] form')
    element?.requestSubmit()
    element?.requestSubmit()
  })
  await expect(said(page, 'By Enter is added.')).toHaveCount(1)
  await page.getByText('Add a checkpoint', { exact: true }).click()
  await form.getByLabel('Title', { exact: true }).fill('By pointer')
  await form.getByRole('button', { name: 'Add checkpoint' }).dblclick()
  await expect(said(page, 'By pointer is added.')).toHaveCount(1)
  expect(await eventsOf(bot, milestone_id, 'checkpoint.added')).toBe(CHAIN.length + 2)

  await page.getByText('Add a note').click()
  await page.getByLabel('Note').fill('Learnt')
  await page.getByLabel('PR URL').fill('https://github.com/org/repo/pull/7')
  await page.evaluate(() => {
    const [one, two] = ['note', 'git_pr_url'].map((name) => document.querySelector<HTMLFormElement>(`form:has([name="${name}"])`))
    one?.requestSubmit()
    two?.requestSubmit()
  })
  await expect(said(page, 'The note is saved.')).toHaveCount(1)
  await expect(said(page, 'The pull request link is saved.')).toHaveCount(1)
  const { checkpoints: after } = await bot.done('get', `/milestones/${milestone_id}`)
  expect(after[0]).toMatchObject({ note: 'Learnt', git_pr_url: 'https://github.com/org/repo/pull/7' })
})

test('whatever is done is said once, as a sentence, and the focus goes where it leads', async ({ page, request, key, complaints }) => {
  test.slow()
  const name = `Team ${crypto.randomUUID().slice(0, 8)}`
  const drawer = page.locator('#drawer')
  const heading = (text: string, level: number) => page.getByRole('heading', { name: text, level, exact: true })
  const link = (title: string) => row(page, title).getByRole('link', { name: title, exact: true })
  /** Does something, and expects that its sentence is said in one place, and that the focus is where it leads. */
  async function after(act: () => Promise<void>, sentence: string, focused: () => Locator) {
    await act()
    await expect(page.getByRole('status').getByText(sentence, { exact: true }), sentence).toHaveCount(1)
    await expect(focused(), sentence).toBeFocused()
    // It stays there when everything has settled.
    await page.waitForLoadState('networkidle')
    await expect(focused(), sentence).toBeFocused()
  }
  const press = (button: string) => page.getByRole('button', { name: button, exact: true }).click()

  await page.goto('/?new=group')
  await page.getByLabel('Name').fill(name)
  await after(
    () => press('Create group'),
    `The group ${name} is created.`,
    () => heading(name, 1),
  )
  await page.getByRole('link', { name: 'New project' }).click()
  await page.getByLabel('Title').fill('Spoken')
  await after(
    () => press('Create project'),
    'The project Spoken is created.',
    () => heading('Spoken', 1),
  )
  const project = page.url()
  await page.getByRole('link', { name: 'New milestone' }).click()
  await page.getByLabel('Title', { exact: true }).fill('Goal')
  await page.getByLabel('Title of checkpoint 1').fill('One')
  await page.getByLabel('Title of checkpoint 2').fill('Two')
  await after(
    () => press('Create milestone'),
    'The milestone Goal is created.',
    () => heading('Goal', 1),
  )

  await page.getByText('Add a checkpoint', { exact: true }).click()
  await page.getByRole('region', { name: 'Add a checkpoint' }).getByLabel('Title', { exact: true }).fill('Three')
  await after(
    () => press('Add checkpoint'),
    '3 Three is added.',
    () => link('Three'),
  )

  await link('One').click()
  await drawer.getByText('Edit', { exact: true }).click()
  await drawer.getByLabel('Title').fill('First')
  await after(
    () => press('Save changes'),
    'The checkpoint is saved.',
    () => heading('First', 2),
  )
  await drawer.getByText('Add a note').click()
  await drawer.getByLabel('Note').fill('Learnt')
  await after(
    () => press('Save the note'),
    'The note is saved.',
    () => drawer.locator('summary').filter({ hasText: 'note' }),
  )
  await drawer.getByLabel('PR URL').fill('https://github.com/org/repo/pull/7')
  await after(
    () => drawer.getByLabel('PR URL').press('Enter'),
    'The pull request link is saved.',
    () => drawer.getByRole('link', { name: 'org/repo#7' }),
  )
  await after(
    () => press('Complete'),
    '1 First is done.',
    () => heading('First', 2),
  )
  await drawer.locator('summary').filter({ hasText: 'Reopen' }).click()
  await drawer.getByLabel('Why are you reopening it?').fill('It was not done')
  await after(
    () => drawer.getByRole('button', { name: 'Reopen' }).click(),
    '1 First is reopened.',
    () => heading('First', 2),
  )
  await drawer.getByText('Delete', { exact: true }).click()
  await after(
    () => press('Delete this checkpoint'),
    '1 First is deleted.',
    () => link('Two'),
  )
  await page.goBack()

  const more = () => page.getByText('Edit milestone').click()
  await page.goto(page.url().replace(/\?.*/, ''))
  await more()
  await page
    .locator('details')
    .filter({ has: page.getByRole('button', { name: 'Close milestone' }) })
    .getByLabel('Title')
    .fill('Aim')
  await after(
    () => press('Save changes'),
    'The milestone is saved.',
    () => heading('Aim', 1),
  )
  for (const title of ['Two', 'Three']) {
    await link(title).click()
    await press('Complete')
    await expect(row(page, title)).toContainText('Done')
  }
  await page.keyboard.press('Escape')
  await more()
  await after(
    () => press('Reopen milestone'),
    'Aim is active again.',
    () => heading('Aim', 1),
  )
  await more()
  await after(
    () => press('Close milestone'),
    'Aim is closed.',
    () => heading('Aim', 1),
  )

  const { milestone_id } = await agent(request, key).done('post', `/groups/${name.toLowerCase().replace(' ', '-')}/milestones`, {
    title: 'Dropped',
    project_id: project.split('/').at(-1),
    checkpoints: [{ title: 'Only' }],
  })
  await page.goto(`/m/${milestone_id}`)
  await more()
  await after(
    () => press('Delete milestone'),
    'Dropped is deleted.',
    () => heading('Spoken', 1),
  )
  await page.getByRole('button', { name: 'More actions for this project' }).click()
  await after(
    () => page.getByRole('button', { name: 'Archive the project' }).click(),
    'The project is archived.',
    () => page.getByRole('button', { name: 'More actions for this project' }),
  )
  // The page of the deleted milestone asked once more for its graph before it went.
  withoutFailedLoads(complaints)
})

test('a deletion in the graph, where there is no row to go to, leads to the heading of the page', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { project_id, checkpoints } = await bot.plan(await bot.makeProject('Drawn'), 'Drawn', [{ title: 'One' }, { title: 'Two' }])
  await openDrawer(page, `/p/${project_id}?view=graph&cp=${checkpoints[1]}`)
  await page.locator('#drawer').getByText('Delete', { exact: true }).click()
  await page.getByRole('button', { name: 'Delete this checkpoint' }).click()
  await expect(said(page, '2 Two is deleted.')).toHaveCount(1)
  await expect(page.getByRole('heading', { name: 'Drawn', level: 1 })).toBeFocused()
})

test('what is said stays while it is being read, goes after a while, and can be sent away', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { milestone_id, checkpoints } = await bot.plan(await bot.makeProject('Toast'), 'Toast', CHAIN)
  await page.clock.install()
  await openDrawer(page, `/m/${milestone_id}?cp=${checkpoints[0]}`)
  await page.getByRole('button', { name: 'Complete' }).click()
  const toast = said(page, '1 Design approved is done.')
  await expect(toast).toHaveCount(1)
  await toast.hover()
  await page.clock.fastForward(20_000)
  await expect(toast).toHaveCount(1)
  await page.mouse.move(0, 0)
  await page.clock.fastForward(9_000)
  await expect(toast).toHaveCount(0)

  await row(page, 'Implementation complete').getByRole('link', { name: 'Implementation complete' }).click()
  await page.getByRole('button', { name: 'Complete' }).click()
  await expect(said(page, '2 Implementation complete is done.')).toHaveCount(1)
  await page.getByRole('button', { name: 'Dismiss' }).last().focus()
  await page.clock.fastForward(20_000)
  await page.keyboard.press('Enter')
  await expect(said(page, '2 Implementation complete is done.')).toHaveCount(0)
  await expect(page.locator('body')).not.toBeFocused()
})

async function eventsOf(bot: ReturnType<typeof agent>, milestone_id: string, type: string) {
  const { events } = await bot.done('get', `/events?milestone_id=${milestone_id}&limit=1000`)
  return events.filter((event: { type: string }) => event.type === type).length
}
