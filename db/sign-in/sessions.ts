import type { Instance } from '../instance'
import { ask } from '../read'
import { prepared } from '../statement'

/** A session of a person. `id` is no secret: nobody can sign in with it. */
export type SignedIn = { id: string; principal_id: string; by: string; created_at: Date; last_seen_at: Date }

/** A session as its person sees it among others. */
export type ListedSession = SignedIn & { user_agent: string | null; address: string | null }

const COLUMNS = `s.id, s.user_id as principal_id, s."by", s.created_at, s.updated_at as last_seen_at`
const LIVE = `auth.session s join auth."user" u on u.id = s.user_id where s.expires_at > now()`

const FIND = `select ${COLUMNS} from ${LIVE} and s.token = $1`

/** The live session whose token has this hash. @throws busy, unavailable */
export const findSessionByHash = async (instance: Instance, hash: string): Promise<SignedIn | null> => {
  const { rows } = await ask(instance, () => instance.pool.query<SignedIn>(prepared(FIND, [hash])))
  const [row] = rows
  return row ? dated(row) : null
}

/** The pool reads times as text. */
const dated = <S extends SignedIn>(row: S): S => ({
  ...row,
  created_at: new Date(row.created_at),
  last_seen_at: new Date(row.last_seen_at),
})

const TOUCH = `update auth.session set updated_at = now(), expires_at = least(now() + interval '30 days', created_at + interval '90 days')
  where id = $1 and updated_at < now() - interval '1 minute'`

/** Notes that a session is in use, at most once a minute. It ends after 30 days without use, and in any case after 90 days. */
export const touchSession = async ({ pool }: Instance, id: string): Promise<void> => {
  await pool.query(prepared(TOUCH, [id]))
}

/** The live sessions of a person, the last one seen first. @throws busy, unavailable */
export const listSessions = async (instance: Instance, principal_id: string): Promise<ListedSession[]> => {
  const text = `select ${COLUMNS}, s.user_agent, nullif(s.ip_address, '') as address from ${LIVE} and s.user_id = $1 order by s.updated_at desc, s.id`
  const { rows } = await ask(instance, () => instance.pool.query<ListedSession>(text, [principal_id]))
  return rows.map(dated)
}

/** Which sessions of a person to end: one, or all but one, or of these only those that were begun in one way. */
export type Ended = { only: string } | { but: string; by?: string }

/** Ends sessions of a person. Returns the ids of those that were not ended before. @throws busy, unavailable */
export const endSessions = async (instance: Instance, principal_id: string, which: Ended): Promise<string[]> => {
  const [condition, id, by] = 'only' in which ? ['=', which.only, null] : ['<>', which.but, which.by ?? null]
  const text = `delete from auth.session where user_id = $1 and id ${condition} $2 and ($3::text is null or "by" = $3) returning id`
  const { rows } = await ask(instance, () => instance.pool.query<{ id: string }>(text, [principal_id, id, by]))
  return rows.map((row) => row.id)
}

/** Those of these sessions that have not ended. @throws busy, unavailable */
export const findLiveSessions = async (instance: Instance, ids: readonly string[]): Promise<Set<string>> => {
  const text = `select s.id from ${LIVE} and s.id = any($1)`
  const { rows } = await ask(instance, () => instance.pool.query<{ id: string }>(text, [ids]))
  return new Set(rows.map(({ id }) => id))
}
