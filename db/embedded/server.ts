import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import {
  appRole,
  choosePort,
  databaseName,
  explain,
  type Folder,
  folderInUse,
  openFolder,
  ownerRole,
  renewPasswords,
} from '@/db/embedded/folder'
import { type Passwords, passwordsFile, readPasswords } from '@/db/embedded/passwords'
import { own } from '@/db/embedded/system-user'
import { log } from '@/lib/log.mjs'

export type EmbeddedPostgres = {
  ownerUrl: string
  appUrl: string
  port: number
  pid: number
  /** True if the server was already running: an app that was killed left it behind, or another Cairn process uses it. */
  adopted: boolean
  stop(): Promise<void>
}

// The values are small, because the app and the database share one modest machine. They are passed as arguments, so that the settings of a
// new build also apply to an old folder.
const defaults: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // No Unix socket, because the path of a data folder can be longer than the limit for a socket's path.
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '60',
  jit: 'off',
  // Nothing replicates from this server, and each of these features would cost processes or work.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  io_method: 'sync',
  autovacuum_max_workers: '2',
  max_parallel_workers_per_gather: '0',
  max_wal_size: '256MB',
  // Only events of the server itself are logged: failed statements would fill the disk, and they contain what people wrote.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

const startSeconds = 60
const emptyPidFileSeconds = 5
const logBytes = 1_000_000

/** Starts PostgreSQL in the data folder, or adopts the server that already runs there. */
export async function startEmbedded(
  dataDir: string,
  options: { settings?: Record<string, string>; root?: string } = {},
): Promise<EmbeddedPostgres> {
  try {
    return await start(openFolder(dataDir, options.root), { ...defaults, ...options.settings })
  } catch (error) {
    throw explain(dataDir, error)
  }
}

async function start(folder: Folder, settings: Record<string, string>): Promise<EmbeddedPostgres> {
  const { dataDir, home, log } = folder
  const deadline = Date.now() + startSeconds * 1000
  let refusedPort: number | undefined
  let renewed = false
  while (Date.now() < deadline) {
    const running = await findRunning(folder, deadline)
    const passwords = readPasswords(passwordsFile(home))
    if (running) {
      if (passwords) return describe(folder, running, passwords, true)
      throw new Error(
        `${passwordsFile(home)} is missing or damaged, and PostgreSQL already runs in ${dataDir}, so Cairn cannot sign in to it. ` +
          `Stop that server and start Cairn again, which then makes new passwords: kill -INT ${running.pid}`,
      )
    }
    forgetEmptyPidFile(folder)
    if (!passwords) {
      if (renewPasswords(folder)) sayRenewed(folder)
      else await sleep(100)
      continue
    }
    const port = await choosePort(folder, refusedPort)
    const attempt = await launch(folder, port, settings, deadline)
    if (attempt.outcome === 'ready') {
      const server = describe(folder, { pid: attempt.pid, port }, passwords, false)
      if (renewed || (await accepts(server))) return server
      await server.stop()
      renewed = renewPasswords(folder)
      if (renewed) sayRenewed(folder)
      continue
    }
    // Another Cairn process was quicker, or backends of a killed server have not ended yet. The loop looks again.
    const passing = folderInUse.test(attempt.log)
    const portTaken = /could not create any TCP\/IP sockets|could not bind/.test(attempt.log)
    if (!passing && !portTaken)
      throw new Error(
        `The built-in PostgreSQL did not start in ${dataDir}. The end of ${log} says why:\n${attempt.log}\n` +
          `If the folder is damaged, restore a backup of it. To begin with an empty database, choose another folder: CAIRN_DATA_DIR=.cairn-2 npm start`,
      )
    if (portTaken) refusedPort = port
    await sleep(100)
  }
  throw new Error(`The built-in PostgreSQL in ${dataDir} was not ready after ${startSeconds} s. The end of ${log}:\n${tail(log)}`)
}

const sayRenewed = ({ home }: Folder) =>
  log.warn(`${passwordsFile(home)} was missing, damaged or not of this database. New passwords were made; no data is affected.`)

/** Whether the server knows the passwords. Errors of another kind are not judged here: whoever uses the server meets them too. */
async function accepts({ ownerUrl, appUrl }: EmbeddedPostgres): Promise<boolean> {
  const answers = await Promise.all([ownerUrl, appUrl].map(signIn))
  return answers.every((error) => !isWrongPassword(error))
}

async function signIn(connectionString: string): Promise<unknown> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return null
  } catch (error) {
    return error
  }
}

/** PostgreSQL answers the same if there is no such role. */
export const isWrongPassword = (error: unknown): boolean => error instanceof DatabaseError && error.code === '28P01'

/** Finds the server that runs in a data folder. Its URLs are of use only if the file of the passwords is whole. */
export async function findEmbedded(dataDir: string): Promise<EmbeddedPostgres | null> {
  const pidFile = path.join(dataDir, 'postgres', 'data', 'postmaster.pid')
  if (!statSync(pidFile, { throwIfNoEntry: false })) return null
  const folder = openFolder(dataDir)
  const running = await findRunning(folder, Date.now() + startSeconds * 1000)
  const passwords = readPasswords(passwordsFile(folder.home)) ?? { owner: '', app: '' }
  return running ? describe(folder, running, passwords, true) : null
}

