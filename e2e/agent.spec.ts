import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Page } from '@playwright/test'
import { agent, CHAIN, row } from './plan'
import { comeBack, expect, test } from './test'

test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

const drawer = (page: Page) => page.locator('#drawer')
const connection = (page: Page) => page.getByRole('region', { name: 'Connection' })

/** A person makes a key for a new agent of a group. */
async function makeKey(page: Page, group: string, name: string) {
  await page.goto(`/settings/connect?group=${group}`)
  await page.waitForLoadState('networkidle')
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByLabel('Acts as').selectOption({ label: 'A new agent with this name' })
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(connection(page)).toContainText(`Waiting for the first call from ${name}.`)
}

/** What the page copies for a client, exactly as it is. */
async function copy(page: Page, client: string, where: string): Promise<string> {
  await page.getByRole('tab', { name: client, exact: true }).click()
  await page.getByRole('button', { name: `Copy for ${client}: ${where}` }).click()
  return page.evaluate(() => navigator.clipboard.readText())
}

/** An agent: a client of the SDK that speaks the newest revision, and names itself as a real one does. */
async function connect(transport: Transport, name: string) {
  const client = new Client({ name, version: '2.1.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(transport)

  async function call(tool: string, given: object) {
    const { content, isError = false } = await client.callTool({ name: tool, arguments: { ...given } })
    const [only] = content
    if (only?.type !== 'text') throw new Error(`${tool} answered no text: ${JSON.stringify(content)}`)
    return { isError, lines: only.text.split('\n') }
  }

  return {
    call,
    async done(tool: string, given: object): Promise<string[]> {
      const { isError, lines } = await call(tool, given)
      expect(isError, `${tool}: ${lines.join('\n')}`).toBe(false)
      return lines
    },
    leave: () => client.close(),
  }
}

/** The arguments of a call that an answer tells. */
function told(lines: string[], tool: string) {
  const [, given = ''] = lines.join('\n').match(new RegExp(`^[a-z ]+: ${tool} (.*)$`, 'm')) ?? []
  return JSON.parse(given)
}

const idIn = ([head = '']: string[]) => head.match(/^ms_\w+/)?.[0] ?? ''

test('[D1] [L1] an agent over MCP and a person in the browser work on one milestone', async ({ page, request, key }) => {
  test.slow()
  const { group, project_id } = await agent(request, key).makeProject('Feature X')
  await makeKey(page, group, 'Atlas')
  const { type, url, headers } = JSON.parse(await copy(page, 'Claude Code', 'Or in .mcp.json, in that folder')).mcpServers.cairn
  expect(type).toBe('http')
  const atlas = await connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }), 'claude-code')

  // The agent plans, and the person sees that it is there.
  const made = await atlas.done('create_milestone', { group, project_id, title: 'Ship Feature X', checkpoints: CHAIN })
  const milestone_id = idIn(made)
  await expect(connection(page)).toContainText(/Connected: Claude Code, .*It called create_milestone\./)
  await page.goto(`/p/${project_id}?view=list`)
  await page.getByRole('link', { name: 'Ship Feature X', exact: true }).first().click()
  await expect(page).toHaveURL(new RegExp(`/m/${milestone_id}`))
  await expect(row(page, 'Design approved')).toContainText('Ready')
  await expect(row(page, 'Tests passing')).toContainText('2 Implementation complete')

  const refused = await atlas.call('complete_checkpoint', { milestone_id, order: 3 })
  expect(refused.isError).toBe(true)
  expect(refused.lines[0]).toBe('blocked: Checkpoint 3 depends on checkpoint 2 which is pending')

  // The agent works on the first one.
  const claimed = await atlas.done('claim_next', { group })
  await comeBack(page)
  await expect(row(page, 'Design approved')).toContainText('Claimed')
  await row(page, 'Design approved').getByRole('link', { name: 'Design approved', exact: true }).click()
  await expect(drawer(page)).toContainText('Claimed by Atlas, for Owner, 15 min left.')
  await expect(drawer(page).getByRole('button', { name: 'Complete', exact: true })).toBeDisabled()

  const links = { git_pr_url: 'https://github.com/org/repo/pull/42', git_commit_url: 'https://github.com/org/repo/commit/abc123' }
  const complete = told(claimed, 'complete_checkpoint')
  expect(complete).toMatchObject({ milestone_id, order: 1 })
  await atlas.done('complete_checkpoint', { ...complete, ...links })
  await comeBack(page)
  await expect(drawer(page)).toContainText('Done by Atlas')
  await expect(row(page, 'Design approved')).toContainText('Done')
  for (const [name, address] of [
    ['org/repo#42', links.git_pr_url],
    [/abc123/, links.git_commit_url],
  ] as const)
    await expect(drawer(page).getByRole('link', { name })).toHaveAttribute('href', address)
  await expect(row(page, 'Design approved').getByRole('link', { name: /42|abc123/ })).toHaveCount(2)
  await expect(row(page, 'Implementation complete')).toContainText('Ready')
  await expect(row(page, 'Tests passing')).toContainText('Blocked')

  // The person does the next one, for which the agent waits.
  await row(page, 'Implementation complete').getByRole('link', { name: 'Implementation complete', exact: true }).click()
  await expect(drawer(page).getByRole('heading', { name: 'Implementation complete' })).toBeVisible()
  let isAnswered = false
  const waiting = atlas.done('wait_for', { milestone_id, order: 3, until: 'ready', timeout_seconds: 50 }).finally(() => {
    isAnswered = true
  })
  await page.waitForTimeout(1_000)
  expect(isAnswered).toBe(false)
  await drawer(page).getByRole('button', { name: 'Complete', exact: true }).click()
  await expect(drawer(page)).toContainText('Done by Owner')
  // It hears of it, and does not only look again when its own time is over.
  await expect.poll(() => isAnswered, { timeout: 20_000 }).toBe(true)
  const [outcome, third] = await waiting
  expect(outcome).toMatch(new RegExp(`^reached ${milestone_id} active `))
  expect(third).toMatch(/^3 ready "Tests passing"/)

  // The agent goes on to the end, with what the answers told it.
  await atlas.done(
    'complete_checkpoint',
    told(await atlas.done('claim_checkpoint', told(await waiting, 'claim_checkpoint')), 'complete_checkpoint'),
  )
  expect((await atlas.done('complete_checkpoint', { milestone_id, order: 4 }))[0]).toMatch(new RegExp(`^${milestone_id} closed 4/4 `))
  await comeBack(page)
  for (const { title } of CHAIN) await expect(row(page, title)).toContainText('Done')
  await expect(page.getByRole('main')).toContainText('4 of 4 done')
  await expect(page.getByRole('main')).toContainText(/closed/)
  await atlas.leave()
})

test('an agent that knows only local programs works through the bridge, configured as the page says', async ({ page, request, key }) => {
  test.slow()
  const { group, project_id } = await agent(request, key).makeProject('Bridge')
  await makeKey(page, group, 'Juno')
  const home = test.info().outputPath('home')
  mkdirSync(home)
  const download = await copy(page, 'Claude Desktop', 'In a terminal. It prints a path')
  const script = execFileSync('sh', ['-c', download], { cwd: home, encoding: 'utf8' }).trim()
  const file = (await copy(page, 'Claude Desktop', 'claude_desktop_config.json, with that path in place of /path/to/cairn')).replace(
    '/path/to/cairn',
    script,
  )
  const { command, args, env } = JSON.parse(file).mcpServers.cairn
  const juno = await connect(new StdioClientTransport({ command, args, env: { ...env, HOME: home } }), 'claude-ai')

  await juno.done('create_milestone', { group, project_id, title: 'Over the bridge', checkpoints: CHAIN })
  await expect(connection(page)).toContainText(/Connected: Claude Desktop, .*It called create_milestone\./)
  await page.goto(`/p/${project_id}?view=list`)
  await expect(row(page, 'Design approved')).toContainText('Ready')
  await juno.leave()
})
