import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { type App, isReady, spawnApp, until } from '@/lib/testing/app'
import { type Field, PEOPLE, writeEverywhere } from './hostile-texts'
import { call, done, forEach, type Owner, ownerOf } from './owner'
import { PAYLOADS, packed, SPELLINGS } from './payloads'
import { expect, test } from './test'
import { watched, wordsOf } from './watched'

/** An instance of its own, because other tests would find hundreds of groups, projects and people. */
let app: App
let owner: Owner
const folder = mkdtempSync(path.join(tmpdir(), 'cairn-hostile-'))

// A trace of so much text takes longer than the tests.
test.use({ trace: 'off' })

test.beforeAll(async () => {
  chmodSync(folder, 0o755)
  app = await spawnApp(path.join(folder, 'data'))
  await until(app, () => isReady(app))
  owner = await ownerOf(app)
})
test.afterAll(async () => {
  app.child.kill('SIGTERM')
  await app.ended
  rmSync(folder, { recursive: true, force: true })
})

/** Where the address itself says something that the page may repeat: the page and the names of the parameters. */
const REPEATING: [page: string, parameters: string[]][] = [
  ['/sign-in', ['error', 'wait', 'unsaved']],
  ['/sign-in/to', ['page']],
  ['/settings/account', ['error', 'wait', 'saved']],
  ['/settings/connect', ['group', 'key']],
  ['/join/x', ['error']],
  ['/', ['group', 'status', 'new', 'q']],
  ['/g/ours', ['find']],
  ['/g/ours/keys', ['after']],
  ['/activity', ['q', 'actor']],
  ['/activity', ['group', 'action', 'ms']],
  ['/activity', ['via', 'since', 'until', 'before', 'event']],
  ['/proposals', ['group', 'before', 'open']],
  ['/proposals/new', ['group']],
  ['/nowhere', ['x']],
]

/** The address of the next page of a list, if there is one. */
const nextOf = (page: Page) => page.evaluate(() => document.querySelector('a[href*="?after="]')?.getAttribute('href') ?? null)

test('[F6] what people write and what addresses say is only ever text', async ({ browser }) => {
  test.setTimeout(600_000)
  const began = Date.now()
  const { fields, people } = await writeEverywhere(owner)
  const wrote = Date.now()
  const { context, seen } = await watched(browser, owner)
  const paths = [...new Set([...fields.map((field) => field.path), '/settings/connect', '/g/ours/settings'])]
  const foreign: string[] = []
  const unread: string[] = []
  const look = async (page: Page, where: string, expected: readonly Field[]) => {
    // A machine that has much else to do may keep the database from answering in time, which the page says.
    await expect(async () => expect((await page.goto(where))?.status(), where).toBe(200)).toPass({ timeout: 30_000 })
    foreign.push(...(await page.evaluate(() => Reflect.get(window, 'findForeign')(null))))
    const words = await page.evaluate(wordsOf)
    for (const { field, texts } of expected)
      unread.push(...texts.filter((text) => !words.includes(text)).map((text) => `${field} on ${where}: ${text.slice(0, 80)}`))
  }
  const pages = await Promise.all(Array.from({ length: 2 }, () => context.newPage()))
  const first = pages[0]
  await first?.goto('/activity')
  // The whole log, page by page. Of its older pages only the source is looked at.
  const newest = Number((await first?.locator('a[href*="event="]').first().getAttribute('href'))?.match(/event=(\d+)/)?.[1])
  const log: string[] = []
  for (let before = newest + 1; before > 1; before -= 100) log.push(`/activity?before=${before}`)
  paths.push(...log.splice(0, 3))
  await forEach(
    paths,
    async (where) => {
      const page = pages.pop()
      if (!page) throw new Error('There are as many pages as are looked at at once')
      await look(
        page,
        where,
        fields.filter((field) => field.path === where),
      )
      pages.push(page)
    },
    pages.length,
  )
  const [page] = pages
  if (!page) throw new Error('no page is left')
  const names = packed(200)
  for (let from = PEOPLE; from < names.length; from += PEOPLE) {
    const texts = names.slice(from, from + PEOPLE)
    await forEach(texts, (name, at) => done(people[at] ?? owner, 'PATCH', '/me', { name }))
    await look(page, '/g/ours', [{ field: 'name of a person', path: '/g/ours', texts }])
  }
  let keys = ''
  for (let next: string | null = '/g/ours/keys'; next; next = await nextOf(page)) {
    await look(page, next, [])
    keys += await page.evaluate(wordsOf)
  }
  unread.push(...PAYLOADS.filter((text) => !keys.includes(text)).map((text) => `name of a key: ${text}`))
  const looked = Date.now()
  // Each vector, behind one of the breakouts.
  const some = PAYLOADS.filter((_, at) => at % 5 === Math.floor(at / 5) % 5)
  const repeated = REPEATING.flatMap(([where, parameters]) =>
    packed(1_200, some).map((text) => `${where}?${new URLSearchParams(parameters.map((name) => [name, text]))}`),
  )
  await page.goto('/')
  // The browser itself complains of addresses that are refused. What came instead of a page has been judged by its status.
  const complained = seen.complained.filter((text) => !text.startsWith('Failed to load resource'))
  const inSources = await page.evaluate(
    async (addresses) => {
      const found: string[][] = []
      for (const address of addresses) {
        const response = await fetch(address)
        found.push(Reflect.get(window, 'findForeign')(await response.text()))
        if (response.status >= 500) found.push([`${response.status} at ${address}`])
      }
      return found.flat()
    },
    [...log, ...repeated],
  )
  foreign.push(...inSources)

  expect({ foreign: foreign.slice(0, 5), unread: unread.slice(0, 10), ...seen, complained }).toEqual({
    foreign: [],
    unread: [],
    ran: [],
    violated: [],
    complained: [],
  })
  const cells = fields.reduce((sum, { texts }) => sum + texts.length, 0)
  console.log(
    `${PAYLOADS.length} payloads, ${new Set(fields.map(({ field }) => field)).size} fields, ${cells} texts on ${paths.length} pages, ${repeated.length} addresses, ${log.length} older pages of the log; wrote in ${wrote - began} ms, looked for ${looked - wrote} ms, and ${Date.now() - looked} ms`,
  )
  await context.close()
})

