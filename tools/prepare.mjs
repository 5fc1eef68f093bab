// @ts-check
// This file imports no package, because it runs before any package is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const sources = ['app', 'components', 'db', 'lib', 'public']
const files = ['instrumentation.ts', 'proxy.ts', 'next.config.ts', 'postcss.config.mjs', 'package-lock.json']
const stampFile = '.next/cairn-stamp'
const checkout = createHash('sha256')
  .update(import.meta.url)
  .digest('hex')
  .slice(0, 8)

/** A program that ended with an error. The message has the last lines of its output. */
export class StepFailed extends Error {}

export function assertNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 9)) return
  throw new Error(`Cairn needs Node 20.9 or newer, and this is Node ${process.versions.node}. Install a newer version.`)
}

/** Installs the packages if they are missing or older than package-lock.json. @param {(line: string) => void} say */
export async function install(say) {
  if (isInstalled()) return
  await alone(async () => {
    if (isInstalled()) return
    say('Installing packages (once, about 2 minutes) …')
    // Includes the packages for tests, whatever NODE_ENV says: a later `npm ci` for them would delete node_modules under a running app.
    await run('npm ci', npm(), ['ci', '--include=dev', '--no-audit', '--no-fund'], {})
  })
}

/** Builds if a source changed since the last build. @param {(line: string) => void} say */
export async function build(say) {
  if (isBuilt()) return
  await alone(async () => {
    if (isBuilt()) return
    say('Building (after each change, about a minute) …')
    const stamp = hashSources()
    rmSync(stampFile, { force: true })
    const next = ['node_modules/next/dist/bin/next', 'build']
    await run('next build', [process.execPath], next, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
    writeFileSync(stampFile, stamp)
  })
}

function isInstalled() {
  const installed = statSync('node_modules/.package-lock.json', { throwIfNoEntry: false })
  // Only tests need these two packages, so an earlier install may have left them out.
  const whole = ['vitest', '@playwright/test'].every((name) => existsSync(`node_modules/${name}/package.json`))
  return whole && installed !== undefined && installed.mtimeMs >= statSync('package-lock.json').mtimeMs
}

function isBuilt() {
  return existsSync('.next/BUILD_ID') && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hashSources()
}

/** Hashes the contents, because git changes the times of files it checks out. This takes a few milliseconds. */
function hashSources() {
  const hash = createHash('sha256')
  const listed = sources.filter((folder) => existsSync(folder)).flatMap((folder) => list(folder))
  for (const file of [...listed, ...files.filter((name) => existsSync(name))]) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} folder @returns {string[]} */
function list(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const name = path.join(folder, entry.name)
    if (entry.isDirectory()) return name === path.join('lib', 'testing') ? [] : list(name)
    return entry.isFile() && !/\.test\.tsx?$/.test(name) ? [name] : []
  })
}

function npm() {
  const { npm_execpath } = process.env
  if (npm_execpath && /\.c?js$/.test(npm_execpath)) return [process.execPath, npm_execpath]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

/**
 * Runs a program without showing its output. The output goes to a log, whose end is shown if the program fails.
 * @param {string} name @param {string[]} program @param {string[]} args @param {Record<string, string>} variables
 */
async function run(name, [command = '', ...before], args, variables) {
  const log = path.join(tmpdir(), `cairn-${name.replace(' ', '-')}-${checkout}.log`)
  rmSync(log, { force: true })
  const output = openSync(log, 'wx', 0o600)
  const shell = command.endsWith('.cmd')
  const child = spawn(command, [...before, ...args], { stdio: ['ignore', output, output], env: { ...process.env, ...variables }, shell })
  closeSync(output)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  const end = readFileSync(log, 'utf8').trim().split('\n').slice(-40).join('\n')
  throw new StepFailed(`${end}\n\n"${name}" failed. Its whole output is in ${log}`)
}

/** Lets only one process of this checkout work at a time. @param {() => Promise<void>} work */
async function alone(work) {
  const file = path.join(tmpdir(), `cairn-prepare-${checkout}.lock`)
  while (!take(file)) await sleep(300)
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isHeld(file)) rmSync(file, { force: true })
    return false
  }
}

/** @param {string} file */
function isHeld(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    // Another process may have created the file and not yet written its pid.
    return pid === 0 ? Date.now() - statSync(file).mtimeMs < 1000 : process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
