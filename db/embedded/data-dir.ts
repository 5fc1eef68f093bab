import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { reachableRoot } from '@/db/embedded/binaries'
import { canReach, getSystemUser } from '@/db/embedded/system-user'
import type { Env } from '@/lib/env.mjs'

/**
 * Returns the folder of the built-in database: the configured one, or a default that PostgreSQL's system user can enter. A database that
 * exists decides: permissions that were changed since must not lead to another, empty one.
 */
export function resolveDataDir({ dataDir, dataDirGiven }: Pick<Env, 'dataDir' | 'dataDirGiven'>, root = reachableRoot): string {
  const user = getSystemUser()
  if (!user) return dataDir
  // That a file is no folder is said later, because permissions do not help there.
  const reachable = isFile(dataDir) || canReach(user, dataDir)
  if (dataDirGiven || hasDatabase(dataDir)) {
    if (reachable) return dataDir
    throw new Error(
      `${dataDirGiven ? 'CAIRN_DATA_DIR is wrong: root' : 'Root'} started Cairn, so PostgreSQL runs as the system user "postgres", which ` +
        `cannot enter ${dataDir}${dataDirGiven ? '' : ', where the database of this checkout is'}. Let it enter this folder and the folders ` +
        `above it (chmod o+x)${dataDirGiven ? `, or choose another folder. Example: CAIRN_DATA_DIR=${root}/data` : '.'}`,
    )
  }
  const checkout = path.dirname(dataDir)
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 8)
  const other = path.join(root, `${path.basename(checkout)}-${hash}`)
  return reachable && !hasDatabase(other) ? dataDir : other
}

const isFile = (dataDir: string) => statSync(dataDir, { throwIfNoEntry: false })?.isFile() === true

/** Whether a start has made a database in this folder. */
export const hasDatabase = (dataDir: string) => existsSync(path.join(dataDir, 'postgres'))
