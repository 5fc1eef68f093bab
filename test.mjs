// @ts-check
// `npm test` also works on a bare machine: it installs what is missing, runs every part, and ends with one line that adds them up.
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { assertNode, build, install } from './tools/prepare.mjs'

process.chdir(path.dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(path.join(tmpdir(), 'cairn-tests-'))
chmodSync(folder, 0o755)
const total = { passed: 0, failed: 0 }

try {
  assertNode()
  await install(console.log)
  await part('types and lint', check)
  await part('unit and database tests', (name) => vitest(name, ['domain', 'database']))
  await part('build', () => build(console.log))
  await part('start and stop', (name) => vitest(name, ['server']))
  await part('browser tests', playwright)
} catch (error) {
  fail('installation', error)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

/** @param {string} name @param {(name: string) => Promise<void>} work */
async function part(name, work) {
  console.log(`\n── ${name}`)
  try {
    await work(name)
  } catch (error) {
    fail(name, error)
  }
}

/** @param {string} name @param {unknown} error */
function fail(name, error) {
  total.failed++
  console.log(`${error instanceof Error ? error.message : error}\nFAILED: ${name}\n`)
}

async function check() {
  // tsc needs the types of routes and styles, which Next generates and git does not keep.
  const typegen = await run('node_modules/next/dist/bin/next', ['typegen'], { NEXT_TELEMETRY_DISABLED: '1' })
  const types = await run('node_modules/typescript/bin/tsc', ['--noEmit'])
  const lint = await run('node_modules/@biomejs/biome/bin/biome', ['check', '.'])
  const wrong = Object.entries({ 'next typegen': typegen, tsc: types, 'biome check': lint }).filter(([, code]) => code !== 0)
  if (wrong.length > 0) throw new Error(`${wrong.map(([name]) => name).join(' and ')} found errors; see the output above.`)
}

/** @param {string} name @param {string[]} projects */
async function vitest(name, projects) {
  const file = path.join(folder, `${projects[0]}.json`)
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  const chosen = projects.flatMap((project) => ['--project', project])
  const code = await run('node_modules/vitest/vitest.mjs', ['run', ...reporters, ...chosen], { NODE_ENV: 'test' })
  const { numPassedTests, numFailedTests, testResults } = read(file)
  // A test file that cannot be loaded is reported as failed, but without a failed test.
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ result) =>
      result.status === 'failed' && result.assertionResults.length === 0,
  )
  count(name, numPassedTests, numFailedTests + broken.length, code)
}

async function playwright() {
  const { ensureChromium } = await import('./tools/chromium.mjs')
  ensureChromium(console.log)
  const file = path.join(folder, 'playwright.json')
  const code = await run('node_modules/@playwright/test/cli.js', ['test', '--reporter=dot,json'], {
    CAIRN_E2E_DIR: folder,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  })
  const { stats } = read(file)
  count('browser tests', stats.expected, stats.unexpected + stats.flaky, code)
}

/** @param {string} name @param {number} passed @param {number} failed @param {number} code */
function count(name, passed, failed, code) {
  total.passed += passed
  total.failed += failed
  if (passed + failed === 0) throw new Error('No test ran; see the output above.')
  if (code !== 0 && failed === 0)
    throw new Error(`Every test passed, but the run of ${name} ended with exit code ${code}; see the output above.`)
}

/** @param {string} file */
function read(file) {
  if (!existsSync(file)) throw new Error('The run ended without a report; see the output above.')
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** @param {string} script @param {string[]} args @param {Record<string, string>} [variables] @returns {Promise<number>} */
function run(script, args, variables = {}) {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env: { ...process.env, ...variables } })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
