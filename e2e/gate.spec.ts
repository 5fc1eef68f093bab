import { execFileSync } from 'node:child_process'
import AxeBuilder from '@axe-core/playwright'
import type { APIRequestContext, Browser, Page } from '@playwright/test'
import { agent, row } from './plan'
import { comeBack, expect, test } from './test'

// Putting people into a group, and making keys, starts processes of their own.
test.describe.configure({ timeout: 180_000 })

const drawer = (page: Page) => page.locator('#drawer')
const vote = (page: Page) => drawer(page).getByRole('region', { name: 'Vote', exact: true })
const button = (page: Page, name: string) => drawer(page).getByRole('button', { name, exact: true })
const opener = (page: Page, name: string) =>
  drawer(page)
    .locator('summary')
    .filter({ hasText: new RegExp(`^${name}$`) })
const said = (page: Page, sentence: string | RegExp) => page.getByRole('status').filter({ hasText: sentence })

/** Puts people into a group. @returns the link by which the first of them signs in */
function addPeople(group: string, names: readonly string[]): string {
  const output = execFileSync('npx', ['tsx', 'lib/testing/people.ts', '--group', group, '--names', names.join(',')], { encoding: 'utf8' })
  return output.match(/https?:\/\/\S+/)?.[0] ?? ''
}

async function signIn(browser: Browser, link: string): Promise<Page> {
  const page = await browser.newPage({ storageState: { cookies: [], origins: [] } })
  await page.goto(link)
  if (new URL(page.url()).pathname.startsWith('/sign-in')) await page.getByRole('button').first().click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  return page
}

/** An agent of a group, with a key of its own. */
function agentIn(request: APIRequestContext, group: string, name: string) {
  const output = execFileSync('npm', ['run', '-s', 'key', '--', '--name', name, '--group', group, '--agent'], { encoding: 'utf8' })
  return agent(request, output.match(/sk_live_\w+/)?.[0] ?? '')
}

/** A group with Maria, the agent Atlas and the owner, all of whom vote, and a plan whose second checkpoint needs a vote. */
async function makeGated(request: APIRequestContext, key: string, title: string, settings: object = {}) {
  const owner = agent(request, key)
  const project = await owner.makeProject(title)
  await owner.done('patch', `/groups/${project.group_id}`, { no_self_approval: false, ...settings })
  const link = addPeople(project.group, ['Maria Lopez'])
  const atlas = agentIn(request, project.group, 'Atlas')
  const plan = await owner.plan(project, title, [
    { title: 'Tests passing' },
    { title: 'Deploy to production', depends_on: [1], requires_consensus: true },
    { title: 'Announce it', depends_on: [2] },
  ])
  const { checkpoints } = await owner.done('get', `/milestones/${plan.milestone_id}`)
  const proposal_id = String(checkpoints[1].requires_proposal_id)
  const cast = (who: typeof owner, ballot: object) => who.done('post', `/proposals/${proposal_id}/vote`, ballot)
  return { ...plan, owner, atlas, link, proposal_id, cast, address: `/m/${plan.milestone_id}?cp=${plan.checkpoints[1]}` }
}

async function castIn(page: Page, choice: 'Yes' | 'No', comment = '') {
  await vote(page).getByText(choice, { exact: true }).click()
  if (comment !== '') await vote(page).getByLabel('Comment (optional)').fill(comment)
  await button(page, 'Cast your vote').click()
}

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).include('#drawer').analyze()
  expect(violations).toEqual([])
}

