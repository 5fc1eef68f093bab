import { gzipSync } from 'node:zlib'
import AxeBuilder from '@axe-core/playwright'
import type { Page, Response } from '@playwright/test'
import { expect, test } from './test'

// The documentation is for everybody: nobody is signed in here.
test.use({ storageState: { cookies: [], origins: [] } })

const example = (page: Page, call: string) => page.getByRole('region', { name: call, exact: true })

test('the reference leads by its tree to a call, with its fields, refusals and examples', async ({ page, baseURL }) => {
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(`${baseURL}/`) && !request.url().startsWith('data:')) foreign.push(request.url())
  })
  await page.goto('/docs/api')
  await page.getByRole('navigation', { name: 'Contents', exact: true }).getByRole('link', { name: 'complete_checkpoint' }).click()
  await expect(page).toHaveURL('/docs/api#complete_checkpoint')
  await expect(page.getByRole('heading', { name: 'complete_checkpoint' })).toBeInViewport()

  const call = example(page, 'complete_checkpoint')
  await expect(call).toContainText('POST/api/milestones/{milestone_id}/checkpoints/{order}/complete')
  await expect(call.getByRole('table', { name: 'Path' }).getByRole('row', { name: /^milestone_id/ })).toContainText('required')
  await expect(call.getByRole('table', { name: 'Body' }).getByRole('row', { name: /^note/ })).toContainText('up to 2,000 characters')
  await expect(call).toContainText(`${baseURL}/api/milestones/`)

  await call.getByRole('link', { name: 'blocked', exact: true }).click()
  await expect(page).toHaveURL('/docs/api#code-blocked')
  await expect(page.getByRole('region', { name: /^blocked/ })).toContainText('Checkpoint 3 depends on checkpoint 2 which is pending')
  await example(page, 'get_milestone').getByRole('link', { name: 'Milestone', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Milestone', exact: true })).toBeInViewport()
  expect(foreign).toEqual([])
})

test('one choice shows all examples in another language, by the keyboard too', async ({ page }) => {
  await page.goto('/docs/api')
  const call = example(page, 'claim_next')
  await expect(call).toContainText('curl -s -X POST')
  await page.getByRole('radio', { name: 'curl' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: 'TypeScript' })).toBeChecked()
  await expect(call.getByText('await fetch')).toBeVisible()
  await expect(call.getByText('curl -s -X POST')).toBeHidden()
  await page.keyboard.press('ArrowRight')
  await expect(call.getByText('claim_next { "group": "backend-team" }')).toBeVisible()
  await page.getByText('Command line', { exact: true }).first().click()
  await expect(call.getByText('cairn claim-next backend-team')).toBeVisible()
})

test('every link of the reference leads somewhere', async ({ page }) => {
  await page.goto('/docs/api')
  const broken = await page.evaluate(() => {
    const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')].map((link) => link.hash.slice(1))
    return links.filter((id) => document.getElementById(id) === null)
  })
  expect(broken).toEqual([])
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    return ids.filter((id, at) => ids.indexOf(id) !== at)
  })
  expect(twice).toEqual([])
})

// All sections are built alike, so one of each kind stands for the others: the whole page has thousands of elements.
const PARTS = [
  'header',
  '[aria-label="Contents"]',
  '#start',
  '[aria-labelledby="work"]',
  ...labelled('create_milestone', 'stream', 'Checkpoint', 'code-blocked'),
  '#refusals',
]

function labelled(...ids: string[]): string[] {
  return ids.map((id) => `[aria-labelledby="${id}"]`)
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the reference, ${theme}`, async ({ page, baseURL }) => {
    await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL ?? '' }])
    await page.goto('/docs/api')
    const axe = PARTS.reduce((found, part) => found.include(part), new AxeBuilder({ page }))
    const { violations } = await axe.analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`)).toEqual([])
  })
}

test('it loads no script but those of every page, and at most 140 kB of them', async ({ page }) => {
  const ofEveryPage = await scriptsOf(page, '/sign-in')
  const own = await scriptsOf(page, '/docs/api')
  expect(own.size).toBeGreaterThan(0)
  expect([...own.keys()].filter((url) => !ofEveryPage.has(url))).toEqual([])
  expect([...own.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(140_000)
})

/** The scripts that a page loads first, and how many bytes each has when it is compressed. */
async function scriptsOf(page: Page, path: string): Promise<Map<string, number>> {
  const loading: Promise<[string, number]>[] = []
  const hear = (response: Response) => {
    if (response.request().resourceType() === 'script')
      loading.push(response.body().then((body) => [response.url(), gzipSync(body).byteLength]))
  }
  page.on('response', hear)
  await page.goto(path, { waitUntil: 'networkidle' })
  page.off('response', hear)
  return new Map(await Promise.all(loading))
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })

  test('nothing scrolls sideways, and the contents open and lead to a call', async ({ page }) => {
    await page.goto('/docs/api')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    const contents = page.getByRole('navigation', { name: 'Contents of the page' })
    await expect(contents).toBeHidden()
    await page.locator('summary', { hasText: 'Contents' }).click()
    await contents.getByRole('link', { name: 'wait_for' }).click()
    await expect(page.getByRole('heading', { name: 'wait_for' })).toBeInViewport()
    await page.getByRole('link', { name: 'Contents', exact: true }).click()
    await expect(page.locator('summary', { hasText: 'Contents' })).toBeInViewport()
  })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('the reference is whole: the tree, the choice of language, the codes', async ({ page }) => {
    await page.goto('/docs/api')
    await page.getByRole('navigation', { name: 'Contents', exact: true }).getByRole('link', { name: 'fail_checkpoint' }).click()
    await expect(page.getByRole('heading', { name: 'fail_checkpoint' })).toBeInViewport()
    await page.getByText('MCP', { exact: true }).first().click()
    await expect(example(page, 'fail_checkpoint').getByText(/^fail_checkpoint \{/)).toBeVisible()
    await expect(page.getByRole('heading', { name: /^rate_limited/ })).toBeVisible()
  })
})

test('llms.txt and the Markdown name the address of this instance, hold no secret, and lead where they say', async ({
  request,
  key,
  baseURL,
}) => {
  const llms = await request.get('/llms.txt')
  expect(llms.headers()['content-type']).toBe('text/plain; charset=utf-8')
  const text = await llms.text()
  expect(text).toMatch(/^# Cairn\n\n> /)
  for (const said of [
    `${baseURL}/mcp`,
    `${baseURL}/cli`,
    'create_milestone',
    'claim_next',
    'complete_checkpoint',
    'why_blocked',
    'wait_for',
  ])
    expect(text).toContain(said)
  expect(text).not.toMatch(/sk_live_\w/)
  const links = [...text.matchAll(/\]\((\S+)\)/g)].map(([, link = '']) => link)
  expect(links.length).toBeGreaterThan(5)
  for (const link of new Set(links)) {
    const answer = await request.get(link, { headers: { authorization: `Bearer ${key}` } })
    expect(answer.status(), link).toBe(200)
  }

  const markdown = await request.get('/docs/api.md')
  expect(markdown.headers()['content-type']).toBe('text/markdown; charset=utf-8')
  expect(await markdown.text()).toContain('### complete_checkpoint')
  expect(await markdown.text()).not.toMatch(/sk_live_\w/)
})
