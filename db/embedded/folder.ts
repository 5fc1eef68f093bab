import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { type Binaries, getBinaries, reachableRoot } from '@/db/embedded/binaries'
import { createDurably, makeFolder, renameDurably, syncFolder, writeDurably } from '@/db/embedded/durable'
import { makePasswords, passwordsFile, passwordsToText, readPasswords } from '@/db/embedded/passwords'
import { canReach, getSystemUser, own, type SystemUser } from '@/db/embedded/system-user'

export const ownerRole = 'cairn_owner'
export const appRole = 'cairn_app'
export const databaseName = 'cairn'

export type Folder = { dataDir: string; home: string; data: string; log: string; user: SystemUser; binaries: Binaries }

/** Opens the PostgreSQL cluster inside the data folder, and creates it if there is none. */
export function openFolder(dataDir: string, root = reachableRoot): Folder {
  const user = getSystemUser()
  const binaries = getBinaries(user, root)
  const home = path.join(dataDir, 'postgres')
  const data = path.join(home, 'data')
  if (!isThere(home)) create(home, user, binaries, root)
  assertReachable(user, dataDir, root)
  if (!isThere(path.join(data, 'PG_VERSION')))
    throw new Error(
      `The data folder ${dataDir} is damaged: ${data} holds no PostgreSQL cluster. Restore a backup of ${dataDir}, or, to begin with an ` +
        `empty database, move ${home} away.`,
    )
  return { dataDir, home, data, log: path.join(home, 'postgres.log'), user, binaries }
}

/** Unlike `existsSync`, this does not take a file for missing that this user may not see: its error then says so. */
const isThere = (file: string) => statSync(file, { throwIfNoEntry: false }) !== undefined

/** Says of an error of the file system which data folder it is about, and what helps. An error of another kind is returned as it is. */
export function explain(dataDir: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error
  const other = 'choose another folder. Example: CAIRN_DATA_DIR=.cairn-2 npm start'
  const reasons: Record<string, string> = {
    EACCES: `The data folder ${dataDir} belongs to another user. Start Cairn as the user who created it, or ${other}`,
    EPERM: `The data folder ${dataDir} belongs to another user. Start Cairn as the user who created it, or ${other}`,
    EROFS: `The data folder ${dataDir} is on a file system that is mounted read-only. Mount it writable, or ${other}`,
    ENOSPC: `The file system of the data folder ${dataDir} is full. Free some space there, or ${other}`,
    EDQUOT: `The disk quota for the data folder ${dataDir} is used up. Free some space there, or ${other}`,
    ENOTDIR: `The data folder ${dataDir} is not a folder, or a file is where a folder above it should be. Remove that file, or ${other}`,
    EIO: `The disk of the data folder ${dataDir} cannot be read or written. Check the disk, and restore a backup if it is damaged`,
  }
  const reason = reasons[String(error.code)]
  return reason ? new Error(`${reason} (${error.message})`, { cause: error }) : error
}

/** Folders below the root are Cairn's own, so one that an earlier start left closed is opened. */
function assertReachable(user: SystemUser, dataDir: string, root: string): void {
  if (canReach(user, dataDir)) return
  for (let folder = dataDir; `${folder}${path.sep}`.startsWith(`${root}${path.sep}`); folder = path.dirname(folder))
    chmodSync(folder, 0o755)
  if (canReach(user, dataDir)) return
  throw new Error(
    `Root started Cairn, so PostgreSQL runs as the system user "postgres", which cannot enter ${dataDir}. ` +
      `Let it enter this folder and the folders above it: chmod o+x ${dataDir}`,
  )
}

/**
 * The folder is completed under another name and then renamed. So a crash leaves no incomplete cluster, and of two first starts at the
 * same time only one creates it.
 */
function create(home: string, user: SystemUser, binaries: Binaries, root: string): void {
  const parent = path.dirname(home)
  // Another user of the system must be able to enter it; nobody but that user can enter the cluster inside.
  makeFolder(parent, user ? 0o755 : null)
  removeAbandoned(home)
  assertReachable(user, parent, root)
  const unfinished = mkdtempSync(`${home}.new-`)
  try {
    chmodSync(unfinished, 0o700)
    own(user, unfinished)
    fill(unfinished, user, binaries)
    renameDurably(unfinished, home)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(path.join(home, 'data'))) throw error
  }
}

