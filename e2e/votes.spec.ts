import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { agent } from './plan'
import { comeBack, expect, test } from './test'

// Most of these sign people up, and walk through many pages.
test.describe.configure({ timeout: 240_000 })

const PASSWORD = 'seven green lanterns'

type Bot = ReturnType<typeof agent>

/** A person who joins a group by a link, in a browser of their own. */
async function joined(browser: Browser, bot: Bot, group: string, name: string, complaints: string[]): Promise<Page> {
  const { link } = await bot.done('post', `/groups/${group}/invitations`, {})
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } })
  const page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} (${message.location().url})`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(link)
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail address').fill(`${crypto.randomUUID()}@votes.example`)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign up and join' }).click()
  await expect(page).toHaveURL(/\/\?group=/)
  return page
}

/** An agent profile of a group for which a person answers, as its calls. */
async function profile(bot: Bot, request: Parameters<typeof agent>[0], group: string, name: string, person: string): Promise<Bot> {
  const { agent_profile_id } = await bot.done('post', `/groups/${group}/agents`, { name })
  const { members } = await bot.done('get', `/groups/${group}/members`)
  const { user_id } = members.find((member: { name: string }) => member.name === person)
  await bot.done('patch', `/groups/${group}/agents/${agent_profile_id}`, { accountable_id: user_id })
  const { secret } = await bot.done('post', `/groups/${group}/keys`, { name, agent_profile_id })
  return agent(request, secret)
}

type Step = { title: string; description?: string; depends_on?: number[]; requires_consensus?: boolean }

async function planned(bot: Bot, { group, project_id }: { group: string; project_id: string }, title: string, checkpoints: Step[]) {
  const milestone = await bot.done('post', `/groups/${group}/milestones`, { title, project_id, checkpoints })
  const gate = milestone.checkpoints.find((checkpoint: { requires_consensus: boolean }) => checkpoint.requires_consensus)
  return { milestone_id: String(milestone.milestone_id), proposal_id: String(gate?.requires_proposal_id), gate }
}

const ask = (bot: Bot, group: string, data: object) => bot.done('post', `/groups/${group}/proposals`, data)

async function expectClean(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`),
    page.url(),
  ).toEqual([])
}

