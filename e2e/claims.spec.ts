import { execFileSync } from 'node:child_process'
import AxeBuilder from '@axe-core/playwright'
import type { APIRequestContext, Page } from '@playwright/test'
import { agent, CHAIN, type Planned, row } from './plan'
import { expect, test } from './test'

const drawer = (page: Page) => page.locator('#drawer')
const button = (page: Page, name: string) => drawer(page).getByRole('button', { name, exact: true })
const opener = (page: Page, name: string) =>
  drawer(page)
    .locator('summary')
    .filter({ hasText: new RegExp(`^${name}$`) })
const attempts = (page: Page) => page.getByRole('region', { name: 'Attempts' }).getByRole('listitem')
const activity = (page: Page) => page.getByRole('region', { name: 'Activity' })

/** Does something, and expects that its sentence is said, and that the focus is on the heading of the drawer. */
async function after(page: Page, act: () => Promise<void>, sentence: string) {
  await act()
  await expect(page.getByRole('status').getByText(sentence, { exact: true }), sentence).toHaveCount(1)
  await expect(drawer(page).getByRole('heading', { level: 2 }), sentence).toBeFocused()
}

async function fail(page: Page, reason: string) {
  await opener(page, 'Report a failure').click()
  await drawer(page).getByLabel('Why did the attempt fail?').fill(reason)
  await button(page, 'Report this failure').click()
}

/** An agent of a group with a key of its own, which the command makes. */
function agentIn(request: APIRequestContext, group: string, name: string) {
  const output = execFileSync('npm', ['run', '-s', 'key', '--', '--name', name, '--group', group, '--agent'], { encoding: 'utf8' })
  const bot = agent(request, output.match(/sk_live_\w+/)?.[0] ?? '')
  const at = (milestone_id: string, order: number) => `/milestones/${milestone_id}/checkpoints/${order}`
  return {
    claim: async (milestone_id: string, order: number, ttl_seconds = 900): Promise<string> =>
      (await bot.done('post', `${at(milestone_id, order)}/claim`, { ttl_seconds })).claim.claim_id,
    async fail(milestone_id: string, order: number, reason: string) {
      const claim_id = await this.claim(milestone_id, order)
      await bot.done('post', `${at(milestone_id, order)}/fail`, { reason, claim_id })
    },
  }
}

async function makePlan(request: APIRequestContext, key: string, title: string): Promise<Planned> {
  const owner = agent(request, key)
  return owner.plan(await owner.makeProject(title), title, CHAIN)
}

const addressOf = ({ milestone_id, checkpoints }: Planned, order: number) => `/m/${milestone_id}?cp=${checkpoints[order - 1]}`

test('[L1] [N1] a person claims a checkpoint, extends, releases and fails it, gives it back, and completes it', async ({
  page,
  request,
  key,
}) => {
  test.slow()
  await page.goto(addressOf(await makePlan(request, key, 'Own work'), 1))
  const name = '1 Design approved'

  await after(page, () => button(page, 'Claim for 15 min').click(), `You have claimed ${name}.`)
  await expect(drawer(page)).toContainText('Claimed by you, 15 min left.')
  await expect(row(page, 'Design approved')).toContainText('Claimed')
  await expect(button(page, 'Complete')).toBeEnabled()
  await expect(drawer(page).getByText('15 min left')).toHaveAttribute('title', /^until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)

  await button(page, 'Extend to another time').click()
  await after(page, () => button(page, 'Extend to 4 h').click(), `Your claim of ${name} is extended.`)
  await expect(drawer(page)).toContainText('Claimed by you, 4 h left.')
  // What would be shorter than what is left is not offered.
  await expect(button(page, 'Extend to 1 day')).toBeVisible()
  await expect(button(page, 'Extend to another time')).toHaveCount(0)

  await after(page, () => button(page, 'Release').click(), `${name} is released.`)
  await expect(drawer(page)).toContainText('Ready: nothing blocks it.')

  await button(page, 'Claim for another time').click()
  await after(page, () => button(page, 'Claim for 1 h').click(), `You have claimed ${name}.`)
  await expect(drawer(page)).toContainText('Claimed by you, 1 h left.')
  await after(page, () => fail(page, 'The sketches are lost'), `${name} has failed.`)
  await expect(drawer(page)).toContainText('Failed at attempt 2, by Owner, just now:')
  await expect(row(page, 'Design approved')).toContainText('The sketches are lost')
  await expect(attempts(page)).toHaveText([/^Attempt 2 by Owner failed.*The sketches are lost$/, /^Attempt 1 by Owner was released/])

  await after(page, () => button(page, 'Give back').click(), `${name} is given back, and can be claimed again.`)
  await expect(drawer(page)).toContainText('Ready: nothing blocks it.')
  await button(page, 'Complete').click()
  await expect(drawer(page)).toContainText('Done by Owner')
  await expect(activity(page)).toContainText('reported that attempt 2 failed: The sketches are lost')
})

