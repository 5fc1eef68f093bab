import type pg from 'pg'
import { openPool } from './client'
import { Lane } from './lane'

/** An instance starts with one workspace; this is its id. */
export const FIRST_WORKSPACE = 'main'

/** One workspace as one process reaches it: a pool to read, a lane to change. `origin` is the public address under which its pages are found. */
export type Instance = { workspace_id: string; origin: string; pool: pg.Pool; lane: Lane; close: () => Promise<void> }

/** An idempotency key is good for 7 days; what is older is forgotten. */
const forgetOldAnswers = (pool: pg.Pool) =>
  void pool.query(`delete from remembered_answers where created_at < now() - interval '8 days'`).catch(() => undefined)

const HOUR_MS = 3_600_000

/** Opens a migrated database; makes the first workspace's counter if it is not there. */
export const openInstance = async (url: string, origin: string): Promise<Instance> => {
  const pool = openPool(url)
  const workspace_id = FIRST_WORKSPACE
  await pool.query(
    `insert into workspaces (workspace_id, name, head, last_event_at) values ($1, 'Workspace', 'start', now()) on conflict do nothing`,
    [workspace_id],
  )
  const lane = new Lane(url, workspace_id)
  const forgetting = setInterval(forgetOldAnswers, HOUR_MS, pool).unref()
  const close = async () => {
    clearInterval(forgetting)
    await lane.stop()
    await pool.end()
  }
  return { workspace_id, origin, pool, lane, close }
}

const CURRENT = Symbol.for('cairn.instance')
const holder: typeof globalThis & { [CURRENT]?: Instance } = globalThis

/** The process has one instance, kept outside the modules: hot reload and Next's several bundles must not open a second lane. */
export const setInstance = (instance: Instance): void => {
  holder[CURRENT] = instance
}

export const getInstance = (): Instance => {
  const instance = holder[CURRENT]
  if (!instance) throw new Error('the database is not open yet')
  return instance
}