test('[G1] "User Authentication": nobody deploys before the group has said yes, which two people and an agent do', async ({
  page,
  browser,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Sign-in')
  const { group } = project
  const maria = await joined(browser, bot, group, 'Maria Lopez', complaints)
  const noah = await joined(browser, bot, group, 'Noah Reed', complaints)
  const atlas = await profile(bot, request, group, 'atlas', 'Maria Lopez')
  const { milestone_id, proposal_id, gate } = await planned(bot, project, 'User Authentication', [
    { title: 'Write the code' },
    { title: 'Deploy to production', description: 'To all regions at once.', depends_on: [1], requires_consensus: true },
  ])
  await atlas.complete(milestone_id, 1)

  const refused = await atlas.complete(milestone_id, 2)
  expect(refused.status).toBe(409)
  expect(refused.body.error).toBe('consensus_required')
  expect(refused.body.message).toContain('Checkpoint 2 needs a vote of the group')
  await page.goto(`/m/${milestone_id}?cp=${gate.checkpoint_id}`)
  await expect(page.locator('#drawer').getByRole('button', { name: 'Complete' })).toBeDisabled()

  // Whoever asked for it does not vote on it, and is told so.
  await page.goto(`/proposals/${proposal_id}`)
  await expect(page.getByText('nobody approves what is their own')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Cast your vote' })).toHaveCount(0)
  await expect(page.getByText('Majority of 3 = 2 yes; 0 so far.')).toBeVisible()

  await atlas.done('post', `/proposals/${proposal_id}/vote`, { vote: 'yes', comment: 'All tests are green.', round: 1 })
  await maria.goto('/proposals')
  await expect(maria.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Votes 1 waits for you' })).toBeVisible()
  const waiting = maria.getByRole('region', { name: 'Waiting for your vote' })
  await expect(waiting.getByRole('listitem')).toContainText('Gate: Complete checkpoint 2 of User Authentication')
  await waiting.getByRole('link', { name: 'Deploy to production' }).click()
  await expect(maria.getByRole('heading', { name: 'Deploy to production', level: 1 })).toBeVisible()
  await expect(maria.getByText('To all regions at once.')).toBeVisible()
  await expect(maria.getByRole('listitem').filter({ hasText: 'atlas' }).filter({ hasText: 'All tests are green.' })).toContainText(
    ', for Maria Lopez',
  )
  await expect(maria.getByRole('button', { name: 'Finalize' })).toHaveCount(0)
  await maria.getByRole('radio', { name: 'No' }).check()
  await maria.getByLabel('Comment').fill('Nobody has tried the way back.')
  await maria.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(maria.getByRole('status').filter({ hasText: 'You have voted: No.' })).toBeVisible()
  await expect(maria.getByRole('heading', { level: 1 })).toBeFocused()
  await expect(maria.getByRole('button', { name: 'Cast your vote' })).toHaveCount(0)
  await expect(maria.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Votes', exact: true })).toBeVisible()

  await noah.goto(`/proposals/${proposal_id}`)
  await noah.getByRole('radio', { name: 'Yes' }).check()
  await noah.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(noah.getByText('Decided: 2 of 3 have voted yes, and 2 had to.')).toBeVisible()
  await noah.getByText('Finalize', { exact: true }).click()
  await expect(noah.getByText('Approved: 2 yes of 3, 2 needed.')).toBeVisible()
  await expect(noah.getByText('it cannot be undone')).toBeVisible()
  await noah.getByRole('button', { name: 'Finalize for good' }).click()
  await expect(noah.getByRole('status').filter({ hasText: 'The vote is finalized: it has passed.' })).toBeVisible()
  await expect(noah.getByText('Approved', { exact: true })).toBeVisible()
  await expect(noah.getByRole('button', { name: 'Finalize for good' })).toHaveCount(0)

  const completed = await atlas.complete(milestone_id, 2)
  expect(completed.body.success).toBe(true)
  expect(completed.body.data.status).toBe('closed')
  await maria.goto(`/activity?action=proposal.finalized&group=${group}`)
  await expect(maria.getByText('Noah Reed finalized the vote on 2 Deploy to production in User Authentication, which passed')).toBeVisible()
})

test('[G1] a ballot for a round that is over is refused in the words of the API, and what was entered stays', async ({
  page,
  request,
  key,
  browser,
  complaints,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Rounds')
  const maria = await joined(browser, bot, project.group, 'Maria Lopez', complaints)
  const { milestone_id, proposal_id } = await planned(bot, project, 'Rounds', [{ title: 'Ship it', requires_consensus: true }])
  await maria.goto(`/proposals/${proposal_id}`)
  await maria.getByRole('radio', { name: 'Yes' }).check()
  await maria.getByLabel('Comment').fill('Go on.')
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/1`, { description: 'And drop the old tables.' })
  await maria.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(maria.getByRole('alert').filter({ hasText: 'The ballot is for round 1, and' })).toBeVisible()
  await expect(maria.getByText('And drop the old tables.')).toBeVisible()
  await expect(maria.getByText('This vote is for the content of round 2')).toBeVisible()
  await expect(maria.getByLabel('Comment')).toHaveValue('Go on.')
  expect((await bot.done('get', `/proposals/${proposal_id}`)).votes).toEqual([])

  await maria.getByRole('radio', { name: 'No' }).check()
  await maria.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(maria.getByText('You have voted: No, ')).toBeVisible()

  // It is rejected, and a new round begins for a reason. The ballots of the round before are folded away.
  await page.goto(`/proposals/${proposal_id}`)
  await page.getByText('Finalize', { exact: true }).click()
  await expect(page.getByText('Rejected: 0 yes of 1, 1 needed.')).toBeVisible()
  await page.getByRole('button', { name: 'Finalize for good' }).click()
  await page.getByText('Begin a new round').click()
  await page.getByLabel('Why should they vote again?').fill('The tables are backed up now.')
  await page.getByRole('button', { name: 'Begin the round' }).click()
  await expect(page.getByText('Round 3 began because: “The tables are backed up now.”')).toBeVisible()
  await page.getByText('Round 2: 1 ballot').click()
  await expect(page.getByRole('region', { name: 'Earlier rounds' }).getByRole('listitem')).toContainText('Maria Lopez')

  await maria.reload()
  await maria.getByRole('radio', { name: 'Yes' }).check()
  await maria.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(maria.getByText('You have voted: Yes, ')).toBeVisible()
  const { votes, earlier_votes } = await bot.done('get', `/proposals/${proposal_id}`)
  expect(votes.map(({ vote, round }: { vote: string; round: number }) => [vote, round])).toEqual([['yes', 3]])
  expect(earlier_votes).toHaveLength(1)
})

test('[G1] a ballot that was begun before the drawer showed a new round by itself is still for the round before', async ({
  browser,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const project = await bot.makeProject('Fresh rounds')
  const maria = await joined(browser, bot, project.group, 'Maria Lopez', complaints)
  const { milestone_id, proposal_id, gate } = await planned(bot, project, 'Rounds', [{ title: 'Ship it', requires_consensus: true }])
  await maria.goto(`/m/${milestone_id}?cp=${gate.checkpoint_id}`)
  const drawer = maria.locator('#drawer')
  await drawer.getByRole('radio', { name: 'Yes' }).check()
  await bot.done('patch', `/milestones/${milestone_id}/checkpoints/1`, { description: 'And drop the old tables.' })
  await comeBack(maria)
  await expect(drawer.getByText('Round 2', { exact: true })).toBeVisible()
  await drawer.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(drawer.getByRole('alert').filter({ hasText: 'The ballot is for round 1, and' })).toBeVisible()
  expect((await bot.done('get', `/proposals/${proposal_id}`)).votes).toEqual([])
  await drawer.getByRole('button', { name: 'Cast your vote' }).click()
  await expect(drawer.getByRole('button', { name: 'Cast your vote' })).toHaveCount(0)
  const { votes } = await bot.done('get', `/proposals/${proposal_id}`)
  expect(votes.map(({ vote, round }: { vote: string; round: number }) => [vote, round])).toEqual([['yes', 2]])
})

test('a group is asked, and answers with its options in order by keyboard alone', async ({ page, request, key }) => {
  const bot = agent(request, key)
  const { group, group_id } = await bot.makeProject('Names')
  await page.goto(`/proposals?group=${group}`)
  await expect(page.getByRole('heading', { name: 'No votes yet' })).toBeVisible()
  await page.getByRole('link', { name: 'Ask for a vote' }).click()
  await expect(page.getByRole('heading', { name: 'Ask for a vote', level: 1 })).toBeVisible()
  await expect(page.getByLabel('Options', { exact: true })).toBeHidden()
  await expect(page.getByRole('combobox', { name: 'Group', exact: true })).toHaveValue(group_id)
  await page.getByLabel('Question').fill('What is the name of the release?')
  await page.getByRole('radio', { name: 'Ranked' }).check()
  await page.getByLabel('Options', { exact: true }).fill('Granite\nBasalt, of the sea')
  await page.getByRole('button', { name: 'Create vote' }).click()
  await expect(page.getByText('It contains a comma.')).toBeVisible()
  await expect(page.getByLabel('Options', { exact: true })).toBeFocused()
  await page.getByLabel('Options', { exact: true }).fill('Granite\nBasalt\n\nSlate\n')
  await page.getByRole('button', { name: 'Create vote' }).click()
  await expect(page.getByRole('heading', { name: 'What is the name of the release?', level: 1 })).toBeVisible()

  await page.getByRole('button', { name: 'Move Slate up' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Move Slate up' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Number 1')).toHaveValue('Slate')
  await expect(page.getByRole('status').filter({ hasText: 'Slate is number 1 of 3 now.' })).toBeVisible()
  // A place can also be given directly: what was there changes places with it.
  await page.getByLabel('Number 2').selectOption('Basalt')
  await expect(page.getByLabel('Number 3')).toHaveValue('Granite')
  await page.getByRole('button', { name: 'Cast your vote' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'You have voted: Slate › Basalt › Granite.' })).toBeVisible()
  const [{ proposal_id }] = (await bot.done('get', `/groups/${group}/proposals`)).proposals
  const { votes } = await bot.done('get', `/proposals/${proposal_id}`)
  expect(votes.map(({ vote }: { vote: string }) => vote)).toEqual(['Slate,Basalt,Granite'])

  await page.getByText('Finalize', { exact: true }).click()
  await expect(page.getByText('Passed: Slate with 1 of 1.')).toBeVisible()
  await page.getByRole('button', { name: 'Finalize for good' }).click()
  await expect(page.getByText('with Slate.')).toBeVisible()
  await page.goto(`/activity?action=proposal.finalized&group=${group}`)
  await expect(page.getByText('finalized the vote on What is the name of the release?, which passed, with Slate')).toBeVisible()
  await page.getByRole('link', { name: 'What is the name of the release?' }).click()
  await expect(page).toHaveURL(`/proposals/${proposal_id}`)
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a group is asked, votes, ranks, and finalizes', async ({ page, request, key }) => {
    const bot = agent(request, key)
    const { group } = await bot.makeProject('Plain votes')
    await page.goto(`/proposals/new?group=${group}`)
    await page.getByLabel('Question').fill('Which one?')
    await page.getByRole('radio', { name: 'Ranked' }).check()
    await page.getByLabel('Options', { exact: true }).fill('One')
    await page.getByRole('button', { name: 'Create vote' }).click()
    await expect(page.getByText('It needs at least two options for a ranked vote.')).toBeVisible()
    await expect(page.getByLabel('Question')).toHaveValue('Which one?')
    await page.getByLabel('Options', { exact: true }).fill('One\nTwo words\nThree')
    await page.getByRole('button', { name: 'Create vote' }).click()
    await page.getByRole('link', { name: 'Open the vote' }).click()

    await page.getByLabel('Number 1').selectOption('Two words')
    await page.getByLabel('Comment').fill('Short.')
    await page.getByRole('button', { name: 'Cast your vote' }).click()
    await expect(page.getByText('It names "Two words" twice.')).toBeVisible()
    await expect(page.getByLabel('Comment')).toHaveValue('Short.')
    await expect(page.getByLabel('Number 1')).toHaveValue('Two words')
    await page.getByLabel('Number 2').selectOption('One')
    await page.getByRole('button', { name: 'Cast your vote' }).click()
    await expect(page.getByText('You have voted: Two words › One › Three')).toBeVisible()
    await page.getByText('Finalize', { exact: true }).click()
    await page.getByRole('button', { name: 'Finalize for good' }).click()
    await expect(page.getByText('Passed', { exact: true })).toBeVisible()
    const { proposals } = await bot.done('get', `/groups/${group}/proposals?status=finalized`)
    expect(proposals.map(({ result }: { result: string }) => result)).toEqual(['Two words'])
  })
})

test('a stranger to the group is told why they cannot vote, and a private vote is not there for them', async ({
  browser,
  request,
  key,
  complaints,
}) => {
  const bot = agent(request, key)
  const { group: own } = await bot.makeProject('Own')
  const { group, group_id } = await bot.makeProject('Foreign')
  const { proposal_id } = await ask(bot, group, { title: 'Is it so?' })
  const maria = await joined(browser, bot, own, 'Maria Lopez', complaints)
  await maria.goto(`/proposals/${proposal_id}`)
  await expect(maria.getByText('You are not a member of the group, so you cannot vote.')).toBeVisible()
  await expect(maria.getByRole('button', { name: /vote|Finalize/i })).toHaveCount(0)
  await maria.goto('/proposals')
  await expect(maria.getByRole('heading', { name: 'No votes yet' })).toBeVisible()
  await bot.done('patch', `/groups/${group_id}`, { visibility: 'private' })
  const hidden = await maria.goto(`/proposals/${proposal_id}`)
  expect(hidden?.status()).toBe(404)
  complaints.splice(0, Infinity, ...complaints.filter((text) => !text.includes('404')))
})

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the pages of votes, and nothing is wider than a phone, ${theme}`, async ({ page, request, key, baseURL }) => {
    const bot = agent(request, key)
    const project = await bot.makeProject('Clean votes')
    const { group } = project
    const word = 'aWordWithoutAnyBlankThatIsLongerThanAnyPhoneIsWide'.repeat(3)
    const { proposal_id: ranked } = await ask(bot, group, {
      title: word,
      voting_type: 'ranked',
      options: [word, 'Two', 'Three'],
      deadline_hours: 5,
      description: word,
    })
    const { proposal_id: single } = await ask(bot, group, { title: 'One?', voting_type: 'single', options: ['A', 'B'] })
    await bot.done('post', `/proposals/${single}/vote`, { vote: 'A', comment: word, round: 1 })
    const { proposal_id: over } = await ask(bot, group, { title: 'Over?' })
    await bot.done('post', `/proposals/${over}/finalize`)
    const { proposal_id: gate } = await planned(bot, project, 'Gated', [
      { title: 'First' },
      { title: 'Second', depends_on: [1], requires_consensus: true },
    ])
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    const paths = [`/proposals?group=${group}`, '/proposals/new', ...[ranked, single, over, gate].map((id) => `/proposals/${id}`)]
    for (const path of paths) {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(path)
      await expectClean(page)
      await page.setViewportSize({ width: 390, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390)
    }
    await page.goto(`/proposals/${ranked}`)
    await page.getByRole('link', { name: /^Votes: \d+/ }).click()
    await expect(page.getByRole('heading', { name: 'Votes', level: 1 })).toBeVisible()
  })
}