test('[H4] a claim whose answer was lost is for the time that was chosen when it is tried again, and is made once', async ({
  page,
  request,
  key,
  complaints,
}) => {
  await page.goto(addressOf(await makePlan(request, key, 'Lost'), 1))
  await expect(activity(page).getByRole('listitem')).toHaveCount(1)
  await page.route('**/*', async (route) => {
    if (!route.request().headers()['next-action']) return route.fallback()
    await route.fetch()
    await route.abort()
  })
  await button(page, 'Claim for another time').click()
  await button(page, 'Claim for 4 h').click()
  await expect(drawer(page).getByRole('alert')).toContainText('We could not reach the server.')
  await page.unroute('**/*')
  complaints.splice(0)
  await button(page, 'Try again').click()
  await expect(drawer(page).getByRole('alert')).toHaveCount(0)
  await expect(drawer(page)).toContainText('Claimed by you, 4 h left.')
  await expect(activity(page).getByRole('listitem')).toHaveCount(2)
})

test('[L1] what an agent has claimed is shown with its name, cannot be completed, and is released by an admin', async ({
  page,
  request,
  key,
}) => {
  test.slow()
  const plan = await makePlan(request, key, 'Its work')
  await page.goto(addressOf(plan, 1))
  await expect(button(page, 'Complete')).toBeEnabled()
  await agentIn(request, plan.group, 'Atlas').claim(plan.milestone_id, 1)

  // The page does not know it yet.
  await button(page, 'Claim for 15 min').click()
  await expect(drawer(page).getByRole('alert')).toContainText(
    /Checkpoint 1 is claimed by \W?Atlas\W? until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\./,
  )
  await page.reload()
  await expect(drawer(page)).toContainText('Claimed by Atlas, for Owner, 15 min left.')
  await expect(button(page, 'Complete')).toBeDisabled()
  await expect(button(page, 'Complete')).toHaveAccessibleDescription('Atlas has claimed it. As an admin, you can release the claim.')
  await expect(opener(page, 'Report a failure')).toHaveCount(0)
  await expect(page.getByRole('link', { name: /^Checkpoint 1, Design approved\. Claimed by \W?Atlas\W?\./ })).toBeVisible()

  await page.goto(addressOf(plan, 2))
  await expect(drawer(page)).toContainText('That checkpoint is claimed by Atlas, for Owner, 15 min left.')

  await page.goto(addressOf(plan, 1))
  await after(
    page,
    () =>
      drawer(page)
        .getByRole('button', { name: /^Release the claim of \W?Atlas\W?$/ })
        .click(),
    '1 Design approved is released.',
  )
  await expect(activity(page)).toContainText('Owner released the claim of Atlas')
  await button(page, 'Complete').click()
  await expect(drawer(page)).toContainText('Done by Owner')
})