test('[F6] a text that ran would be seen: by the policy, and by the test where there is no policy', async ({ browser }) => {
  const markup = '<img src=x onerror=ran()>'
  const insert = (text: string) => document.body.insertAdjacentHTML('beforeend', text)
  for (const bypassCSP of [false, true]) {
    const { context, seen } = await watched(browser, owner, { bypassCSP })
    const page = await context.newPage()
    await page.goto('/sign-in')
    await page.evaluate(insert, markup)
    if (bypassCSP) await expect.poll(() => seen.ran.length).toBe(1)
    else await expect.poll(() => seen.violated.join()).toMatch(/script-src-attr inline/)
    expect(seen.ran.length).toBe(bypassCSP ? 1 : 0)
    expect(await page.evaluate(() => Reflect.get(window, 'findForeign')(null))).toEqual([expect.stringContaining('onerror')])
    expect(await page.evaluate((source) => Reflect.get(window, 'findForeign')(source), `<p>${markup}`)).toHaveLength(1)
    await context.close()
  }
})

test('[F6] the address of a branch, a pull request or a commit leads to the host that it names, or is refused', async ({ browser }) => {
  const { group_id } = await done(owner, 'POST', '/groups', { name: 'Addresses' })
  const names = ['git_branch_url', 'git_pr_url', 'git_commit_url'] as const
  const { milestone_id } = await done(owner, 'POST', `/groups/${group_id}/milestones`, {
    title: 'Addresses',
    checkpoints: SPELLINGS.map((_, at) => ({ title: `Address ${at}` })),
  })
  const stored: string[] = []
  await forEach(SPELLINGS, async (spelling, at) => {
    for (const name of names) {
      const { status, data } = await call(owner, 'PATCH', `/milestones/${milestone_id}/checkpoints/${at + 1}`, { [name]: spelling })
      expect([200, 422], spelling).toContain(status)
      if (status === 200 && name === 'git_pr_url') stored[at] = data.checkpoints[at].git_pr_url
    }
  })
  const hosts = stored.filter(Boolean).map((url) => new URL(url).host)
  const { context, seen } = await watched(browser, owner)
  const page = await context.newPage()
  await page.goto(`/m/${milestone_id}?view=list`)
  const links = await page.evaluate(() =>
    [...document.links].flatMap(({ host, protocol, username, target, rel, attributes }) =>
      target === '_blank' && rel === 'noreferrer' ? [{ href: attributes.getNamedItem('href')?.value ?? '', host, protocol, username }] : [],
    ),
  )
  expect(links.length).toBeGreaterThanOrEqual(3 * hosts.length)
  for (const { href, host, protocol, username } of links) {
    expect(['http:', 'https:'], href).toContain(protocol)
    expect(username, href).toBe('')
    expect(hosts, href).toContain(host)
    // As it is written, and not only as the browser understands it.
    expect(href, href).toMatch(/^(https?:\/\/[\w.:[\]-]+)?\/(?!\/)/)
  }
  console.log(
    `${SPELLINGS.length} spellings: ${SPELLINGS.length - hosts.length} are refused, ${hosts.length} are stored for ${[...new Set(hosts)].join(', ')}`,
  )
  expect(seen).toEqual({ ran: [], violated: [], complained: [] })
  await context.close()
})