test('[G1] a vote is cast, decided and finalized in the drawer, and then the checkpoint is completed there', async ({
  page,
  request,
  key,
}) => {
  const plan = await makeGated(request, key, 'Release')
  await plan.owner.complete(plan.milestone_id, 1)
  await page.goto(plan.address)
  await expect(drawer(page)).toContainText("Waits for the group's vote: 2 more yes decide it. Everything it depends on is done.")
  await expect(vote(page)).toContainText('0 yes, 0 no · 2 yes of 3 needed')
  await expect(vote(page)).toContainText('Majority of 3 = 2 yes; 0 so far.')
  await expect(button(page, 'Complete')).toBeDisabled()
  await expectAccessible(page)

  await castIn(page, 'Yes', 'The error rate is down')
  await expect(said(page, 'You have voted: yes.')).toHaveCount(1)
  await expect(drawer(page).getByRole('heading', { level: 2 })).toBeFocused()
  await expect(vote(page)).toContainText('You have voted: yes.')
  await expect(vote(page).getByRole('listitem')).toHaveText([/^O.*Owner voted yes · just now.*The error rate is down$/])
  await expect(vote(page)).toContainText('Not voted yet: ')
  await expect(button(page, 'Cast your vote')).toHaveCount(0)
  await expect(drawer(page)).toContainText('1 more yes decides it')
  await expect(drawer(page).getByRole('region', { name: 'Activity' })).toContainText('The error rate is down')

  await plan.cast(plan.atlas, { vote: 'yes', round: 1 })
  await comeBack(page)
  await expect(drawer(page)).toContainText('it is decided, and somebody has to finalize it')
  await expect(vote(page).getByRole('listitem').first()).toHaveText(/Atlas \(agent\), for Owner, voted yes/)
  await expectAccessible(page)
  await vote(page).locator('summary').filter({ hasText: 'Finalize' }).click()
  await expect(page.getByRole('region', { name: 'Finalize this vote?' })).toContainText('Approved: 2 yes of 3, 2 needed.')
  await button(page, 'Finalize for good').click()
  await expect(said(page, 'The vote is finalized: it has passed.')).toHaveCount(1)
  await expect(drawer(page)).toContainText('Ready: nothing blocks it.')
  await expect(drawer(page).getByRole('heading', { level: 2 })).toBeFocused()
  await expect(row(page, 'Deploy to production')).toContainText('Ready')
  await button(page, 'Complete').click()
  await expect(drawer(page)).toContainText('Done by Owner')
  // Who agreed to it is still told.
  await expect(vote(page)).toContainText('Approved')
  await expect(vote(page).getByRole('listitem')).toHaveCount(2)
})

test('[G1] a ballot for a round that is over is refused where it was cast, and cast again for the new one', async ({
  page,
  request,
  key,
}) => {
  const plan = await makeGated(request, key, 'Rounds')
  await plan.cast(plan.atlas, { vote: 'yes', round: 1 })
  await page.goto(plan.address)
  await expect(vote(page)).toContainText('1 yes, 0 no')
  await vote(page).getByText('Yes', { exact: true }).click()
  await vote(page).getByLabel('Comment (optional)').fill('As it was planned')
  await plan.owner.done('patch', `/milestones/${plan.milestone_id}/checkpoints/2`, { description: 'To both regions at once' })

  await button(page, 'Cast your vote').click()
  await expect(vote(page).getByRole('alert')).toContainText('is in round 2: what is voted on may have changed')
  await expect(drawer(page)).toContainText('To both regions at once')
  await expect(vote(page)).toContainText('Round 2')
  await expect(vote(page)).toContainText('0 yes, 0 no')
  await expect(vote(page).getByLabel('Comment (optional)')).toHaveValue('As it was planned')
  await expectAccessible(page)
  await button(page, 'Cast your vote').click()
  await expect(vote(page)).toContainText('You have voted: yes.')
  const after = await plan.owner.done('get', `/proposals/${plan.proposal_id}`)
  expect(after).toMatchObject({
    round: 2,
    vote_count: 1,
    tally: { yes: 1, no: 0 },
    votes: [{ voter_name: 'Owner', comment: 'As it was planned' }],
  })
})