test('long names widen neither the drawer nor the list, and a claim is told with and without the drawer', async ({
  page,
  request,
  key,
}) => {
  const holder = 'Continuous integration agent for the north European data centres'
  const plan = await makePlan(request, key, 'Long names')
  await agentIn(request, plan.group, holder).claim(plan.milestone_id, 1)

  await page.goto(`/p/${plan.project_id}?view=list`)
  const title = row(page, 'Design approved').getByRole('rowheader')
  expect((await title.boundingBox())?.width).toBeGreaterThan(200)
  await expect(row(page, 'Design approved').getByText('15 min left').filter({ visible: true })).toHaveCount(1)

  await page.goto(`/p/${plan.project_id}?view=list&cp=${plan.checkpoints[0]}`)
  await expect(row(page, 'Design approved').getByText('15 min left').filter({ visible: true })).toHaveCount(1)
  const hidden = await drawer(page).evaluate((element) => element.scrollWidth - element.clientWidth)
  expect(hidden).toBe(0)
  const beyond = await page.locator('#list').evaluate((list) => (list.querySelector('table')?.offsetWidth ?? 0) - list.clientWidth)
  expect(beyond).toBe(0)
  // Of what scrolls by itself, nothing makes the page longer than the window, not even words that are only spoken.
  const below = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)
  expect(below).toBe(0)
})

test('[N1] what has failed too often needs attention, everywhere in words, until a person gives it back', async ({
  page,
  request,
  key,
}) => {
  test.slow()
  const plan = await makePlan(request, key, 'Too often')
  const bot = agentIn(request, plan.group, 'Nova')
  for (const reason of ['The tests are red', 'Still red', 'Red for ever']) await bot.fail(plan.milestone_id, 1, reason)

  await page.goto('/')
  await expect(page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Too often', exact: true }) })).toContainText(
    '1 failed',
  )
  await page.goto(addressOf(plan, 2))
  await expect(drawer(page)).toContainText('That checkpoint has failed and needs attention: Red for ever.')

  await page.goto(addressOf(plan, 1))
  await expect(drawer(page)).toContainText('Needs attention. After 3 failures in a row, agents pass over it until a person gives it back.')
  await expect(drawer(page)).toContainText('It last failed at attempt 3, by Nova, just now:')
  await expect(row(page, 'Design approved')).toContainText('Needs attention')
  await expect(page.getByRole('list', { name: 'What is left' })).toContainText('1 failed (1 needs attention)')
  await expect(page.getByRole('link', { name: /^Checkpoint 1, .*\. Needs attention: \W?Red for ever\W?\./ })).toBeVisible()
  await expect(attempts(page)).toHaveText([
    /Nova, for Owner, failed.*Red for ever/,
    /Nova, for Owner, failed.*Still red/,
    /Nova, for Owner, failed.*The tests are red/,
  ])
  await expect(button(page, 'Claim for 15 min')).toHaveCount(0)
  await expect(button(page, 'Complete')).toBeEnabled()

  // What only a person can do comes first.
  await expect(drawer(page).locator('form [type=submit]').first()).toHaveText('Give back')
  await after(page, () => button(page, 'Give back').click(), '1 Design approved is given back, and can be claimed again.')
  await expect(drawer(page).locator('form [type=submit]').first()).toHaveText('Complete')
  await expect(row(page, 'Design approved')).toContainText('Ready')
  await bot.claim(plan.milestone_id, 1)
})