type Running = { pid: number; port: number }

async function findRunning(folder: Folder, deadline: number): Promise<Running | null> {
  while (Date.now() < deadline) {
    const file = readPidFile(folder)
    if (!file) return null
    if (!isServer(file.pid, folder)) {
      forgetOtherProgram(folder, file.pid)
      return null
    }
    if (file.status === 'ready' && file.port) return { pid: file.pid, port: file.port }
    await sleep(20)
  }
  return null
}

/**
 * The lines of postmaster.pid are pid, folder, start time, port, socket folder, address, shared memory and status. PostgreSQL writes them
 * one after another, so the later ones may be missing.
 */
function readPidFile({ data }: Folder): { pid: number; port: number | null; status: string } | null {
  try {
    const lines = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')
    // A single-user server, such as the one that creates the cluster, writes its pid as a negative number.
    const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10))
    if (!(pid > 0)) return null
    return { pid, port: Number.parseInt(lines[3] ?? '', 10) || null, status: (lines[7] ?? '').trim() }
  } catch {
    return null
  }
}

/** PostgreSQL takes any living process with the pid in this file for its server. It handles the pid of a dead process itself. */
function forgetOtherProgram(folder: Folder, pid: number): void {
  if (!isAlive(pid) || readPidFile(folder)?.pid !== pid) return
  rmSync(path.join(folder.data, 'postmaster.pid'), { force: true })
}

/**
 * A crash between the creation of this file and its first line leaves it empty, and PostgreSQL then refuses every start. A server that is
 * starting writes the line at once.
 */
function forgetEmptyPidFile({ data }: Folder): void {
  const file = path.join(data, 'postmaster.pid')
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.size === 0 && Date.now() - found.mtimeMs > emptyPidFileSeconds * 1000) rmSync(file, { force: true })
}

function isServer(pid: number, { data }: Folder): boolean {
  if (!isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  try {
    return realpathSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch {
    // The process is a zombie, which counts as alive until its parent reaps it, or it belongs to another user.
    return runsUnderOtherUser(pid)
  }
}

function runsUnderOtherUser(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.includes('(postgres)') && !stat.includes(') Z ')
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

type Attempt = { outcome: 'ready'; pid: number } | { outcome: 'ended'; log: string }

async function launch(folder: Folder, port: number, settings: Record<string, string>, deadline: number): Promise<Attempt> {
  const { data, log, user, binaries } = folder
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logBytes) renameSync(log, `${log}.1`)
  const output = openSync(log, 'a', 0o600)
  own(user, log)
  const from = statSync(log).size
  const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const child = spawn(binaries.postgres, args, {
    ...user,
    cwd: folder.home,
    env: { ...process.env, LC_ALL: 'C' },
    // The server gets its own process group, so that Ctrl-C reaches only the app, which then stops the server properly.
    detached: true,
    stdio: ['ignore', output, output],
    windowsHide: true,
  })
  closeSync(output)
  let failure: Error | null = null
  child.on('error', (error) => {
    failure = error
  })
  child.unref()
  while (Date.now() < deadline) {
    if (failure) return { outcome: 'ended', log: String(failure) }
    if (child.exitCode !== null || child.signalCode !== null) return { outcome: 'ended', log: tail(log, from) }
    const file = readPidFile(folder)
    if (file && file.pid === child.pid && file.status === 'ready') return { outcome: 'ready', pid: file.pid }
    await sleep(10)
  }
  child.kill('SIGQUIT')
  return { outcome: 'ended', log: tail(log, from) }
}

function tail(log: string, from = 0): string {
  try {
    return readFileSync(log).subarray(from).toString('utf8').trim().split('\n').slice(-20).join('\n')
  } catch {
    return '(no log)'
  }
}

function describe(folder: Folder, { pid, port }: Running, { owner, app }: Passwords, adopted: boolean): EmbeddedPostgres {
  const url = (role: string, password: string) => `postgres://${role}:${password}@127.0.0.1:${port}/${databaseName}`
  return {
    ownerUrl: url(ownerRole, owner),
    appUrl: url(appRole, app),
    port,
    pid,
    adopted,
    async stop() {
      for (const mode of ['fast', 'immediate']) {
        if (!isServer(pid, folder)) break
        await runPgCtl(folder, mode)
      }
    },
  }
}

/** pg_ctl also works on systems without signals. The mode "immediate" is as safe as a crash: the next start recovers. */
function runPgCtl({ binaries, data, home, user }: Folder, mode: string): Promise<void> {
  const args = ['stop', '--pgdata', data, '--mode', mode, '--wait', '--timeout', '15', '--silent']
  const child = spawn(binaries.pgCtl, args, { ...user, cwd: home, stdio: 'ignore', windowsHide: true })
  return new Promise((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
}
