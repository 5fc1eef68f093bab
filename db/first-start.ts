import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './instance'
import { LOCK_FAMILY, LOCKS } from './locks'

// What a first start has made is marked in the database, because it may be killed at any moment and the next start has to go on from there.

const DEMO = 'demo'
const WHOLE = 'whole'

/**
 * Returns when the demo was begun if it is to be made: if the workspace has no group yet, or if an earlier start was ended before the demo
 * was whole. Otherwise returns null.
 */
export const beginDemo = async ({ pool, workspace_id }: Instance): Promise<Date | null> => {
  await pool.query(
    `insert into auth.settings (name, value) select $1, $2 where not exists (select from groups where workspace_id = $3)
     on conflict do nothing`,
    [DEMO, new Date().toISOString(), workspace_id],
  )
  const { rows } = await pool.query<{ value: string }>('select value from auth.settings where name = $1', [DEMO])
  const value = rows[0]?.value ?? WHOLE
  return value === WHOLE ? null : new Date(value)
}

export const finishDemo = async ({ pool }: Instance): Promise<void> => {
  await pool.query('update auth.settings set value = $2 where name = $1', [DEMO, WHOLE])
}

/** Returns the id of the person with this address, or null. */
export const findPerson = async ({ pool, workspace_id }: Instance, email: string): Promise<string | null> => {
  const { rows } = await pool.query<{ principal_id: string }>(
    `select principal_id from principals where workspace_id = $1 and kind = 'user' and email = $2 order by created_at limit 1`,
    [workspace_id, email],
  )
  return rows[0]?.principal_id ?? null
}

const MOST_SECONDS = 60

/** Lets only one process of the database work at a time. The lock belongs to a connection, so it ends with the process, however that ends. */
export const alone = async (instance: Instance, work: () => Promise<void>): Promise<void> => {
  const client = await instance.pool.connect()
  try {
    const deadline = Date.now() + MOST_SECONDS * 1000
    for (;;) {
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
        LOCK_FAMILY,
        LOCKS.first_start,
      ])
      if (rows[0]?.taken) break
      if (Date.now() > deadline)
        throw new Error(`Another process has been making the demo data for ${MOST_SECONDS} s. Stop that process, or set CAIRN_DEMO=off.`)
      await sleep(100)
    }
    await work()
  } finally {
    client.release(true)
  }
}
