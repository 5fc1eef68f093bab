import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync } from 'node:fs'
import path from 'node:path'

/**
 * The system user that PostgreSQL runs as. Null means the current user: PostgreSQL refuses to run as root, and only root can switch to
 * another user.
 */
export type SystemUser = { uid: number; gid: number } | null

const name = 'postgres'

export function getSystemUser(): SystemUser {
  if (process.getuid?.() !== 0) return null
  return findUser() ?? createUser()
}

/** True if the user can enter this folder. A folder that does not exist yet is judged by its nearest existing parent. */
export function canReach(user: SystemUser, folder: string): boolean {
  if (!user) return true
  let nearest = path.resolve(folder)
  while (!existsSync(nearest)) nearest = path.dirname(nearest)
  // A real `cd` asks the kernel, because mode bits alone miss access lists and mounts.
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', nearest], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

export function own(user: SystemUser, file: string): void {
  if (user) chownSync(file, user.uid, user.gid)
}

function findUser(): SystemUser {
  const answers = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }))
  const [uid, gid] = answers.map((answer) => (answer.status === 0 ? Number.parseInt(answer.stdout, 10) : Number.NaN))
  if (uid === undefined || gid === undefined || Number.isNaN(uid) || Number.isNaN(gid)) return null
  return { uid, gid }
}

function createUser(): SystemUser {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], { stdio: 'pipe' })
  } catch (cause) {
    const user = findUser()
    if (user) return user
    throw new Error(
      `PostgreSQL refuses to run as root, and the system user "${name}" could not be created. ` +
        'Start Cairn as another user, or create that user: useradd --system postgres',
      { cause },
    )
  }
  return findUser()
}
