import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { type Binaries, getBinaries } from '@/db/embedded/binaries'
import { getSystemUser, own, type SystemUser } from '@/db/embedded/system-user'

export const ownerRole = 'cairn_owner'
export const appRole = 'cairn_app'
export const databaseName = 'cairn'

export type Folder = { home: string; data: string; log: string; owner: string; app: string; user: SystemUser; binaries: Binaries }

/** Opens the PostgreSQL cluster inside the data folder, and creates it if there is none. */
export function openFolder(dataDir: string): Folder {
  const user = getSystemUser()
  const binaries = getBinaries(user)
  const home = path.join(dataDir, 'postgres')
  let passwords: { owner: string; app: string }
  try {
    if (!existsSync(home)) create(home, user, binaries)
    passwords = JSON.parse(readFileSync(path.join(home, 'passwords.json'), 'utf8'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error
    throw new Error(
      `The data folder ${dataDir} belongs to another user. Start Cairn as the user who created it, or choose another folder. ` +
        'Example: CAIRN_DATA_DIR=.cairn-2 npm start',
      { cause: error },
    )
  }
  return { home, data: path.join(home, 'data'), log: path.join(home, 'postgres.log'), ...passwords, user, binaries }
}

/**
 * The folder is completed under another name and then renamed. So a crash leaves no incomplete cluster, and of two first starts at the
 * same time only one creates it.
 */
function create(home: string, user: SystemUser, binaries: Binaries): void {
  const parent = path.dirname(home)
  mkdirSync(parent, { recursive: true, mode: 0o755 })
  removeAbandoned(home)
  const unfinished = mkdtempSync(`${home}.new-`)
  try {
    own(user, unfinished)
    fill(unfinished, user, binaries)
    renameSync(unfinished, home)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(path.join(home, 'passwords.json'))) throw error
  }
}

function fill(home: string, user: SystemUser, { initdb, postgres }: Binaries): void {
  const password = () => randomBytes(24).toString('base64url')
  const passwords = { owner: password(), app: password() }
  writeFileSync(path.join(home, 'passwords.json'), `${JSON.stringify(passwords)}\n`, { mode: 0o600 })
  const data = path.join(home, 'data')
  const file = path.join(home, 'first-password')
  writeFileSync(file, `${passwords.owner}\n`, { mode: 0o600 })
  own(user, file)
  // The built-in provider needs no locale of the operating system.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--auth=scram-sha-256', `--username=${ownerRole}`, `--pwfile=${file}`]
  run(initdb, [`--pgdata=${data}`, ...locale, ...access, '--data-checksums'], '', home, user)
  rmSync(file)
  // This happens before the server ever listens, so that no client finds a cluster without its database.
  const statements = [
    `create role ${appRole} login password '${passwords.app}'`,
    `create database ${databaseName} owner ${ownerRole}`,
    `grant connect on database ${databaseName} to ${appRole}`,
  ]
  run(postgres, ['--single', '-j', '-D', data, 'postgres'], statements.map((statement) => `${statement};\n\n`).join(''), home, user)
}

function run(program: string, args: string[], input: string, cwd: string, user: SystemUser): void {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, { ...user, cwd, env, input, encoding: 'utf8' })
  const name = path.basename(program)
  if (error) throw new Error(`${name} could not be run: ${error.message}`, { cause: error })
  // In single-user mode, PostgreSQL exits with 0 even if a statement failed.
  if (status === 0 && !/^.*(ERROR|FATAL|PANIC):/m.test(stderr)) return
  const output = `${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n')
  throw new Error(`The built-in PostgreSQL could not create its data folder (${name} ended with ${signal ?? status}):\n${output}`)
}

function removeAbandoned(home: string): void {
  const parent = path.dirname(home)
  for (const entry of readdirSync(parent)) {
    if (!entry.startsWith(`${path.basename(home)}.new-`)) continue
    const folder = path.join(parent, entry)
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    // A younger folder may belong to another first start that is still running.
    if (age > 600_000) rmSync(folder, { recursive: true, force: true })
  }
}

/** Chooses the port of the last start, so that connection strings stay valid, or another port if that one is no longer free. */
export async function choosePort({ home }: Folder, refused?: number): Promise<number> {
  const file = path.join(home, 'port')
  const remembered = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0
  const port = (remembered > 0 && remembered !== refused && (await listenOnce(remembered))) || (await listenOnce(0))
  if (!port)
    throw new Error('There is no free port on 127.0.0.1 for the built-in PostgreSQL. Stop a program that listens there, and try again.')
  writeFileSync(file, `${port}\n`)
  return port
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
    })
  })
}
