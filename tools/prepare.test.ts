import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

// Each test prepares a small checkout of its own, whose npm and Next are scripts of this test.

let folder: string
let checkout: string
let temp: string
const children = new Set<ChildProcess>()

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-prepare-test-'))
  chmodSync(folder, 0o755)
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  checkout = mkdtempSync(path.join(folder, 'checkout-'))
  temp = mkdtempSync(path.join(folder, 'temp-'))
  chmodSync(checkout, 0o777)
  chmodSync(temp, 0o777)
  cpSync('tools/prepare.mjs', path.join(checkout, 'tools/prepare.mjs'))
  writeFileSync(path.join(checkout, 'package-lock.json'), '{}')
  writeFileSync(
    path.join(checkout, 'npm.js'),
    "const fs = require('node:fs'); if (fs.existsSync('hang')) setTimeout(() => {}, 120_000); fs.rmSync('hang', { force: true })",
  )
  mkdirSync(path.join(checkout, 'node_modules/next/dist/bin'), { recursive: true })
  writeFileSync(
    path.join(checkout, 'node_modules/next/dist/bin/next'),
    "require('node:fs').mkdirSync('.next'); require('node:fs').writeFileSync('.next/BUILD_ID', '1')",
  )
})

const script = `const { build, install } = await import('./tools/prepare.mjs')
  try { await install(console.log); await build(console.log); console.log('prepared') }
  catch (error) { console.error(error.message); process.exit(1) }`

type Options = { TMPDIR?: string; before?: string; uid?: number }

const argumentsFor = (before: string) => ['--input-type=module', '--eval', `${before};${script}`]
const environment = (TMPDIR: string) => ({ ...process.env, TMPDIR, npm_execpath: path.join(checkout, 'npm.js') })

/** Prepares in a process of its own. One that hangs is ended after a minute, and then its status is null. */
function prepare({ TMPDIR = temp, before = '', uid }: Options = {}): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, argumentsFor(before), {
    cwd: checkout,
    env: environment(TMPDIR),
    encoding: 'utf8',
    timeout: 60_000,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  return { status, output: `${stdout}${stderr}` }
}

const lockFile = () => path.join(temp, readdirSync(temp).find((name) => name.endsWith('.lock')) ?? 'none')