test('[L1] a claim that expires while the page is open changes it, without a reload', async ({ page, request, key }) => {
  test.setTimeout(120_000)
  const plan = await makePlan(request, key, 'Asleep')
  await agentIn(request, plan.group, 'Juno').claim(plan.milestone_id, 1, 30)
  await page.goto(addressOf(plan, 1))
  await expect(drawer(page)).toContainText('Claimed by Juno, for Owner, less than 1 min left.')
  await expect(drawer(page)).toContainText('Failed at attempt 1: the claim of Juno expired just now.', { timeout: 60_000 })
  await expect(row(page, 'Design approved')).toContainText('Failed')
  await expect(row(page, 'Design approved')).toContainText('The claim expired.')
  await expect(attempts(page)).toHaveText([/^Attempt 1 by Juno, for Owner, expired/])
  // The next change writes the expiry, which was not the deed of whoever made that change.
  await button(page, 'Claim for 15 min').click()
  await expect(activity(page).getByRole('listitem').filter({ hasText: 'expired' })).toHaveText(
    /^\W*J?The claim of Juno expired \(attempt 1\)/,
  )
})

test('[N2] a withdrawal says before what will wait for what, and keeps the order in list and graph', async ({ page, request, key }) => {
  const plan = await makePlan(request, key, 'Not needed')
  await page.goto(addressOf(plan, 2))
  // The script moves the focus there when it begins.
  await expect(drawer(page).getByRole('heading', { level: 2 })).toBeFocused()
  await opener(page, 'Withdraw').click()
  await expect(drawer(page).getByRole('listitem').filter({ hasText: 'instead' })).toHaveText(
    '3 Tests passing will wait for 1 Design approved instead.',
  )
  await button(page, 'Withdraw this checkpoint').click()
  // The browser asks for a reason.
  await expect(drawer(page).getByLabel('Why will nobody do it?')).toBeFocused()
  await drawer(page).getByLabel('Why will nobody do it?').fill('It was done elsewhere')
  await button(page, 'Withdraw this checkpoint').click()

  await expect(
    page.getByRole('status').getByText('2 Implementation complete is withdrawn. One checkpoint waits for what it waited for.'),
  ).toHaveCount(1)
  await expect(drawer(page)).toHaveCount(0)
  await expect(row(page, 'Tests passing').getByRole('link', { name: 'Tests passing', exact: true })).toBeFocused()
  await expect(row(page, 'Implementation complete')).toHaveCount(0)
  await expect(row(page, 'Tests passing')).toContainText('1 Design approved')
  await expect(row(page, 'Deployed to production')).toContainText('2 Tests passing')
  await expect(page.getByRole('link', { name: /^Checkpoint 2, Tests passing\. Blocked by 1 \W?Design approved/ })).toBeVisible()
  await row(page, 'Tests passing').getByRole('link', { name: 'Tests passing', exact: true }).click()
  await expect(activity(page)).toContainText('withdrew a checkpoint that it waited for, so that it waits for 1 Design approved instead')
})

test('[N2] a withdrawal that the order does not allow is refused with the way out, and keeps what was entered', async ({
  page,
  request,
  key,
}) => {
  const owner = agent(request, key)
  const project = await owner.makeProject('Crossed')
  const first = await owner.plan(project, 'First', [{ title: 'Early' }, { title: 'Late' }])
  const second = await owner.plan(project, 'Second', [{ title: 'Between', depends_on: [`${first.milestone_id}:2`] }])
  await owner.done('patch', `/milestones/${first.milestone_id}/checkpoints/1`, { depends_on: [`${second.milestone_id}:1`] })

  await page.goto(`/p/${project.project_id}?view=list&cp=${second.checkpoints[0]}`)
  await opener(page, 'Withdraw').click()
  await drawer(page).getByLabel('Why will nobody do it?').fill('Nobody needs it')
  await button(page, 'Withdraw this checkpoint').click()
  const refusal = drawer(page).getByRole('alert')
  await expect(refusal).toContainText('cannot be withdrawn, because')
  await expect(drawer(page).getByLabel('Why will nobody do it?')).toHaveValue('Nobody needs it')
  await drawer(page).getByLabel('Why will nobody do it?').fill('')
  await refusal.getByRole('link', { name: 'Go to what waits for it' }).click()
  await expect(drawer(page).getByRole('heading', { name: 'Early' })).toBeVisible()
})

