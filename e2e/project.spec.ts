import { expect, test } from './test'

test('a person makes a group and a project in it, and archives it', async ({ page }) => {
  const slug = `team-${crypto.randomUUID().slice(0, 8)}`
  await page.goto('/')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'New group' }).click()
  const name = slug.replace('-', ' ')
  await page.getByLabel('Name').fill(name)
  await expect(page.getByLabel('Slug')).toHaveAttribute('placeholder', slug)
  await page.getByRole('button', { name: 'Create group' }).click()
  await expect(page.getByRole('heading', { name })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name })).toHaveAttribute('aria-current', 'page')

  await page.getByRole('link', { name: 'New project' }).click()
  await page.getByLabel('Title').fill('Q1 Roadmap')
  await page.getByRole('button', { name: 'Create project' }).click()
  await expect(page.getByRole('heading', { name: 'Q1 Roadmap' })).toBeVisible()

  await page.getByRole('button', { name: 'More actions for this project' }).click()
  await page.getByRole('button', { name: 'Archive the project' }).click()
  await expect(page.getByText('archived', { exact: true })).toBeVisible()
  await page.goto(`/?group=${slug}&status=archived`)
  await expect(page.getByRole('link', { name: 'Q1 Roadmap' })).toBeVisible()
})

test('[S1] names that make the same slug are no obstacle, for groups and for projects', async ({ page }) => {
  const base = `x${crypto.randomUUID().slice(0, 8)}`
  const makeGroup = async (name: string, slug?: string) => {
    await page.goto('/?new=group')
    await page.getByLabel('Name').fill(name)
    if (slug !== undefined) await page.getByLabel('Slug').fill(slug)
    await page.getByRole('button', { name: 'Create group' }).click()
  }
  await makeGroup(`${base}++`)
  await expect(page).toHaveURL(`/?group=${base}`)
  await makeGroup(`${base}#`)
  await expect(page).toHaveURL(`/?group=${base}-2`)

  await makeGroup(`${base} by hand`, base)
  await expect(page.getByRole('alert').filter({ hasText: base })).toContainText(`The slug ${base} is not available`)
  await page.getByLabel('Slug').fill('')
  await page.getByRole('button', { name: 'Create group' }).click()
  await expect(page).toHaveURL(`/?group=${base}-by-hand`)

  for (const title of ['C++', 'C#']) {
    await page.goto(`/?group=${base}&new=project`)
    await page.getByLabel('Title').fill(title)
    await page.getByRole('button', { name: 'Create project' }).click()
    await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible()
  }
})

test('[S1] a group gets the slug that its form shows, in every script, and only a name that needs the tables loads them', async ({
  page,
}) => {
  const random = crypto.randomUUID().slice(0, 8)
  for (const [name, slug, loads] of [
    ['Équipe Été', 'equipe-ete', false],
    ['Команда бэкенда', 'komanda-bekenda', true],
    ['后端团队', 'hou-duan-tuan-dui', true],
    ['فريق الخلفية', 'fryq-lkhlfyh', true],
  ] as const) {
    await page.goto('/?new=group', { waitUntil: 'networkidle' })
    const scripts: string[] = []
    const note = (request: { resourceType(): string; url(): string }) => request.resourceType() === 'script' && scripts.push(request.url())
    page.on('request', note)
    await page.getByLabel('Name').fill(`${name} ${random}`)
    await expect(page.getByLabel('Slug')).toHaveAttribute('placeholder', `${slug}-${random}`)
    expect(scripts.length > 0).toBe(loads)
    page.off('request', note)
    await page.getByRole('button', { name: 'Create group' }).click()
    await expect(page).toHaveURL(`/?group=${slug}-${random}`)
  }
})

test('a theme is chosen, and is there in the first frame of the next page', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'Theme' }).click()
  await page.getByText('Dark', { exact: true }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  const html = await (await page.request.get('/')).text()
  expect(html).toContain('data-theme="dark"')
})

test.describe('who is not signed in', () => {
  test.use({ storageState: { cookies: [], origins: [] } })

  test('is sent to a page that says where the link is, and why one did not work', async ({ page }) => {
    await page.goto('/')
    await expect(page).toHaveURL('/sign-in')
    await expect(page.getByText('npm start')).toBeVisible()
    await page.goto('/auth/magic-link/verify?token=none&callbackURL=/&errorCallbackURL=/sign-in')
    await expect(page.getByRole('alert').filter({ hasText: 'That link does not work' })).toBeVisible()
  })
})