/** Starts a process whose npm does not end for a while. Any later npm ends at once. */
async function hang(): Promise<ChildProcess> {
  writeFileSync(path.join(checkout, 'hang'), '')
  const child = spawn(process.execPath, argumentsFor(''), { cwd: checkout, env: environment(temp), stdio: 'ignore' })
  children.add(child)
  await expect.poll(() => existsSync(path.join(checkout, 'hang'))).toBe(false)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Makes `node:fs` answer this error to every call that writes into a folder, as on a full disk or a read-only file system. */
const failing = (code: string, at: string) => `
  const { default: fs } = await import('node:fs')
  for (const name of ['openSync', 'writeFileSync', 'rmSync', 'renameSync', 'linkSync']) {
    const real = fs[name]
    fs[name] = (file, ...more) => {
      if (typeof file === 'string' && file.includes(${JSON.stringify(at)}))
        throw Object.assign(new Error('${code}: ' + name + " '" + file + "'"), { code: '${code}', path: file, syscall: name })
      return real(file, ...more)
    }
  }
  ;(await import('node:module')).syncBuiltinESMExports()`

describe('the preparation of a start', () => {
  it('installs and builds, and leaves no lock behind', () => {
    expect(prepare()).toMatchObject({ status: 0, output: expect.stringContaining('prepared') })
    expect(existsSync(lockFile())).toBe(false)
  })

  it('with a temp folder that is not there ends, and names the folder and the variable', () => {
    const { status, output } = prepare({ TMPDIR: '/nonexistent' })
    expect(status).toBe(1)
    expect(output).toMatch(/\/nonexistent .*TMPDIR=/)
  })

  it('with a temp folder that is a file ends, and names it', () => {
    const file = path.join(temp, 'file')
    writeFileSync(file, '')
    const { status, output } = prepare({ TMPDIR: file })
    expect(status).toBe(1)
    expect(output).toMatch(new RegExp(`${file} .*TMPDIR=`))
  })

  it.runIf(process.getuid?.() === 0)('with a temp folder that this user may not write to ends, and names it', () => {
    chmodSync(temp, 0o755)
    const { status, output } = prepare({ uid: 65534 })
    expect(status).toBe(1)
    expect(output).toMatch(new RegExp(`${temp} .*TMPDIR=`))
  })

  it('on a full disk ends, and says that it is full and where', () => {
    const { status, output } = prepare({ before: failing('ENOSPC', temp) })
    expect(status).toBe(1)
    expect(output).toMatch(new RegExp(`${temp} is full`))
  })

  it('in a checkout on a read-only file system ends, and names the checkout', () => {
    const { status, output } = prepare({ before: failing('EROFS', '.next') })
    expect(status).toBe(1)
    expect(output).toMatch(new RegExp(`${checkout}.* read-only`))
  })

  it.runIf(process.getuid?.() === 0)(
    'in a checkout that this user may not write to ends before it runs npm or Next, and names the checkout',
    () => {
      chmodSync(checkout, 0o755)
      const { status, output } = prepare({ uid: 65534 })
      expect(status).toBe(1)
      expect(output).toMatch(new RegExp(`${checkout} .*may not be written`))
    },
  )

  it('waits for another process that prepares this checkout, and says for which one', async () => {
    const first = await hang()
    const second = spawn(process.execPath, argumentsFor(''), { cwd: checkout, env: environment(temp) })
    children.add(second)
    let output = ''
    second.stdout.on('data', (chunk) => {
      output += chunk
    })
    await expect.poll(() => output).toContain(`pid ${first.pid}`)
    expect(output).toContain(lockFile())
    await kill(first)
    const [code] = await once(second, 'close')
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('prepared') })
  })

  it('does not wait for a process that merely has the number of the one that left its lock', async () => {
    const first = await hang()
    const left = readFileSync(lockFile(), 'utf8')
    expect(left).toContain(String(first.pid))
    await kill(first)
    // This test's own process lives and now has that number.
    writeFileSync(lockFile(), left.replace(String(first.pid), String(process.pid)))
    expect(prepare()).toMatchObject({ status: 0, output: expect.stringContaining('prepared') })
  })

  it('does not wait for a lock without content, which a crash or a power cut left', async () => {
    await kill(await hang())
    writeFileSync(lockFile(), '')
    expect(prepare()).toMatchObject({ status: 0, output: expect.stringContaining('prepared') })
  })

  it('calls a build finished only when a power cut can no longer take a file of it [H3]', () => {
    const recorded = `
      const { default: fs } = await import('node:fs')
      const names = new Map()
      const { openSync, fsyncSync, renameSync } = fs
      fs.openSync = (file, ...more) => { const fd = openSync(file, ...more); names.set(fd, file); return fd }
      fs.fsyncSync = (fd) => { fsyncSync(fd); console.log('synced ' + names.get(fd)) }
      fs.renameSync = (from, to) => { renameSync(from, to); console.log('named ' + to) }
      ;(await import('node:module')).syncBuiltinESMExports()`
    const { output } = prepare({ before: recorded })
    const lines = output.split('\n').filter((line) => /^(synced|named) /.test(line))
    const named = lines.indexOf('named .next/cairn-stamp')
    expect(named).toBeGreaterThan(0)
    expect(lines.slice(0, named)).toEqual(expect.arrayContaining(['synced .next/BUILD_ID', 'synced .next']))
    expect(lines.slice(0, named).at(-1)).toMatch(/^synced \.next\/cairn-stamp/)
    expect(lines.slice(named + 1)).toContain('synced .next')
  })
})