test('[L1] [N1] claims, failures and withdrawals are made with the keyboard alone', async ({ page, request, key }) => {
  await page.goto(addressOf(await makePlan(request, key, 'Keys'), 1))
  const heading = drawer(page).getByRole('heading', { level: 2 })
  await expect(heading).toBeFocused()
  const tabTo = async (name: string) => {
    for (let steps = 0; steps < 40; steps++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
      if (at === name) return
    }
    throw new Error(`Tab does not lead to ${name}`)
  }
  await tabTo('Claim for another time')
  await page.keyboard.press('Enter')
  await tabTo('Claim for 1 day')
  await page.keyboard.press('Enter')
  await expect(drawer(page)).toContainText('Claimed by you, 24 h left.')
  await expect(heading).toBeFocused()

  await tabTo('Report a failure')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type('No light')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(drawer(page)).toContainText('Failed at attempt 1')
  await expect(heading).toBeFocused()

  await tabTo('Withdraw')
  await page.keyboard.press('Enter')
  await tabTo('2 Implementation complete')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Nobody has a lamp')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(row(page, 'Design approved')).toHaveCount(0)
  await expect(row(page, 'Implementation complete')).toContainText('Ready')
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('[L1] [N1] [N2] a person claims, fails, gives back and withdraws', async ({ page, request, key }) => {
    const plan = await makePlan(request, key, 'Plain claims')
    await page.goto(addressOf(plan, 1))
    await button(page, 'Claim for another time').click()
    await button(page, 'Claim for 4 h').click()
    await expect(drawer(page)).toContainText('Claimed by you, 4 h left.')
    await fail(page, 'No script')
    await expect(drawer(page)).toContainText('Failed at attempt 1, by Owner')
    await button(page, 'Give back').click()
    await expect(drawer(page)).toContainText('Ready: nothing blocks it.')
    await opener(page, 'Withdraw').click()
    await expect(drawer(page)).toContainText('2 Implementation complete will no longer wait for it, and nothing will block it.')
    await drawer(page).getByLabel('Why will nobody do it?').fill('Nobody needs it')
    await button(page, 'Withdraw this checkpoint').click()
    await expect(row(page, 'Implementation complete')).toContainText('Ready')
    await expect(row(page, 'Design approved')).toHaveCount(0)
  })
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing where work is claimed, has failed or needs attention, ${theme}`, async ({ page, request, key, baseURL }) => {
    test.slow()
    const owner = agent(request, key)
    const plan = await owner.plan(await owner.makeProject('Access to claims'), 'Access to claims', [
      { title: 'Claimed' },
      { title: 'Failed' },
      { title: 'Too often' },
      { title: 'Waiting', depends_on: [1, 2, 3] },
    ])
    const bot = agentIn(request, plan.group, 'Atlas')
    await bot.claim(plan.milestone_id, 1)
    for (const order of [2, 3, 3, 3]) await bot.fail(plan.milestone_id, order, 'The tests are red')
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    const expectClean = async (state: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)
      expect(found, state).toEqual([])
    }
    await page.goto(`/p/${plan.project_id}?cp=${plan.checkpoints[0]}`)
    await expect(attempts(page)).toHaveCount(1)
    await expectClean('claimed, in the graph')
    await page.goto(`/p/${plan.project_id}?view=list&cp=${plan.checkpoints[2]}`)
    await expect(attempts(page)).toHaveCount(3)
    await expectClean('needs attention, in the list')
    await page.goto(`/p/${plan.project_id}?view=list&cp=${plan.checkpoints[1]}`)
    await opener(page, 'Report a failure').click()
    await opener(page, 'Withdraw').click()
    await button(page, 'Claim for another time').click()
    await expect(button(page, 'Claim for 1 h')).toBeVisible()
    await expectClean('with everything open')
    await page.goto('/')
    await expectClean('the projects')
  })
}