test('[G1] after a rejection, a reason begins a new round', async ({ page, request, key }) => {
  const plan = await makeGated(request, key, 'Again', { gate_auto_finalize: true })
  await plan.owner.complete(plan.milestone_id, 1)
  await plan.cast(plan.atlas, { vote: 'no', comment: 'The backups are not proved', round: 1 })
  await page.goto(plan.address)
  await castIn(page, 'No')
  await expect(said(page, 'You have voted: no. That decided the vote.')).toHaveCount(1)
  await expect(drawer(page)).toContainText("The group's vote did not pass.")
  await expect(vote(page)).toContainText('Rejected')
  await expect(row(page, 'Deploy to production')).toContainText('The vote did not pass')

  await opener(page, 'Begin a new round').click()
  await button(page, 'Begin the round').click()
  await drawer(page).getByLabel('Why should they vote again?').fill('They are proved now')
  await button(page, 'Begin the round').click()
  await expect(said(page, 'Round 2 is open.')).toHaveCount(1)
  await expect(vote(page)).toContainText('They are proved now')
  await expect(vote(page)).toContainText('Round 2')
  await expect(opener(page, 'Begin a new round')).toHaveCount(0)
  await castIn(page, 'Yes')
  await plan.cast(plan.atlas, { vote: 'yes', round: 2 })
  await comeBack(page)
  await expect(drawer(page)).toContainText('Ready: nothing blocks it.')
})

test('[G1] [P1] a checkpoint is gated and its gate is lifted, by an admin and with a reason', async ({ page, browser, request, key }) => {
  const owner = agent(request, key)
  const project = await owner.makeProject('Gates')
  const link = addPeople(project.group, ['Maria Lopez'])
  const { milestone_id, checkpoints } = await owner.plan(project, 'Gates', [{ title: 'Deploy' }])
  const address = `/m/${milestone_id}?cp=${checkpoints[0]}`
  await page.goto(address)
  await expect(opener(page, 'Lift the gate')).toHaveCount(0)
  await opener(page, 'Edit').click()
  await drawer(page).getByLabel('Needs a vote of the group').check()
  await button(page, 'Save changes').click()
  await expect(drawer(page)).toContainText("Waits for the group's vote: 1 more yes decides it.")
  await expect(vote(page)).toContainText('You are not among those who vote on it')
  await expect(row(page, 'Deploy')).toContainText('Vote')

  const maria = await signIn(browser, link)
  await maria.goto(address)
  await expect(button(maria, 'Lift the gate')).toBeDisabled()
  await expect(button(maria, 'Lift the gate')).toHaveAccessibleDescription(/^Only admins of .* can lift the gate\.$/)
  // Nothing is lost by a change as long as nobody has voted.
  await opener(maria, 'Edit').click()
  await expect(button(maria, 'Save changes')).toBeVisible()
  await expect(drawer(maria)).not.toContainText('begins a new round of the vote')
  await expect(drawer(maria).getByLabel('Needs a vote of the group')).toHaveCount(0)
  await castIn(maria, 'No', 'Not on a Friday')
  await expect(drawer(maria)).toContainText('begins a new round of the vote. The ballot that was cast would no longer count.')
  await expect(drawer(maria)).toContainText('it cannot pass any more')
  await maria.close()

  await page.reload()
  await opener(page, 'Lift the gate').click()
  await drawer(page).getByLabel('Why does it need no vote?').fill('The vote was asked for by mistake')
  await expectAccessible(page)
  await button(page, 'Lift the gate of this checkpoint').click()
  await expect(said(page, '1 Deploy needs no vote any more.')).toHaveCount(1)
  await expect(drawer(page).getByRole('heading', { level: 2 })).toBeFocused()
  await expect(drawer(page)).toContainText('Ready: nothing blocks it.')
  await expect(vote(page)).toHaveCount(0)
  await expect(drawer(page).getByRole('region', { name: 'Activity' })).toContainText('The vote was asked for by mistake')
})