function fill(home: string, user: SystemUser, binaries: Binaries): void {
  const passwords = makePasswords()
  writeDurably(passwordsFile(home), passwordsToText(passwords), 0o600)
  const data = path.join(home, 'data')
  const file = path.join(home, 'first-password')
  writeFileSync(file, `${passwords.owner}\n`, { mode: 0o600 })
  own(user, file)
  // The built-in provider needs no locale of the operating system.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--auth=scram-sha-256', `--username=${ownerRole}`, `--pwfile=${file}`]
  // initdb syncs all that it writes, as does the single-user server when it ends.
  const outcome = run(binaries.initdb, [`--pgdata=${data}`, ...locale, ...access, '--data-checksums'], '', home, user)
  if (outcome) throw new Error(`The built-in PostgreSQL could not create its data folder ${data}: ${outcome}`)
  rmSync(file)
  syncFolder(home)
  // This happens before the server ever listens, so that no client finds a cluster without its database.
  const failure = runSingle({ home, data, user, binaries }, [
    `create role ${appRole} login password '${passwords.app}'`,
    `create database ${databaseName} owner ${ownerRole}`,
    `grant connect on database ${databaseName} to ${appRole}`,
  ])
  if (failure) throw new Error(`The built-in PostgreSQL could not create its database in ${data}: ${failure}`)
}

/** What PostgreSQL says if another process of it still uses the folder, or is only just ending. A later attempt may succeed. */
export const folderInUse = /lock file "postmaster.pid" (already exists|is empty)|shared memory block .* still in use/

/**
 * Gives both roles new passwords, which works without the old ones, and only while no server runs. Returns false if one does.
 *
 * The passwords to come are in a file of their own before the cluster has them. So a crash at any moment leaves either the file of the
 * cluster's passwords or a state in which this function is called again, and two processes at the same time set the same passwords.
 */
export function renewPasswords(folder: Folder): boolean {
  const { home } = folder
  const coming = path.join(home, 'next-passwords.json')
  createDurably(coming, passwordsToText(makePasswords()), 0o600)
  const passwords = readPasswords(coming)
  if (!passwords) {
    rmSync(coming, { force: true })
    return false
  }
  const failure = runSingle(folder, [
    `alter role ${ownerRole} password '${passwords.owner}'`,
    `alter role ${appRole} password '${passwords.app}'`,
  ])
  if (failure && folderInUse.test(failure)) return false
  if (failure) throw new Error(`The built-in PostgreSQL in ${folder.dataDir} could not be given new passwords: ${failure}`)
  try {
    renameDurably(coming, passwordsFile(home))
  } catch (error) {
    // Another process has set the same passwords and was quicker.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return true
}

/** Runs statements without a server and without a password. Returns why that failed, or null. */
function runSingle({ home, data, user, binaries }: Omit<Folder, 'log' | 'dataDir'>, statements: string[]): string | null {
  const input = statements.map((statement) => `${statement};\n\n`).join('')
  return run(binaries.postgres, ['--single', '-j', '-D', data, 'postgres'], input, home, user)
}

/** Returns why the program failed, or null. */
function run(program: string, args: string[], input: string, cwd: string, user: SystemUser): string | null {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, { ...user, cwd, env, input, encoding: 'utf8' })
  if (error && status === null && signal === null)
    return `${program} could not be run as the user of PostgreSQL (${error.message}). Check the permissions of that file, and of the folders above it and of ${cwd}.`
  // In single-user mode, PostgreSQL exits with 0 even if a statement failed.
  if (status === 0 && !/^.*(ERROR|FATAL|PANIC):/m.test(stderr)) return null
  return `${path.basename(program)} ended with ${signal ?? status}:\n${`${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n')}`
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
  writeDurably(file, `${port}\n`, 0o644)
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
