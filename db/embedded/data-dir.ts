import { createHash } from 'node:crypto'
import path from 'node:path'
import { reachableRoot } from '@/db/embedded/binaries'
import { canReach, getSystemUser } from '@/db/embedded/system-user'
import type { Env } from '@/lib/env.mjs'

/** Where the built-in database is kept: the named folder, or a default that the user it runs as can reach. */
export function resolveDataDir({ dataDir, dataDirGiven }: Pick<Env, 'dataDir' | 'dataDirGiven'>): string {
  if (canReach(getSystemUser(), dataDir)) return dataDir
  if (dataDirGiven) {
    throw new Error(
      `CAIRN_DATA_DIR is wrong: started by root, PostgreSQL runs as the system user "postgres", who may not enter ${dataDir}. ` +
        `Open the folders above it (chmod o+x), or choose another. Example: CAIRN_DATA_DIR=${reachableRoot}/data`,
    )
  }
  const checkout = path.dirname(dataDir)
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 8)
  return path.join(reachableRoot, `${path.basename(checkout)}-${hash}`)
}
