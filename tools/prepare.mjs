// @ts-check
// This file imports no package, because it runs before any package is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const sources = ['app', 'components', 'db', 'lib', 'public']
const files = ['instrumentation.ts', 'proxy.ts', 'next.config.ts', 'postcss.config.mjs', 'package-lock.json']
const stampFile = '.next/cairn-stamp'
const waitSilentlyMilliseconds = 2_000
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
  await alone(say, async () => {
    if (isInstalled()) return
    assertWritable('.', 'node_modules')
    say('Installing packages (once, about 2 minutes) …')
    // Includes the packages for tests, whatever NODE_ENV says: a later `npm ci` for them would delete node_modules under a running app.
    await run('npm ci', npm(), ['ci', '--include=dev', '--no-audit', '--no-fund'], {})
    // npm does not sync what it writes, and after a power cut node_modules would look complete.
    spawnSync('sync', ['-f', 'node_modules'], { stdio: 'ignore' })
  })
}

/** Builds if a source changed since the last build. @param {(line: string) => void} say */
export async function build(say) {
  if (isBuilt()) return
  await alone(say, async () => {
    if (isBuilt()) return
    assertWritable('.', '.next')
    say('Building (after each change, about a minute) …')
    const stamp = hashSources()
    inCheckout(() => rmSync(stampFile, { force: true }))
    const next = ['node_modules/next/dist/bin/next', 'build']
    await run('next build', [process.execPath], next, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
    inCheckout(() => finish(stamp))
  })
}

/** Syncs the build and then writes its stamp, so that after a power cut no incomplete build has one. @param {string} stamp */
function finish(stamp) {
  syncAll('.next')
  writeFileSync(`${stampFile}.new`, stamp)
  sync(`${stampFile}.new`)
  renameSync(`${stampFile}.new`, stampFile)
  if (process.platform !== 'win32') sync('.next')
}

/** @param {string} folder */
function syncAll(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = `${folder}/${entry.name}`
    // Next's own cache is not part of the build.
    if (entry.isDirectory() && file !== '.next/cache') syncAll(file)
    else if (entry.isFile()) sync(file)
  }
  // Windows cannot sync a folder.
  if (process.platform !== 'win32') sync(folder)
}

/** @param {string} file */
function sync(file) {
  const descriptor = openSync(file, process.platform === 'win32' ? 'r+' : 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Throws before npm or Next runs, whose own messages would be longer and less clear. @param {string[]} folders */
function assertWritable(...folders) {
  for (const folder of folders) if (existsSync(folder)) inCheckout(() => accessSync(folder, constants.W_OK))
}

/** @template T @param {() => T} work @returns {T} */
function inCheckout(work) {
  try {
    return work()
  } catch (error) {
    const cure = 'Start Cairn as the user to whom it belongs, or from a checkout that this user can write to, with free space'
    throw explain(error, 'checkout', process.cwd(), cure)
  }
}

/** @template T @param {() => T} work @returns {T} */
function inTemp(work) {
  try {
    return work()
  } catch (error) {
    throw explain(error, 'temp folder', tmpdir(), 'Choose another one: TMPDIR=/var/tmp npm start')
  }
}

/**
 * Names the folder and the cure, and keeps the system's own message, which names the file.
 * @param {unknown} error @param {string} what @param {string} folder @param {string} cure
 */
function explain(error, what, folder, cure) {
  /** @type {Record<string, string>} */
  const reasons = {
    ENOENT: 'is not there',
    ENOTDIR: 'is not a folder',
    EACCES: 'may not be written to by this user',
    EPERM: 'may not be written to by this user',
    EROFS: 'is on a read-only file system',
    ENOSPC: 'is full',
    EDQUOT: 'is full, because the quota of this user is used up',
  }
  if (!(error instanceof Error && 'code' in error)) return error
  const reason = reasons[String(error.code)] ?? 'cannot be used'
  return new Error(`The ${what} ${folder} ${reason}. ${cure} (${error.message})`, { cause: error })
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
  const output = inTemp(() => {
    rmSync(log, { force: true })
    return openSync(log, 'wx', 0o600)
  })
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

/** Lets only one process of this checkout work at a time. @param {(line: string) => void} say @param {() => Promise<void>} work */
async function alone(say, work) {
  const file = path.join(tmpdir(), `cairn-prepare-${checkout}.lock`)
  const sayAt = Date.now() + waitSilentlyMilliseconds
  let said = false
  while (!inTemp(() => take(file))) {
    if (!said && Date.now() > sayAt) {
      said = true
      const pid = readHolder(file)?.pid
      say(`Waiting for another start that prepares this checkout${pid ? ` (pid ${pid})` : ''}. Its lock is ${file}`)
    }
    await sleep(300)
  }
  try {
    await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** Returns false if another process holds the lock, or if the caller has to try again. @param {string} file */
function take(file) {
  try {
    const descriptor = openSync(file, 'wx')
    try {
      writeFileSync(descriptor, `${process.pid} ${startOf(process.pid) ?? ''}`)
    } catch (error) {
      rmSync(file, { force: true })
      throw error
    } finally {
      closeSync(descriptor)
    }
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    if (!isHeld(file)) forget(file)
    return false
  }
}

/** Removes a lock that nobody holds. If another process has replaced it in the meantime, the new one is put back. @param {string} file */
function forget(file) {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  if (isHeld(aside)) renameSync(aside, file)
  else rmSync(aside, { force: true })
}

/** @param {string} file */
function isHeld(file) {
  const holder = readHolder(file)
  if (!holder) {
    // Another process may have created the file and not yet written its pid.
    const made = statSync(file, { throwIfNoEntry: false })
    return made !== undefined && Date.now() - made.mtimeMs < 1000
  }
  // Another process may have got the number of one that was killed, but not its time of start.
  const start = startOf(holder.pid)
  return isAlive(holder.pid) && (start === null || holder.start === null || start === holder.start)
}

/** @param {string} file @returns {{ pid: number, start: string | null } | null} */
function readHolder(file) {
  try {
    const [pid = '', start = ''] = readFileSync(file, 'utf8').split(' ')
    return Number(pid) > 0 ? { pid: Number(pid), start: start || null } : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** The time at which a process started, in the kernel's own unit, or null where the kernel does not tell. @param {number} pid */
function startOf(pid) {
  try {
    // The name of the program, in parentheses, may itself contain spaces and parentheses. This is the 22nd field, and the 20th after it.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
