import type pg from 'pg'
import { openPool } from './client'
import { Feed } from './feed'
import { Lane } from './lane'
import { Waits } from './waits'

/** The id of the one workspace that every instance has from its first start. */
export const FIRST_WORKSPACE = 'main'

/** How many calls a second, and how many at once, whoever calls may make of the API. */
export type CallRate = { per_second: number; burst: number }

/** What a provider of sign-ins has given to this instance. */
export type ProviderClient = { clientId: string; clientSecret: string }

/** The providers by which people can sign in besides. Null for one with which this instance is not set up. */
export type Providers = { github: ProviderClient | null; google: ProviderClient | null }

export type Message = { to: string; subject: string; text: string }

/** Sends a message. It fails if the mail server does not take it. */
export type SendMail = (message: Message) => Promise<void>

/**
 * One process's access to one workspace: the pool reads, the lane changes, the feed tells what has changed, and callers wait for that. `origin` is the
 * public address of its pages. `rate` is null where calls and wrong keys are not counted, and
 * `sendMail` where no mail is sent.
 */
export type Instance = {
  workspace_id: string
  origin: string
  rate: CallRate | null
  providers: Providers
  sendMail: SendMail | null
  pool: pg.Pool
  lane: Lane
  feed: Feed
  waits: Waits
  close: () => Promise<void>
}

/** So many are deleted by one statement, because a statement may run for a few seconds only. */
const FORGOTTEN_AT_ONCE = 20_000

/** An idempotency key is valid for 7 days (H4), so answers older than 8 days are no longer needed. */
const forgetOldAnswers = async (pool: pg.Pool): Promise<void> => {
  const text = `delete from remembered_answers where ctid in
    (select ctid from remembered_answers where created_at < now() - interval '8 days' limit ${FORGOTTEN_AT_ONCE})`
  let forgotten = FORGOTTEN_AT_ONCE
  while (forgotten === FORGOTTEN_AT_ONCE) forgotten = (await pool.query(text).catch(() => null))?.rowCount ?? 0
}

const forgetOldAttempts = (pool: pg.Pool) =>
  pool.query(`delete from auth.attempt where last_at < now() - interval '1 day'`).catch(() => null)

const HOUR_MS = 3_600_000

type Settings = { mostKept?: number | undefined } & Partial<Pick<Instance, 'rate' | 'providers' | 'sendMail'>>

/** Opens a migrated database, and creates the row of the first workspace if it is missing. `mostKept` is the lane's. */
export const openInstance = async (
  url: string,
  origin: string,
  { mostKept, rate = null, providers = { github: null, google: null }, sendMail = null }: Settings = {},
): Promise<Instance> => {
  const pool = openPool(url)
  const workspace_id = FIRST_WORKSPACE
  await pool.query(
    `insert into workspaces (workspace_id, name, head, last_event_at) values ($1, 'Workspace', 'start', now()) on conflict do nothing`,
    [workspace_id],
  )
  const lane = new Lane(url, workspace_id, mostKept)
  const feed = new Feed(url, { pool, workspace_id, lane })
  const waits = new Waits({ pool, workspace_id, lane }, feed)
  const forgetting = setInterval(() => void forgetOldAnswers(pool).then(() => forgetOldAttempts(pool)), HOUR_MS).unref()
  const close = async () => {
    clearInterval(forgetting)
    waits.stop()
    await lane.stop()
    await feed.stop()
    await pool.end()
  }
  return { workspace_id, origin, rate, providers, sendMail, pool, lane, feed, waits, close }
}

const CURRENT = Symbol.for('cairn.instance')
const holder: typeof globalThis & { [CURRENT]?: Instance } = globalThis

/** The process's one instance is kept outside the modules: hot reload and the several bundles of Next must not open a second lane. */
export const setInstance = (instance: Instance): void => {
  holder[CURRENT] = instance
}

export const getInstance = (): Instance => {
  const instance = holder[CURRENT]
  if (!instance) throw new Error('The database is not open yet. The instance is set when the start has finished.')
  return instance
}