test('a checkpoint is added with a gate', async ({ page, request, key }) => {
  const owner = agent(request, key)
  const { milestone_id } = await owner.plan(await owner.makeProject('Added'), 'Added', [{ title: 'Build' }])
  await page.goto(`/m/${milestone_id}`)
  await page.locator('summary').filter({ hasText: 'Add a checkpoint' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill('Deploy')
  await page.getByLabel('Needs a vote of the group').check()
  await page.getByRole('button', { name: 'Add checkpoint' }).click()
  await expect(row(page, 'Deploy')).toContainText('Vote')
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('a vote is cast, and nothing is wider than the screen', async ({ page, request, key }) => {
    const plan = await makeGated(request, key, 'Pocket')
    await plan.cast(plan.atlas, { vote: 'no', comment: `A${'very'.repeat(60)}longword that nobody would write`, round: 1 })
    await page.goto(plan.address)
    await expect(vote(page)).toContainText('0 yes, 1 no')
    await castIn(page, 'Yes')
    await expect(vote(page)).toContainText('You have voted: yes.')
    expect(await drawer(page).evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    await expectAccessible(page)
  })
})

test.describe('before JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the drawer leads to the page of the vote, and gates and lifts', async ({ page, request, key }) => {
    const plan = await makeGated(request, key, 'Plain')
    await page.goto(plan.address)
    await expect(vote(page)).toContainText('It is open.')
    await expect(vote(page).getByRole('link', { name: 'Page of the vote' })).toHaveAttribute('href', `/proposals/${plan.proposal_id}`)
    await opener(page, 'Lift the gate').click()
    await drawer(page).getByLabel('Why does it need no vote?').fill('A rehearsal')
    await button(page, 'Lift the gate of this checkpoint').click()
    await expect(vote(page)).toHaveCount(0)
    await opener(page, 'Edit').click()
    await drawer(page).getByLabel('Needs a vote of the group').check()
    await button(page, 'Save changes').click()
    await expect(vote(page)).toContainText('It is open.')
  })
})

test('the voting settings of a group are saved as often as they are changed, and a wrong deadline is refused at its field', async ({
  page,
  request,
  key,
}) => {
  const owner = agent(request, key)
  const { group, group_id } = await owner.makeProject('Settings')
  const stored = async () => {
    const { gate_threshold, gate_voters, gate_deadline_hours, no_self_approval, gate_auto_finalize } = await owner.done(
      'get',
      `/groups/${group_id}`,
    )
    return { gate_threshold, gate_voters, gate_deadline_hours, no_self_approval, gate_auto_finalize }
  }
  const save = async (expected: object) => {
    await page.getByRole('button', { name: 'Save voting settings' }).click()
    await expect.poll(stored).toEqual(expected)
    await expect(page.getByRole('status').getByText('The voting settings are saved.', { exact: true })).toHaveCount(1)
  }
  const deadline = page.getByLabel('Deadline, in hours')

  await page.goto(`/g/${group}/settings`)
  await page.getByLabel('A vote passes with').selectOption('two_thirds')
  await page.getByLabel('Who votes').selectOption('people')
  await deadline.fill('48')
  await page.getByLabel('Nobody votes on their own work').uncheck()
  await page.getByLabel('Finalize a vote as soon as it is decided').check()
  const changed = {
    gate_threshold: 'two_thirds',
    gate_voters: 'people',
    gate_deadline_hours: 48,
    no_self_approval: false,
    gate_auto_finalize: true,
  }
  await save(changed)

  await deadline.fill('soon')
  await page.getByRole('button', { name: 'Save voting settings' }).click()
  await expect(deadline).toHaveAccessibleDescription(/^It /)
  await expect(deadline).toBeFocused()
  expect(await stored()).toEqual(changed)

  await deadline.fill('')
  await page.getByLabel('Nobody votes on their own work').check()
  const again = { ...changed, gate_deadline_hours: null, no_self_approval: true }
  await save(again)
  await page.reload()
  await expect(page.getByLabel('A vote passes with')).toHaveValue('two_thirds')
  await expect(page.getByLabel('Nobody votes on their own work')).toBeChecked()

  // What somebody else has changed meanwhile is not taken back by saving what this form shows.
  await owner.done('patch', `/groups/${group_id}`, { gate_threshold: 'unanimous' })
  await page.getByLabel('Finalize a vote as soon as it is decided').uncheck()
  await save({ ...again, gate_threshold: 'unanimous', gate_auto_finalize: false })

  // The other form of the page can be saved twice too.
  for (const name of ['Twice', 'Twice as good']) {
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('button', { name: 'Save changes' }).click()
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  }
})
