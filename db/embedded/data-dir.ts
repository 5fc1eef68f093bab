import { createHash } from 'node:crypto'
import path from 'node:path'
import { reachableRoot } from '@/db/embedded/binaries'
import { canReach, getSystemUser } from '@/db/embedded/system-user'
import type { Env } from '@/lib/env.mjs'

/** Returns the folder of the built-in database: the configured one, or a default that PostgreSQL's system user can enter. */
export function resolveDataDir({ dataDir, dataDirGiven }: Pick<Env, 'dataDir' | 'dataDirGiven'>): string {
  if (canReach(getSystemUser(), dataDir)) return dataDir
  if (dataDirGiven) {
    throw new Error(
      `CAIRN_DATA_DIR is wrong: root started Cairn, so PostgreSQL runs as the system user "postgres", which cannot enter ${dataDir}. ` +
        `Let it enter this folder and the folders above it (chmod o+x), or choose another folder. Example: CAIRN_DATA_DIR=${reachableRoot}/data`,
    )
  }
  const checkout = path.dirname(dataDir)
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 8)
  return path.join(reachableRoot, `${path.basename(checkout)}-${hash}`)
}
